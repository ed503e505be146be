/** Faults of the store, ends of the program and other versions or programs lose no run of the queue. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openStore } from '../../src-main/store/open-store.ts'
import { otherProgram } from '../helpers/other-program.ts'
import { reaches, start, startLong } from '../helpers/queue.ts'
import { servicesForTest } from '../helpers/services.ts'
import { planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { listeningWindow } from '../helpers/window.ts'

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
    await store.planRuns(suiteId, [{ runId: 'of another version', point: 0, repetition: 1 }])
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
