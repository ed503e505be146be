/**
 * Measures the writable working set of a workload the way Xen did (xc_linux_save.c 2005, `analysis_phase`, verified):
 * the dirty log is read every 50 ms without clearing it, and cleared every 2 s. The guest runs undisturbed meanwhile.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import type { WritableWorkingSet } from '../model/migration-stats.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { SimGuest } from './guests/guest.ts'
import { writeSources } from './guests/write-sources.ts'

/** Null if the scenario does not ask for it. */
export function measureWritableWorkingSet(scenario: Scenario, seed: number): WritableWorkingSet | null {
  const { duration, readEvery, clearEvery } = scenario.wws
  if (duration === 0) return null
  const pages = scenario.guest.memory / scenario.guest.pageSize
  const guest = new SimGuest(writeSources(scenario, seed), { pages, vcpus: scenario.guest.vcpus, writeFaultNs: 0 })
  const discarded = new Bitmap(pages)
  const samples: Array<{ timeMs: number; dirtyPages: number }> = []
  let nextClearNs = clearEvery
  guest.startTracking()
  for (let read = 1; read * readEvery <= duration; read++) {
    const nowNs = read * readEvery
    guest.advance(nowNs)
    samples.push({ timeMs: nowNs / 1e6, dirtyPages: guest.countDirty() })
    if (nowNs < nextClearNs) continue
    guest.clean(discarded)
    nextClearNs += clearEvery
  }
  return { readEveryMs: readEvery / 1e6, clearEveryMs: clearEvery / 1e6, samples }
}
