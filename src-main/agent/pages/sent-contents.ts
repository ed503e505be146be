/**
 * Contents of pages as they were last sent, against which deltas are coded. `DeltaCache` decides which page has which
 * slot, as in the simulator; the contents lie here.
 *
 * Invariant: the slot of a page that is held has the bytes that the destination was last sent for it. So every page that
 * is held must be sent from a copy, in whatever form, and `keep` that copy: a guest that runs writes at any time.
 */

import { DeltaCache } from '#shared/migration/policies/delta-cache.ts'

export class SentContents {
  readonly #cache: DeltaCache
  readonly #pageBytes: number
  readonly #mask: number
  /** Page in each slot, -1 if none: the same as in the cache. */
  readonly #pages: Int32Array
  readonly #contents: Uint8Array

  /** `slots`: a power of two. Those that no page of the guest would ever have are left out. */
  constructor(slots: number, pageBytes: number, pageCount: number) {
    const used = Math.min(slots, 2 ** Math.ceil(Math.log2(pageCount)))
    this.#cache = new DeltaCache(used)
    this.#pageBytes = pageBytes
    this.#mask = used - 1
    this.#pages = new Int32Array(used).fill(-1)
    this.#contents = new Uint8Array(used * pageBytes)
  }

  /** Is the page held? If so, it counts as used in this iteration. */
  find(page: number, iteration: number): boolean {
    return this.#cache.find(page, iteration)
  }

  /** Gives the page its slot unless another one there is still fresh. Its content must be kept next. */
  insert(page: number, iteration: number): boolean {
    if (!this.#cache.insert(page, iteration)) return false
    this.#pages[page & this.#mask] = page
    return true
  }

  holds(page: number): boolean {
    return this.#pages[page & this.#mask] === page
  }

  /** The content last sent of a page that is held; a view that `keep` changes. */
  contentOf(page: number): Uint8Array {
    const start = (page & this.#mask) * this.#pageBytes
    return this.#contents.subarray(start, start + this.#pageBytes)
  }

  /** This is being sent for a page that is held. */
  keep(page: number, content: Uint8Array): void {
    this.#contents.set(content, (page & this.#mask) * this.#pageBytes)
  }

  /** A marker for a page of zeros is being sent. */
  keepZeros(page: number): void {
    if (this.holds(page)) this.contentOf(page).fill(0)
  }
}
