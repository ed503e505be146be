/** The pages that an order has yet to choose: those of `left` that it has not written to a batch. `left` only shrinks. */

import type { Bitmap } from '../../memory/bitmap.ts'
import { LayeredBitmap } from '../../memory/layered-bitmap.ts'

export class PagesLeft {
  readonly #left: Bitmap
  /** Holds every page of `left` that was not chosen; pages that left `left` otherwise go when they are met. */
  readonly #open: LayeredBitmap

  constructor(left: Bitmap) {
    this.#left = left
    this.#open = LayeredBitmap.copyOf(left)
  }

  /** The first page at or above `page`, or -1. */
  atOrAbove(page: number): number {
    for (let found = this.#open.atOrAbove(page); ; found = this.#open.atOrAbove(found)) {
      if (found < 0 || this.#left.has(found)) return found
      this.#open.remove(found)
    }
  }

  /** The last page at or below `page`, or -1. */
  atOrBelow(page: number): number {
    for (let found = this.#open.atOrBelow(page); ; found = this.#open.atOrBelow(found)) {
      if (found < 0 || this.#left.has(found)) return found
      this.#open.remove(found)
    }
  }

  /** Writes chosen pages to `batch` until there are `limit` or `choose` returns -1; returns how many. */
  fill(batch: Int32Array, limit: number, choose: () => number): number {
    let count = 0
    while (count < limit) {
      const page = choose()
      if (page < 0) break
      this.#open.remove(page)
      batch[count++] = page
    }
    return count
  }
}
