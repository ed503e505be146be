/**
 * In which order an iteration goes through the pages.
 *
 * `permuted` is the scan of Xen's xc_linux_save.c (2005, verified): page numbers are rotated left by ten bits within
 * the smallest power of two that holds them, again and again until the number is a page of the guest. Neighbours, which
 * tend to be dirtied together, end up far apart.
 */

import { Bitmap } from './bitmap.ts'

export type ScanKind = 'linear' | 'permuted'

const rotation = 10

/** The permutation of `pages` pages: which page stands at a position of the scan, and at which position a page stands. */
export class ScanOrder {
  readonly kind: ScanKind
  readonly #pages: number
  readonly #order: number
  readonly #mask: number

  constructor(kind: ScanKind, pages: number) {
    this.#pages = pages
    this.#order = pages <= 1 ? 0 : 32 - Math.clz32(pages - 1)
    this.#mask = 2 ** this.#order - 1
    // With ten bits or fewer the rotation is the identity.
    this.kind = this.#order > rotation ? kind : 'linear'
  }

  pageAt(position: number): number {
    if (this.kind === 'linear') return position
    let page = position
    do page = ((page >>> (this.#order - rotation)) | (page << rotation)) & this.#mask
    while (page >= this.#pages)
    return page
  }

  positionOf(page: number): number {
    if (this.kind === 'linear') return page
    let position = page
    do position = ((position >>> rotation) | (position << (this.#order - rotation))) & this.#mask
    while (position >= this.#pages)
    return position
  }

  /** The pages of `set` as positions of the scan; the set itself where the scan is linear. */
  arrange(set: Bitmap): Bitmap {
    if (this.kind === 'linear') return set
    const positions = new Bitmap(this.#pages)
    for (let page = set.next(0); page >= 0; page = set.next(page + 1)) positions.add(this.positionOf(page))
    return positions
  }
}

/** Goes once through a set of pages in scan order. Pages removed from the set once they were passed do not disturb it. */
export class ScanCursor {
  readonly #order: ScanOrder
  readonly #words: Uint32Array
  #word = -1
  /** What is left of the present word. */
  #bits = 0

  constructor(order: ScanOrder, set: Bitmap) {
    this.#order = order
    this.#words = order.arrange(set).words
  }

  /** The next page, or -1 at the end. */
  next(): number {
    while (this.#bits === 0) {
      if (this.#word >= this.#words.length) return -1
      this.#word++
      this.#bits = this.#words[this.#word] ?? 0
    }
    const bit = 31 - Math.clz32(this.#bits & -this.#bits)
    this.#bits &= this.#bits - 1
    return this.#order.pageAt((this.#word << 5) + bit)
  }
}
