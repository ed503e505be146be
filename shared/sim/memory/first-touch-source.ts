/**
 * Page cache that was given back and is read again: the first read of a page brings it back from the disk, which writes
 * it; later reads find it there. Each page has its own first read, exponential in the intensity of all reads.
 */

import type { Bitmap } from '../../migration/memory/bitmap.ts'
import { hashedUniform } from '../kernel/streams.ts'
import { ascendingOrder } from './access-source.ts'
import type { Intensity } from './intensity.ts'
import type { WriteSource } from './write-source.ts'

export class FirstTouchSource implements WriteSource {
  readonly firstPage: number
  readonly endPage: number
  readonly #intensity: Intensity
  /** Intensity at which each page is first read, and the pages in that order. */
  readonly #firstRead: Float32Array
  readonly #order: Uint32Array
  #present = 0
  /** Pages of the order read until now, and until the last clean; the intensity at that moment. */
  #read = 0
  #cleaned = 0
  #cleanedAt = 0

  constructor(range: { readonly firstPage: number; readonly pages: number }, intensity: Intensity, seed: number) {
    this.firstPage = range.firstPage
    this.endPage = range.firstPage + range.pages
    this.#intensity = intensity
    this.#firstRead = Float32Array.from({ length: range.pages }, (_, page) => -Math.log(hashedUniform(seed, page, 0)) * range.pages)
    this.#order = ascendingOrder(this.#firstRead)
  }

  /** Pages that were read again so far. */
  get readPages(): number {
    return this.#read
  }

  /** Was this page (inside the range) read again up to the present? */
  isRead(page: number): boolean {
    return (this.#firstRead[page - this.firstPage] ?? Infinity) <= this.#present
  }

  advance(guestNs: number, onRead?: (page: number) => void): void {
    this.#present = this.#intensity.at(guestNs)
    while (this.#read < this.#order.length && this.#firstReadOf(this.#read) <= this.#present) {
      onRead?.(this.firstPage + (this.#order[this.#read] ?? 0))
      this.#read++
    }
  }

  isDirty(page: number): boolean {
    return this.isRead(page) && (this.#firstRead[page - this.firstPage] ?? 0) > this.#cleanedAt
  }

  clean(into: Bitmap): number {
    const dirty = this.countDirty()
    for (let place = this.#cleaned; place < this.#read; place++) into.add(this.firstPage + (this.#order[place] ?? 0))
    this.#cleaned = this.#read
    this.#cleanedAt = this.#present
    return dirty
  }

  countDirty(): number {
    return this.#read - this.#cleaned
  }

  expectedDirty(guestNs: number): number {
    const pages = this.#order.length
    return pages === 0 ? 0 : pages * (Math.exp(-this.#cleanedAt / pages) - Math.exp(-this.#intensity.at(guestNs) / pages))
  }

  #firstReadOf(place: number): number {
    return this.#firstRead[this.#order[place] ?? 0] ?? Infinity
  }
}
