/**
 * Dynamic self-ballooning (Hines and Gopalan 2009): every interval a thread of the guest puts its free memory into a
 * balloon, but for a reserve; a page that is allocated while it lies in the balloon leaves it at once, filled with zeros.
 *
 * Free memory is made of areas, one for each process that allocates and one for the rest. A process holds the first
 * pages of its area; the balloon holds the last ones, from `#edge` on. Both move linearly between the events (a look of
 * the thread, the end of a period), so that the state at a guest time is exact whenever it is asked for.
 */

import { type Allocation, takenPages } from '../memory/allocation-source.ts'

export interface AreaOptions {
  readonly firstPage: number
  readonly pages: number
  /** Who allocates in this area; null: nobody. */
  readonly allocation: Allocation | null
  /** Free pages that stay outside the balloon. */
  readonly reservePages: number
  /** Guest time from one look of the thread to the next. */
  readonly intervalNs: number
  /** Pages put into the balloon per nanosecond of guest time. */
  readonly inflatedPerNs: number
}

/** Called with the pages that go into the balloon: `first` up to but not including `end`. */
export type Inflated = (first: number, end: number) => void

/** One area of the free memory with its part of the balloon. At guest time 0 the thread has just done its work. */
export class BalloonArea {
  readonly #options: AreaOptions
  /** Pages from the start of the area: the balloon holds those from the edge on, in fractions while it moves. */
  #edge: number
  /** Where the edge goes while the balloon is inflated. */
  #target: number
  #guestNs = 0
  #nextLookNs: number
  /** Pages that went into the balloon and left it since guest time 0, in fractions. */
  inflatedPages = 0
  deflatedPages = 0

  constructor(options: AreaOptions) {
    this.#options = options
    this.#nextLookNs = options.intervalNs
    this.#edge = this.#aboveReserve()
    this.#target = this.#edge
  }

  /** The process that allocates here; null: none. */
  get process(): number | null {
    return this.#options.allocation?.process ?? null
  }

  get pages(): number {
    return this.#options.pages - Math.floor(this.#edge)
  }

  has(page: number): boolean {
    const offset = page - this.#options.firstPage
    return offset >= Math.floor(this.#edge) && offset < this.#options.pages
  }

  /** Brings the area to a guest time, which never goes back. */
  advance(guestNs: number, inflated: Inflated): void {
    while (this.#guestNs < guestNs) {
      const periodEndNs = this.#periodEndNs()
      const nextNs = Math.min(guestNs, this.#nextLookNs, periodEndNs)
      this.#move(nextNs, nextNs === periodEndNs ? this.#options.pages : this.#heldAt(nextNs), inflated)
      if (nextNs !== this.#nextLookNs) continue
      this.#nextLookNs += this.#options.intervalNs
      this.#target = Math.min(this.#edge, this.#aboveReserve())
    }
  }

  /** To a moment at which the process holds `held` pages, with no event on the way. */
  #move(guestNs: number, held: number, inflated: Inflated): void {
    const { firstPage, inflatedPerNs } = this.#options
    const heldBefore = this.#heldNow()
    const durationNs = guestNs - this.#guestNs
    const before = this.#edge
    const reached = Math.max(this.#target, before - inflatedPerNs * durationNs)
    this.#guestNs = guestNs
    if (held <= reached) {
      this.#edge = reached
    } else {
      // The allocation meets the edge: while that comes down, or where it stands.
      const takenPerNs = (held - heldBefore) / durationNs
      const meeting = heldBefore + (takenPerNs * (before - heldBefore)) / (takenPerNs + inflatedPerNs)
      const lowest = Math.min(before, Math.max(this.#target, meeting))
      this.#noteInflated(before, lowest, { firstPage, inflated })
      this.deflatedPages += held - lowest
      this.#edge = held
      this.#target = held
      return
    }
    this.#noteInflated(before, reached, { firstPage, inflated })
  }

  #noteInflated(from: number, to: number, { firstPage, inflated }: { readonly firstPage: number; readonly inflated: Inflated }): void {
    if (to >= from) return
    this.inflatedPages += from - to
    if (Math.floor(to) < Math.floor(from)) inflated(firstPage + Math.floor(to), firstPage + Math.floor(from))
  }

  #aboveReserve(): number {
    const { pages, reservePages } = this.#options
    return Math.min(pages, Math.ceil(this.#heldNow()) + reservePages)
  }

  #heldNow(): number {
    return this.#heldAt(this.#guestNs)
  }

  #heldAt(guestNs: number): number {
    const { allocation, pages } = this.#options
    return allocation === null ? 0 : takenPages(allocation, guestNs) % pages
  }

  /** The next moment after the present at which the process gives everything back. */
  #periodEndNs(): number {
    const { allocation, pages } = this.#options
    if (allocation === null) return Infinity
    const taken = takenPages(allocation, this.#guestNs)
    const leftPages = pages - (taken % pages)
    return this.#guestNs + Math.max(1e-3, allocation.intensity.inverse(leftPages))
  }
}
