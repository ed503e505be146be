/**
 * Measures the writable working set of a workload the way Xen did (xc_linux_save.c 2005, `analysis_phase`, verified):
 * the dirty log is read every 50 ms without clearing it, and cleared every 2 s. The guest runs undisturbed meanwhile.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import type { WritableWorkingSet } from '../model/migration-stats.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { TraceLibrary } from '../trace/library.ts'
import { SimGuest } from './guests/guest.ts'
import { writeSources } from './guests/workload-sources.ts'

/** Rows of a map of where a guest writes, about as many as a figure can show. */
const mostParts = 64

/** Null if the scenario does not ask for it. */
export function measureWritableWorkingSet(scenario: Scenario, seed: number, traces?: TraceLibrary): WritableWorkingSet | null {
  const { duration, readEvery, clearEvery } = scenario.wws
  if (duration === 0) return null
  const pages = scenario.guest.memory / scenario.guest.pageSize
  const guest = new SimGuest(writeSources(scenario, seed, traces), { pages, vcpus: scenario.guest.vcpus, writeFaultNs: 0 })
  const written = new Bitmap(pages)
  const heat: number[][] = []
  const samples: Array<{ timeMs: number; dirtyPages: number }> = []
  let nextClearNs = clearEvery
  guest.startTracking()
  for (let read = 1; read * readEvery <= duration; read++) {
    const nowNs = read * readEvery
    guest.advance(nowNs)
    samples.push({ timeMs: nowNs / 1e6, dirtyPages: guest.countDirty() })
    if (nowNs < nextClearNs) continue
    written.clear()
    guest.clean(written)
    heat.push(pagesPerPart(written, pages))
    nextClearNs += clearEvery
  }
  return { readEveryMs: readEvery / 1e6, clearEveryMs: clearEvery / 1e6, samples, heat }
}

/** Pages of the bitmap in each part of the address space. */
function pagesPerPart(written: Bitmap, pages: number): number[] {
  const partPages = Math.ceil(pages / mostParts)
  const counts = new Array<number>(Math.ceil(pages / partPages)).fill(0)
  for (let page = written.next(0); page >= 0; page = written.next(page + 1)) {
    const part = Math.floor(page / partPages)
    counts[part] = (counts[part] ?? 0) + 1
  }
  return counts
}
