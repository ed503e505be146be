/** The queue: suites take their turns, stop and go on, and every window is told the same. */

import { expect, test } from 'vitest'
import { reaches, start, startLong } from '../helpers/queue.ts'
import { servicesForTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'
import { listeningWindow } from '../helpers/window.ts'

test('a suite runs to its end, and two windows are told the same of every run once', async () => {
  const services = await servicesForTest()
  const [one, other] = [listeningWindow(services), listeningWindow(services)]
  const { suiteId } = await start(services, smallSuite({ points: 4, repeat: 5 }))
  await Promise.all([reaches(one, suiteId, 'finished'), reaches(other, suiteId, 'finished')])
  expect(one.entry(suiteId)).toEqual({ suiteId, name: 'Small', state: 'finished', planned: 20, reused: 0, finished: 20, crashed: 0, secondsLeft: null, problem: null })
  expect(await services.calls.queue()).toEqual(one.queue())
  const rows = await services.calls.runRows(suiteId)
  expect(rows).toHaveLength(20)
  const inOrder = (runs: readonly { readonly runId: string }[]) => [...runs].sort((a, b) => a.runId.localeCompare(b.runId))
  expect(inOrder(one.rows)).toEqual(inOrder(rows))
  expect(other.rows).toEqual(one.rows)
  expect(one.suites()).toEqual(await services.calls.suites())
  expect(one.suites()[0]).toMatchObject({ suiteId, points: 4, planned: 20, finished: 20 })
})

test('events come a few times a second at most, however many runs there are', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const begin = performance.now()
  const { suiteId } = await start(services, smallSuite({ points: 10, repeat: 60 }))
  await reaches(window, suiteId, 'finished')
  const fifths = (performance.now() - begin) / 200
  expect(window.rows).toHaveLength(600)
  // Beginning and end are told at once.
  expect(window.counts.queueChanged).toBeLessThan(fifths + 6)
  expect(window.counts.runsFinished).toBeLessThan(fifths + 6)
})

test('a running suite tells how long it will take', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await startLong(services)
  await window.until(() => typeof window.entry(suiteId)?.secondsLeft === 'number')
  expect(window.entry(suiteId)).toMatchObject({ state: 'running', secondsLeft: expect.any(Number) as number })
  expect(window.entry(suiteId)?.secondsLeft).toBeGreaterThan(0)
  expect(window.entry(suiteId)?.secondsLeft).toBeLessThan(60)
})

test('a window that left is told nothing any more', async () => {
  const services = await servicesForTest()
  const [gone, staying] = [listeningWindow(services), listeningWindow(services)]
  gone.leave()
  const { suiteId } = await start(services, smallSuite())
  await reaches(staying, suiteId, 'finished')
  expect(gone.counts.queueChanged).toBe(0)
})

test('suites wait for one another and run in the order in which they came', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const first = await start(services, smallSuite({ name: 'First', points: 10, repeat: 20 }))
  const second = await start(services, smallSuite({ name: 'Second', seed: 8 }))
  const third = await start(services, smallSuite({ name: 'Third', seed: 9 }))
  expect((await services.calls.queue()).map(({ name, state }) => [name, state])).toEqual([['First', 'running'], ['Second', 'waiting'], ['Third', 'waiting']])
  await reaches(window, third.suiteId, 'finished')
  expect(window.queue().map(({ state }) => state)).toEqual(['finished', 'finished', 'finished'])
  const order = [...new Set(window.rows.map(({ suiteId }) => suiteId))]
  expect(order).toEqual([first.suiteId, second.suiteId, third.suiteId])
})

test('a paused suite finishes what is at work, gives its place away, and goes on where it stopped', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await startLong(services)
  await window.until(() => window.rows.length > 0)
  const next = await start(services, smallSuite({ name: 'Next', seed: 8 }))
  await services.calls.pauseRuns(suiteId)
  await reaches(window, next.suiteId, 'finished')
  expect(window.entry(suiteId)?.state).toBe('paused')
  const made = (await services.calls.runRows(suiteId)).length
  expect(made).toBeGreaterThan(0)
  expect(made).toBeLessThan(2000)
  await services.calls.resumeRuns(suiteId)
  await reaches(window, suiteId, 'finished')
  expect(window.entry(suiteId)).toMatchObject({ planned: 2000, reused: 0, finished: 2000 })
  expect(new Set(window.rows.map(({ runId }) => runId)).size).toBe(2004)
  expect(window.rows).toHaveLength(2004)
})

test('a suite that is paused and resumed at once takes another turn', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await start(services, smallSuite({ points: 10, repeat: 30 }))
  await window.until(() => window.rows.length > 0)
  await services.calls.pauseRuns(suiteId)
  await services.calls.resumeRuns(suiteId)
  await reaches(window, suiteId, 'finished')
  expect(await services.calls.runRows(suiteId)).toHaveLength(300)
})

test('a cancelled suite keeps its runs and can be resumed', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await startLong(services)
  await window.until(() => window.rows.length > 0)
  await services.calls.cancelRuns(suiteId)
  const other = await start(services, smallSuite({ name: 'Other', seed: 8 }))
  await reaches(window, other.suiteId, 'finished')
  expect(window.entry(suiteId)?.state).toBe('cancelled')
  const kept = await services.calls.runRows(suiteId)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(2000)
  await services.calls.resumeRuns(suiteId)
  await reaches(window, suiteId, 'finished')
  const all = await services.calls.runRows(suiteId)
  expect(all).toHaveLength(2000)
  expect(all).toEqual(expect.arrayContaining([...kept]))
})

test('a waiting suite that is cancelled never runs', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const first = await start(services, smallSuite({ points: 10, repeat: 20 }))
  const second = await start(services, smallSuite({ name: 'Second', seed: 8 }))
  await services.calls.cancelRuns(second.suiteId)
  await reaches(window, first.suiteId, 'finished')
  expect(window.entry(second.suiteId)).toMatchObject({ state: 'cancelled', finished: 0 })
})

test('a suite that is started twice runs once, and started after its end has nothing left to do', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const text = smallSuite({ points: 5, repeat: 10 })
  const [one, other] = await Promise.all([start(services, text), start(services, text)])
  expect(one).toEqual(other)
  await reaches(window, one.suiteId, 'finished')
  expect(window.rows).toHaveLength(50)
  await start(services, text)
  await window.until(() => window.entry(one.suiteId)?.state === 'finished' && window.entry(one.suiteId)?.reused === 50)
  expect(window.rows).toHaveLength(50)
})

test('a suite with mistakes is refused with all of them', async () => {
  const services = await servicesForTest()
  const text = smallSuite().replace('1 Gbit/s', 'fast').replace('repeat: 2', 'repeat: none')
  await expect(start(services, text)).rejects.toMatchObject({ code: 'suite.invalid', message: expect.stringContaining('suite.yaml:') as string, details: { problems: [{ field: 'base.link.bandwidth' }, { field: 'repeat' }] } })
  expect(await services.calls.queue()).toEqual([])
  expect(await services.calls.suites()).toEqual([])
})

test.each(['pauseRuns', 'resumeRuns', 'cancelRuns', 'retryCrashed'] as const)('%s of an unknown suite is refused', async (name) => {
  const { calls } = await servicesForTest()
  await expect(calls[name](99)).rejects.toMatchObject({ code: 'queue.unknown' })
  await expect(calls.appendRepetitions(99, 1)).rejects.toMatchObject({ code: 'queue.unknown' })
})
