/**
 * Delta coding of pages that were sent before, as QEMU's XBZRLE does it (verified: migration/page_cache.c, xbzrle.c,
 * ram.c): the cache holds the content last sent, at the slot `page mod slots`, and a page that was used in the last two
 * iterations is not replaced by another. A page is coded as runs: how many bytes are as before, how many are new, those
 * bytes. What would become larger than the page is sent plain.
 */

/** Flag and length before the runs of a page (verified: migration/ram.c). */
export const deltaHeaderBytes = 3

/** Iterations for which a page used in the cache is safe from others. */
const lifetime = 2

export class DeltaCache {
  /** Page in each slot, -1 if none. */
  readonly #pages: Int32Array
  /** Iteration in which it was last used. */
  readonly #used: Uint32Array

  /** Slots: a power of two. */
  constructor(slots: number) {
    this.#pages = new Int32Array(slots).fill(-1)
    this.#used = new Uint32Array(slots)
  }

  /** Is the page there? If so, it counts as used in this iteration. */
  find(page: number, iteration: number): boolean {
    const slot = this.#slotOf(page)
    if (this.#pages[slot] !== page) return false
    this.#used[slot] = iteration
    return true
  }

  /** Puts the page in its slot unless another one there is still fresh. */
  insert(page: number, iteration: number): boolean {
    const slot = this.#slotOf(page)
    const there = this.#pages[slot] ?? -1
    if (there >= 0 && there !== page && (this.#used[slot] ?? 0) + lifetime > iteration) return false
    this.#pages[slot] = page
    this.#used[slot] = iteration
    return true
  }

  #slotOf(page: number): number {
    return page & (this.#pages.length - 1)
  }
}

/**
 * Bytes of the runs of a page in which `changedBytes` are new, in runs of `runBytes` evenly apart; null if they are more
 * than the page, which then goes plain.
 */
export function deltaBytes(pageBytes: number, changedBytes: number, runBytes: number): number | null {
  const changed = Math.min(pageBytes, Math.max(1, Math.round(changedBytes)))
  const runs = Math.ceil(changed / Math.max(1, runBytes))
  const same = Math.max(0, Math.floor((pageBytes - changed) / runs))
  const coded = changed + runs * (lengthBytes(same) + lengthBytes(Math.ceil(changed / runs)))
  return coded > pageBytes ? null : coded
}

/** A length in groups of seven bits (LEB128). */
function lengthBytes(length: number): number {
  let bytes = 1
  for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
