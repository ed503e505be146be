/** Runs that crashed in the queue are made again, and their crashes stay on record. */

import { describe, expect, test } from 'vitest'
import { crashing, reaches, start, suiteWithCrashes } from '../helpers/queue.ts'
import { servicesForTest } from '../helpers/services.ts'
import { listeningWindow } from '../helpers/window.ts'

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
