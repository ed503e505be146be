/**
 * If the last three faults [lab] are equally far apart, the k pages at that stride. Pages that travelled along cause no
 * fault, so a fault exactly where the prediction ended confirms the stride; any other must be learnt again.
 */

import type { Prefetcher } from './prefetcher.ts'

export function stride({ k }: { readonly k: number }): Prefetcher {
  return new Stride(k)
}

class Stride implements Prefetcher {
  readonly #k: number
  #last: number | null = null
  /** Pages from the fault before the last to the last. */
  #distance = 0
  /** Where the next fault is if the prediction was right. */
  #expected: number | null = null

  constructor(k: number) {
    this.#k = k
  }

  predict(page: number, wanted: (page: number) => boolean): readonly number[] {
    if (page === this.#last) return []
    const distance = this.#last === null ? 0 : page - this.#last
    const known = page === this.#expected || (distance !== 0 && distance === this.#distance)
    if (page !== this.#expected) this.#distance = distance
    this.#last = page
    this.#expected = known ? page + (this.#k + 1) * this.#distance : null
    return known ? Array.from({ length: this.#k }, (_, i) => page + (i + 1) * this.#distance).filter(wanted) : []
  }
}
