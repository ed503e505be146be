/** The queue: suites take their turns, stop and go on, and no fault loses a run. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { meanInterval } from '#shared/analysis/interval.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { otherProgram } from '../helpers/other-program.ts'
import { servicesForTest, type ServicesUnderTest } from '../helpers/services.ts'
import { planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { type ListeningWindow, listeningWindow } from '../helpers/window.ts'

const start = (services: ServicesUnderTest, text: string, options = {}) => services.calls.startRuns({ text, fileName: 'suite.yaml', ...options })
const startLong = async (services: ServicesUnderTest) => {
  await services.calls.saveSettings({ workers: 1 })
  return start(services, longSuite)
}
const reaches = (window: ListeningWindow, suiteId: number, state: string) => window.until(() => window.entry(suiteId)?.state === state)

const crashing = { workerUrl: pathToFileURL(join(import.meta.dirname, '../helpers/crashing-run-worker.ts')), memoryLimitMb: 64 }
/** Of two guests, the one with 61 processors breaks its runs under the crashing worker. */
const suiteWithCrashes = smallSuite({ points: 1 }).replace(/vary:\n.*\n/, 'vary:\n  - { field: guest.vcpus, values: [1, 61] }\n')

/** Long enough to be stopped in the middle, on one worker. */
const longSuite = smallSuite({ points: 10, repeat: 200 })

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

describe('a crashed run', () => {
  test('is made again beside the record of its crash, and the sound runs stay as they are', async () => {
    const broken = await servicesForTest(crashing)
    const window = listeningWindow(broken)
    const { suiteId } = await start(broken, suiteWithCrashes)
    await reaches(window, suiteId, 'finished')
    expect(window.entry(suiteId)).toMatchObject({ planned: 4, finished: 4, crashed: 2 })
    const before = await broken.calls.runRows(suiteId)
    await broken.close()

    // The program was mended.
    const mended = await servicesForTest({ folder: broken.folder })
    const again = listeningWindow(mended)
    await mended.calls.retryCrashed(suiteId)
    await reaches(again, suiteId, 'finished')
    expect(again.entry(suiteId)).toMatchObject({ planned: 4, reused: 2, finished: 2, crashed: 0 })
    const after = await mended.calls.runRows(suiteId)
    expect(after.map(({ outcome }) => outcome)).toEqual(Array(4).fill('completed'))
    expect(after).toEqual(expect.arrayContaining(before.filter(({ outcome }) => outcome === 'completed')))
    const crashesOf = (rows: typeof after) => rows.map(({ runId, crashedBefore = [] }) => [runId, crashedBefore])
    expect(crashesOf(after)).toEqual(
      crashesOf(before).map(([runId], index) => {
        const { outcome, provenance } = before[index] ?? {}
        return [runId, outcome === 'crashed' ? [{ startedAt: provenance?.startedAt, reason: 'RangeError: the guest does not fit' }] : []]
      }),
    )
    await expect(mended.calls.retryCrashed(suiteId)).rejects.toMatchObject({ code: 'queue.nothing-crashed' })
  })

  test('that crashes again is one run that crashed before', async () => {
    const services = await servicesForTest(crashing)
    const window = listeningWindow(services)
    const { suiteId } = await start(services, suiteWithCrashes)
    await reaches(window, suiteId, 'finished')
    await services.calls.retryCrashed(suiteId)
    await window.until(() => window.rows.length === 6 && window.entry(suiteId)?.state === 'finished')
    expect(window.entry(suiteId)).toMatchObject({ crashed: 2 })
    const crashed = (await services.calls.runRows(suiteId)).filter(({ outcome }) => outcome === 'crashed')
    expect(crashed.map(({ crashedBefore }) => crashedBefore?.length)).toEqual([1, 1])
  })
})

test('crashed runs that are given back while their suite runs are made again before it ends', async () => {
  const services = await servicesForTest(crashing)
  const window = listeningWindow(services)
  const { suiteId } = await start(services, suiteWithCrashes.replace('repeat: 2', 'repeat: 40'))
  await window.until(() => window.rows.some(({ outcome }) => outcome === 'crashed'))
  await services.calls.retryCrashed(suiteId)
  await reaches(window, suiteId, 'finished')
  const rows = await services.calls.runRows(suiteId)
  expect(rows).toHaveLength(80)
  expect(rows.filter(({ outcome }) => outcome === 'crashed')).toHaveLength(40)
  expect(rows.filter(({ crashedBefore = [] }) => crashedBefore.length === 1).length).toBeGreaterThan(0)
})

describe('more repetitions', () => {
  test('of a suite that waits take its place in the queue', async () => {
    const services = await servicesForTest()
    const window = listeningWindow(services)
    await start(services, smallSuite({ name: 'First', points: 10, repeat: 20 }))
    const short = await start(services, smallSuite({ name: 'Second', seed: 8 }))
    const long = await services.calls.appendRepetitions(short.suiteId, 1)
    expect((await services.calls.queue()).map(({ suiteId, planned }) => [suiteId, planned]).slice(1)).toEqual([[long.suiteId, 6]])
    await reaches(window, long.suiteId, 'finished')
    expect(await services.calls.runRows(short.suiteId)).toHaveLength(4)
  })

  test('run only what is new, under the same name, and change nothing else of the text', async () => {
    const services = await servicesForTest()
    const window = listeningWindow(services)
    const text = smallSuite({ points: 3, repeat: 2 }).replace('repeat: 2', 'repeat: 2 # few')
    const short = await start(services, text)
    await reaches(window, short.suiteId, 'finished')
    const long = await services.calls.appendRepetitions(short.suiteId, 3)
    expect(long.suiteId).not.toBe(short.suiteId)
    await reaches(window, long.suiteId, 'finished')
    expect(window.entry(long.suiteId)).toMatchObject({ name: 'Small', planned: 15, reused: 6, finished: 9 })
    expect(await services.calls.suiteText(long.suiteId)).toBe(text.replace('repeat: 2 # few', 'repeat: 5 # few'))
    const runIds = async (suiteId: number) => (await services.calls.runRows(suiteId)).map(({ runId }) => runId)
    expect(await runIds(long.suiteId)).toEqual(expect.arrayContaining(await runIds(short.suiteId)))
  })

  test.each([
    ['a text without repeat', smallSuite().replace('repeat: 2\n', ''), 4],
    ['JSON', '{"godwit": 1, "name": "J", "base": {"guest": {"memory": "16 MiB", "nonPageable": "0 B"}, "workload": {"kind": "idle"}}, "repeat": 2}', 5],
    ['JSON without repeat', '{"godwit": 1, "name": "J", "base": {"guest": {"memory": "16 MiB", "nonPageable": "0 B"}, "workload": {"kind": "idle"}}}', 4],
  ])('are added to %s', async (_, text, repeat) => {
    const services = await servicesForTest()
    const { suiteId } = await start(services, text)
    const longer = await services.calls.appendRepetitions(suiteId, 3)
    const read = readSuite(await services.calls.suiteText(longer.suiteId), 'x')
    expect(read.ok && read.suite.repeat).toBe(repeat)
  })
})

describe('stopping when the interval is narrow', () => {
  const text = smallSuite({ points: 2, repeat: 200 })

  test('ends a suite early and says so, and every point is as narrow as asked for', async () => {
    const services = await servicesForTest()
    const window = listeningWindow(services)
    const { suiteId } = await start(services, text, { stopWhenNarrow: { metric: 'totalMs', relativeHalfWidth: 0.05 } })
    await reaches(window, suiteId, 'finished')
    const entry = window.entry(suiteId)
    expect(entry?.finished).toBeLessThan(400)
    expect(entry?.problem).toContain('the 95 % interval of totalMs is within 5 % of its mean')
    const rows = await services.calls.runRows(suiteId)
    for (const point of [0, 1]) {
      const interval = meanInterval(rows.filter((row) => row.point === point).map(({ totalMs }) => totalMs))
      expect(interval.n).toBeGreaterThanOrEqual(3)
      expect(interval.ok && interval.halfWidth !== null && interval.halfWidth <= 0.05 * interval.mean).toBe(true)
    }
    await services.calls.resumeRuns(suiteId)
    await window.until(() => window.rows.length === 400 && window.entry(suiteId)?.state === 'finished')
    expect(window.entry(suiteId)).toMatchObject({ planned: 400, finished: 400, problem: null })
  })

  test('can be asked for while the suite is running', async () => {
    const services = await servicesForTest()
    const window = listeningWindow(services)
    const { suiteId } = await start(services, text)
    await reaches(window, suiteId, 'running')
    await start(services, text, { stopWhenNarrow: { metric: 'totalMs', relativeHalfWidth: 0.2 } })
    await reaches(window, suiteId, 'finished')
    expect(window.entry(suiteId)?.problem).toContain('the 95 % interval of totalMs is within 20 % of its mean')
    expect(window.entry(suiteId)?.finished).toBeLessThan(400)
  })

  test('never ends a suite whose interval stays wide', async () => {
    const services = await servicesForTest()
    const window = listeningWindow(services)
    const { suiteId } = await start(services, smallSuite({ points: 2, repeat: 5 }), { stopWhenNarrow: { metric: 'downtimeMs', relativeHalfWidth: 1e-9 } })
    await reaches(window, suiteId, 'finished')
    expect(window.entry(suiteId)).toMatchObject({ finished: 10, problem: null })
  })

  test('wants a metric that there is', async () => {
    const services = await servicesForTest()
    await expect(start(services, text, { stopWhenNarrow: { metric: 'speed', relativeHalfWidth: 0.05 } })).rejects.toMatchObject({ code: 'queue.metric' })
  })
})

describe('a fault of the store', () => {
  test('that is full pauses the queue with a sentence, and the suite goes on when there is room', async () => {
    const services = await servicesForTest({ storeOptions: { maxPages: 4000 } })
    const window = listeningWindow(services)
    const other = otherProgram(services.storePath)
    await other.exec('CREATE TABLE ballast (filling BLOB)')
    await other.exec(`INSERT INTO ballast VALUES (zeroblob(${3850 * 4096}))`)
    const first = await start(services, smallSuite({ points: 10, repeat: 40 }))
    const second = await start(services, smallSuite({ name: 'Second', seed: 8 }))
    await reaches(window, first.suiteId, 'paused')
    expect(window.entry(first.suiteId)?.problem).toBe('The store cannot grow because the disk is full. Free some space, then resume; finished runs are kept.')
    expect(window.entry(second.suiteId)?.state).toBe('waiting')
    const kept = (await services.calls.runRows(first.suiteId)).length
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(400)

    await other.exec('DROP TABLE ballast')
    await services.calls.resumeRuns(first.suiteId)
    await reaches(window, second.suiteId, 'finished')
    expect(window.entry(first.suiteId)).toMatchObject({ state: 'finished', planned: 400, finished: 400, problem: null })
    expect(await services.calls.runRows(first.suiteId)).toHaveLength(400)
  })

  test('that another program holds pauses the queue with a sentence, and the suite goes on when it is free', async () => {
    const services = await servicesForTest({ storeOptions: { busyTimeoutMs: 1 } })
    const window = listeningWindow(services)
    const { suiteId } = await startLong(services)
    await window.until(() => window.rows.length > 0)
    const holder = otherProgram(services.storePath)
    await holder.exec('BEGIN IMMEDIATE')
    await reaches(window, suiteId, 'paused')
    expect(window.entry(suiteId)?.problem).toContain('in use by another program')
    await expect(start(services, smallSuite({ name: 'Other' }))).rejects.toMatchObject({ code: 'store.locked', message: 'The store is in use by another program. Wait until that ends, then try again.' })
    await holder.exec('ROLLBACK')
    await services.calls.resumeRuns(suiteId)
    await reaches(window, suiteId, 'finished')
    expect(await services.calls.runRows(suiteId)).toHaveLength(2000)
  })
})

test('a suite that was running when the program ended is listed as stopped, and goes on', async () => {
  const first = await servicesForTest()
  const window = listeningWindow(first)
  const { suiteId } = await startLong(first)
  await window.until(() => window.rows.length > 0)
  await first.close()

  const second = await servicesForTest({ folder: first.folder })
  const [entry] = await second.calls.queue()
  expect(entry).toMatchObject({ suiteId, state: 'stopped', planned: 2000, finished: 0, problem: null })
  expect(entry?.reused).toBeGreaterThan(0)
  expect(entry?.reused).toBeLessThan(2000)
  const again = listeningWindow(second)
  await second.calls.resumeRuns(suiteId)
  await reaches(again, suiteId, 'finished')
  expect(await second.calls.runRows(suiteId)).toHaveLength(2000)
  await second.close()
  expect(await (await servicesForTest({ folder: first.folder })).calls.queue()).toEqual([])
})

describe('an unfinished suite of an older version', () => {
  /** As a version would leave it that gave the runs other ids. */
  async function leftBy(text: string): Promise<string> {
    const folder = temporaryFolder()
    const store = await openStore(join(folder, 'lab.sqlite'))
    const { points } = planOf(smallSuite())
    const suiteId = await store.addSuite({ name: 'Small', text, planDigest: 'of another version', createdAt: '2026-11-21T10:00:00.000Z' })
    await store.addPoints(suiteId, points)
    await store.planRuns(suiteId, [{ runId: 'of another version', point: 0, repetition: 0 }])
    await store.close()
    return folder
  }

  test('goes on as what this version plans, and says so', async () => {
    const services = await servicesForTest({ folder: await leftBy(smallSuite()) })
    const window = listeningWindow(services)
    const [old] = await services.calls.queue()
    await services.calls.resumeRuns(old?.suiteId ?? 0)
    await window.until(() => window.queue().some(({ state }) => state === 'finished'))
    expect(window.queue()).toMatchObject([
      { suiteId: old?.suiteId, state: 'stopped', problem: expect.stringContaining('planned by another version') as string },
      { planned: 4, finished: 4, problem: null },
    ])
  })

  test('whose text this version does not read stays paused with the reason, and does not hold up the others', async () => {
    const services = await servicesForTest({ folder: await leftBy('godwit: 1\nname: Small\nspeed: fast\n') })
    const window = listeningWindow(services)
    const [old] = await services.calls.queue()
    await services.calls.resumeRuns(old?.suiteId ?? 0)
    const { suiteId } = await start(services, smallSuite())
    await reaches(window, suiteId, 'finished')
    expect(window.entry(old?.suiteId ?? 0)).toMatchObject({ state: 'paused', problem: expect.stringContaining('speed') as string })
  })
})

test('two programs on one store do not corrupt it', async () => {
  const one = await servicesForTest()
  const other = await servicesForTest({ folder: one.folder })
  const windows = [listeningWindow(one), listeningWindow(other)] as const
  const text = smallSuite({ points: 10, repeat: 20 })
  const [{ suiteId }, same] = await Promise.all([start(one, text), start(other, text)])
  expect(same.suiteId).toBe(suiteId)
  await Promise.all(windows.map((window) => reaches(window, suiteId, 'finished')))
  expect(await one.calls.runRows(suiteId)).toHaveLength(200)
  expect(await other.calls.runRows(suiteId)).toEqual(await one.calls.runRows(suiteId))
})
