/**
 * A process that takes memory from the free region of the guest, page after page at a steady pace, gives all of it back
 * at the end of each period of guest time, and begins again. A page is written when it is taken, so that the writes are
 * those of a sweep; what the balloon must know beside is how much is held at a moment.
 */

import type { Bitmap } from '../../migration/memory/bitmap.ts'
import { memoryLayout } from '../../scenario/memory-layout.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { hashedUniform, streamSeed } from '../kernel/streams.ts'
import { type Intensity, steady } from './intensity.ts'
import { SweepSource, type WriteSource } from './write-source.ts'

/** Where and how fast a process allocates. */
export interface Allocation {
  /** Index of the process in the workload. */
  readonly process: number
  readonly firstPage: number
  readonly pages: number
  /** Pages allocated over guest time. */
  readonly intensity: Intensity
  readonly seed: number
}

/** The allocating processes of a scenario; their areas follow each other from the start of the free region. */
export function allocationsOf(scenario: Scenario, seed: number): readonly Allocation[] {
  const { guest, workload } = scenario
  const found: Allocation[] = []
  let firstPage = memoryLayout(scenario).free.first
  ;[workload, ...workload.processes].forEach(({ allocation, allocationPeriod }, index) => {
    const pages = Math.floor(allocation / guest.pageSize)
    if (pages === 0) return
    found.push({ process: index, firstPage, pages, intensity: steady((pages * 1e9) / allocationPeriod), seed: streamSeed(seed, `allocation of process ${index}`) })
    firstPage += pages
  })
  return found
}

/** Pages taken until a guest time, counted without end; whole periods are multiples of the size of the area. */
export function takenPages({ pages, intensity, seed }: Allocation, guestNs: number): number {
  return hashedUniform(seed, 0, 0) * pages + intensity.at(guestNs)
}

export class AllocationSource implements WriteSource {
  readonly firstPage: number
  readonly endPage: number
  readonly #sweep: SweepSource

  constructor(allocation: Allocation) {
    // The sweep draws its start as `takenPages` does.
    this.#sweep = new SweepSource(allocation, allocation.intensity, allocation.seed)
    this.firstPage = this.#sweep.firstPage
    this.endPage = this.#sweep.endPage
  }

  isDirty(page: number): boolean {
    return this.#sweep.isDirty(page)
  }

  advance(guestNs: number): void {
    this.#sweep.advance(guestNs)
  }

  clean(into: Bitmap): number {
    return this.#sweep.clean(into)
  }

  countDirty(): number {
    return this.#sweep.countDirty()
  }

  expectedDirty(guestNs: number): number {
    return this.#sweep.expectedDirty(guestNs)
  }
}
