/** More repetitions of a suite, and fewer: the queue stops once the intervals are narrow. */

import { describe, expect, test } from 'vitest'
import { meanInterval } from '#shared/analysis/interval.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { reaches, start } from '../helpers/queue.ts'
import { servicesForTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'
import { listeningWindow } from '../helpers/window.ts'

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
