/**
 * Pages that the guest gave back, as bits that both threads see. Where the balloon stands follows from guest time alone, so
 * that a destination finds it again; which pages it holds comes with the guest's state, because the edge may fall on either
 * side of a page by rounding.
 */

import { memoryLayout } from '#shared/scenario/memory-layout.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { ReleasedMemory } from '#shared/sim/guests/released-memory.ts'
import { addBit, controlWord, hasBit, removeBit, fillBits, type SharedGuest } from './shared-guest.ts'

export interface GuestMoment {
  readonly guestNs: number
  /** Of each process. */
  readonly sleptNs: readonly number[]
}

export class ReleasedPages {
  readonly #scenario: Scenario
  readonly #seed: number
  readonly #shared: SharedGuest
  #memory: ReleasedMemory | null = null
  /** Pages that went into the balloon, and page cache that was read, since the last advance. */
  #inflated: Array<readonly [first: number, end: number]> = []
  #read: number[] = []

  constructor(scenario: Scenario, seed: number, shared: SharedGuest) {
    this.#scenario = scenario
    this.#seed = seed
    this.#shared = shared
  }

  /** Goes to a moment without a way to it. Bits are left as they are. */
  restore({ guestNs, sleptNs }: GuestMoment): void {
    this.#memory = ReleasedMemory.of(this.#scenario, this.#seed)
    if (this.#memory === null) return
    this.#memory.advance(guestNs, (process) => sleptNs[process] ?? 0)
    this.#memory.onInflated = (first, end) => void this.#inflated.push([first, end])
    this.#memory.onRead = (page) => void this.#read.push(page)
    this.#tell()
  }

  /** Makes the bits those of the present moment. */
  writeBits(): void {
    const { pageCache, free } = memoryLayout(this.#scenario)
    for (let page = pageCache.first; page < free.end; page++) this.#giveBack(page)
  }

  /**
   * Goes on to a moment up to which all takings were made; returns what it cost, nanoseconds. `onRead` brings a page of the
   * page cache back from the disk.
   */
  advance({ guestNs, sleptNs }: GuestMoment, onRead: (page: number) => void): number {
    const memory = this.#memory
    if (memory === null) return 0
    const lostNs = memory.advance(guestNs, (process) => sleptNs[process] ?? 0)
    for (const page of this.#read) {
      this.take(page)
      onRead(page)
    }
    for (const [first, end] of this.#inflated) for (let page = first; page < end; page++) this.#giveBack(page)
    if (this.#read.length > 0) this.#read = []
    if (this.#inflated.length > 0) this.#inflated = []
    this.#tell()
    return lostNs
  }

  /** The guest uses the page again. */
  take(page: number): void {
    if (this.#memory !== null && removeBit(this.#shared.bits('released'), page)) Atomics.sub(this.#shared.control, controlWord.releasedPages, 1)
  }

  #giveBack(page: number): void {
    if (this.#memory?.has(page) !== true || !addBit(this.#shared.bits('released'), page)) return
    Atomics.add(this.#shared.control, controlWord.releasedPages, 1)
    // What was given back is not missing.
    addBit(this.#shared.bits('present'), page)
  }

  #tell(): void {
    const memory = this.#memory
    if (memory === null) return
    const { balloonLostMs, cacheLostMs } = memory.lostMs()
    this.#shared.setFigure('balloonPages', memory.balloonPages)
    this.#shared.setFigure('balloonLostMs', balloonLostMs)
    this.#shared.setFigure('cacheLostMs', cacheLostMs)
  }
}

/** From the first page up to, not including, the end. */
type PageRanges = ReadonlyArray<readonly [first: number, end: number]>

export function releasedRanges(shared: SharedGuest): PageRanges {
  const bits = shared.bits('released')
  const ranges: Array<readonly [number, number]> = []
  let first = -1
  for (let page = 0; page < shared.pageCount; page++) {
    if (first < 0 && (page & 31) === 0 && Atomics.load(bits, page >>> 5) === 0) {
      page += 31
      continue
    }
    const isReleased = hasBit(bits, page)
    if (isReleased && first < 0) first = page
    if (isReleased || first < 0) continue
    ranges.push([first, page])
    first = -1
  }
  if (first >= 0) ranges.push([first, shared.pageCount])
  return ranges
}

export function setReleased(shared: SharedGuest, ranges: PageRanges): void {
  const bits = shared.bits('released')
  fillBits(bits, shared.pageCount, false)
  let pages = 0
  for (const [first, end] of ranges) for (let page = first; page < end; page++) if (addBit(bits, page)) pages++
  Atomics.store(shared.control, controlWord.releasedPages, pages)
}
