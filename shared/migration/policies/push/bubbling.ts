/**
 * Bubbling: Hines and Gopalan, VEE 2009 [recalled]. A page asked for is a pivot, from which pages are pushed downwards and
 * upwards, nearest first, so that a bubble of pages that are there grows around what the guest uses.
 *
 * Dual: there is one pivot, the page last asked for. At radius b its edges are the pages p - b and p + b; each step takes
 * both, unless they were sent before or lie outside the guest, and b grows by one. Since pages sent before are jumped
 * over, the edges pass every hole that an earlier pivot left, and no sweep remains.
 *
 * Multi-pivot: there are up to N pivots, whose edges grow in turn. A fault outside every bubble adds a pivot, at the
 * maximum in place of the one whose bubble was asked for least recently; a fault inside marks the bubble as used. An edge
 * stops at what another bubble has taken: a page pushed, or a pivot. Pages sent on demand or by prediction belong to no
 * bubble and are passed over, like pages that never were to be sent. A pivot with both edges stopped retires; with no
 * pivot left, the holes are pushed by address.
 *
 * Before the first fault the pivot is page 0 [lab]. A page costs a fixed number of steps, a fault one for each pivot.
 */

import type { Bitmap } from '../../memory/bitmap.ts'
import { LayeredBitmap } from '../../memory/layered-bitmap.ts'
import { PagesLeft } from './pages-left.ts'
import type { PushOrder } from './push-order.ts'

export function dual(left: Bitmap): PushOrder {
  const pages = new PagesLeft(left)
  let pivot = 0
  let low = -1
  let high = 0
  const choose = (): number => {
    const below = pages.atOrBelow(low)
    const above = pages.atOrAbove(high)
    if (below >= 0 && (above < 0 || pivot - below <= above - pivot)) {
      low = below - 1
      return below
    }
    high = above < 0 ? left.size : above + 1
    return above
  }
  return {
    faulted(page) {
      pivot = page
      low = page - 1
      high = page
    },
    next: (batch, limit) => pages.fill(batch, limit, choose),
  }
}

/** Throws a RangeError if there may be no pivot at all. */
export function multiPivot(left: Bitmap, { pivots }: { readonly pivots: number }): PushOrder {
  if (!(pivots >= 1)) throw new RangeError(`multi-pivot bubbling needs at least one pivot, not ${pivots}`)
  return new Bubbles(left, pivots)
}

interface Bubble {
  /** The bubble's first page and its last; the edges are the pages beyond. */
  low: number
  high: number
  /** The edge that grows next; they take turns until one has stopped. */
  turn: 'below' | 'above'
  otherStopped: boolean
  /** The number of the fault that used it last. */
  used: number
}

class Bubbles implements PushOrder {
  readonly #pages: PagesLeft
  /** Pages that bubbles took, whether they are live, retired or replaced. */
  readonly #taken: LayeredBitmap
  readonly #maximum: number
  readonly #bubbles: Bubble[] = [{ low: 0, high: -1, turn: 'above', otherStopped: true, used: 0 }]
  #turn = 0
  #faults = 0

  constructor(left: Bitmap, maximum: number) {
    this.#pages = new PagesLeft(left)
    this.#taken = new LayeredBitmap(left.size)
    this.#maximum = maximum
  }

  faulted(page: number): void {
    this.#faults++
    let oldest = 0
    for (let index = 0; index < this.#bubbles.length; index++) {
      const bubble = this.#bubbles[index] as Bubble
      if (bubble.low <= page && page <= bubble.high) {
        bubble.used = this.#faults
        return
      }
      if (bubble.used < (this.#bubbles[oldest]?.used ?? 0)) oldest = index
    }
    this.#taken.add(page)
    if (this.#below(page) < 0 && this.#above(page) < 0) return
    const added: Bubble = { low: page, high: page, turn: 'below', otherStopped: false, used: this.#faults }
    if (this.#bubbles.length < this.#maximum) this.#bubbles.push(added)
    else this.#bubbles[oldest] = added
  }

  next(batch: Int32Array, limit: number): number {
    return this.#pages.fill(batch, limit, this.#choose)
  }

  readonly #choose = (): number => {
    const page = this.#growNext()
    if (page >= 0) this.#taken.add(page)
    return page
  }

  #growNext(): number {
    while (this.#bubbles.length > 0) {
      if (this.#turn >= this.#bubbles.length) this.#turn = 0
      const bubble = this.#bubbles[this.#turn] as Bubble
      const page = this.#grow(bubble)
      if (page >= 0) {
        this.#turn++
        return page
      }
      this.#bubbles.splice(this.#turn, 1)
    }
    return this.#pages.atOrAbove(0)
  }

  /** Moves the edge whose turn it is, or the other one if it has stopped; -1 if both have. */
  #grow(bubble: Bubble): number {
    for (;;) {
      const { turn, otherStopped } = bubble
      const page = turn === 'below' ? this.#below(bubble.low) : this.#above(bubble.high)
      if (!otherStopped) bubble.turn = turn === 'below' ? 'above' : 'below'
      if (page >= 0) {
        if (turn === 'below') bubble.low = page
        else bubble.high = page
        return page
      }
      if (otherStopped) return -1
      bubble.otherStopped = true
    }
  }

  /** The page left below `page`, or -1 if there is none before what a bubble has taken. */
  #below(page: number): number {
    const found = this.#pages.atOrBelow(page - 1)
    return found === page - 1 || this.#taken.atOrBelow(page - 1) < found ? found : -1
  }

  #above(page: number): number {
    const found = this.#pages.atOrAbove(page + 1)
    if (found < 0 || found === page + 1) return found
    const taken = this.#taken.atOrAbove(page + 1)
    return taken < 0 || taken > found ? found : -1
  }
}
