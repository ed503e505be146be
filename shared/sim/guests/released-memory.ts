/**
 * Memory that the guest gave back to the hypervisor: what lies in its balloon, and page cache released before the first
 * iteration and not read again. The hypervisor need not send it, and the destination not have it.
 */

import { memoryLayout, type PageRange } from '../../scenario/memory-layout.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { streamSeed } from '../kernel/streams.ts'
import { allocationsOf } from '../memory/allocation-source.ts'
import { FirstTouchSource } from '../memory/first-touch-source.ts'
import { steady } from '../memory/intensity.ts'
import { BalloonArea, type Inflated } from './balloon.ts'

/** Page cache that is released and read again; null if none is released. The same seed gives the same reads. */
export function releasedCache(scenario: Scenario, seed: number): FirstTouchSource | null {
  const { first, end } = memoryLayout(scenario).pageCache
  if (!scenario.balloon.releasePageCache || end === first) return null
  return new FirstTouchSource({ firstPage: first, pages: end - first }, steady(scenario.balloon.cacheReads), streamSeed(seed, 'page cache'))
}

export class ReleasedMemory {
  readonly #balloon: readonly BalloonArea[]
  readonly #static: PageRange
  readonly #cache: FirstTouchSource | null
  readonly #costs: { readonly ballooned: number; readonly cacheMiss: number }
  #lostNs = { balloon: 0, cache: 0 }
  /** Told of pages that go into the balloon. */
  onInflated: Inflated = () => undefined
  /** Told of a page of the page cache that is read again. */
  onRead: (page: number) => void = () => undefined

  /** Null if the guest gives nothing back. */
  static of(scenario: Scenario, seed: number): ReleasedMemory | null {
    const { kind, releasePageCache } = scenario.balloon
    return kind === 'none' && !releasePageCache ? null : new ReleasedMemory(scenario, seed)
  }

  private constructor(scenario: Scenario, seed: number) {
    const { balloon, guest } = scenario
    const { end } = memoryLayout(scenario).free
    this.#balloon = balloon.kind === 'self-ballooning' ? areasOf(scenario, seed) : []
    this.#static = { first: balloon.kind === 'static' ? end - Math.floor(balloon.size / guest.pageSize) : end, end }
    this.#cache = releasedCache(scenario, seed)
    this.#costs = { ballooned: balloon.pageCost / guest.vcpus, cacheMiss: balloon.cacheMiss / guest.vcpus }
  }

  /**
   * Brings it to a guest time; returns the guest time, nanoseconds, that was lost to it since the last call. Where a process
   * allocates that slept some of the time, the balloon slept with it.
   */
  advance(guestNs: number, sleptNs: (process: number) => number = () => 0): number {
    let movedBefore = 0
    let moved = 0
    for (const area of this.#balloon) {
      movedBefore += area.inflatedPages + area.deflatedPages
      area.advance(area.process === null ? guestNs : guestNs - sleptNs(area.process), this.onInflated)
      moved += area.inflatedPages + area.deflatedPages
    }
    const readBefore = this.#cache?.readPages ?? 0
    this.#cache?.advance(guestNs, this.onRead)
    const balloonNs = (moved - movedBefore) * this.#costs.ballooned
    const cacheNs = ((this.#cache?.readPages ?? 0) - readBefore) * this.#costs.cacheMiss
    this.#lostNs.balloon += balloonNs
    this.#lostNs.cache += cacheNs
    return balloonNs + cacheNs
  }

  has(page: number): boolean {
    if (page >= this.#static.first && page < this.#static.end) return true
    const cache = this.#cache
    if (cache !== null && page >= cache.firstPage && page < cache.endPage) return !cache.isRead(page)
    return this.#balloon.some((area) => area.has(page))
  }

  get balloonPages(): number {
    return this.#static.end - this.#static.first + this.#balloon.reduce((sum, area) => sum + area.pages, 0)
  }

  /** Guest time lost so far, in milliseconds. */
  lostMs(): { readonly balloonLostMs: number; readonly cacheLostMs: number } {
    return { balloonLostMs: this.#lostNs.balloon / 1e6, cacheLostMs: this.#lostNs.cache / 1e6 }
  }
}

/** An area for each process that allocates, which share the reserve in proportion, and one for the rest of the free memory. */
function areasOf(scenario: Scenario, seed: number): BalloonArea[] {
  const { balloon, guest } = scenario
  const { free } = memoryLayout(scenario)
  const allocations = allocationsOf(scenario, seed)
  const allocated = allocations.reduce((sum, { pages }) => sum + pages, 0)
  const pace = { intervalNs: balloon.interval, inflatedPerNs: balloon.inflateRate / 1e9 }
  let reserveLeft = Math.floor(balloon.reserve / guest.pageSize)
  const reserve = reserveLeft
  const areas = allocations.map((allocation) => {
    const reservePages = Math.min(allocation.pages, reserveLeft, Math.ceil((reserve * allocation.pages) / allocated))
    reserveLeft -= reservePages
    return new BalloonArea({ ...pace, ...allocation, allocation, reservePages })
  })
  const firstPage = free.first + allocated
  if (firstPage < free.end) areas.push(new BalloonArea({ ...pace, firstPage, pages: free.end - firstPage, allocation: null, reservePages: reserveLeft }))
  return areas
}
