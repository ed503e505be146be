/**
 * Orders of an iteration that follow what the dirty log has shown. `lru` sends the pages first that were found dirty
 * longest ago, never before all; among pages found in the same reading, the one before decides, and so on. `weight` sends
 * those first that were found dirty least often (Svärd et al. 2011: pages that are dirtied often go last). Equals go by
 * address. The hypervisor sees no accesses, only readings of the log, and so "used" means "found dirty" here.
 *
 * A page written before its turn is dirty in the log whether or not it is sent then, so these orders pay where pages that
 * are dirty again are skipped (`strategy.skipDirty`).
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { Bitmap } from '../memory/bitmap.ts'

export type HistoryOrder = 'lru' | 'weight'

/** Readings of the log that `lru` remembers (lab). */
const ageBits = 16

/** Goes once through a set of pages; -1 at the end. */
export interface PageCursor {
  next(): number
}

/** Pages found dirty, reading by reading of the log. */
export class PageHistory {
  readonly order: HistoryOrder | null
  #readings = 0
  /** Number of the reading that last found the page dirty, from 1; 0: none did. */
  readonly #lastFound: Uint32Array
  /** Number of readings that found it dirty. */
  readonly #timesFound: Uint32Array
  /** One bit for each of the readings up to `#lastFound` that found it, the latest in the highest place. */
  readonly #ages: Uint16Array
  /** Readings in a row, up to the last one that found it dirty. */
  readonly #inARow: Uint32Array

  /** Order null: pages go by their scan order, and the history serves holding back alone. */
  constructor(pages: number, order: HistoryOrder | null) {
    this.order = order
    this.#lastFound = new Uint32Array(pages)
    this.#timesFound = new Uint32Array(pages)
    this.#inARow = new Uint32Array(pages)
    this.#ages = new Uint16Array(pages)
  }

  /** Takes note of one reading of the log. */
  note(dirty: Bitmap): void {
    const before = this.#readings++
    for (let page = dirty.next(0); page >= 0; page = dirty.next(page + 1)) {
      this.#ages[page] = (1 << (ageBits - 1)) | this.#ageOf(page)
      this.#inARow[page] = this.#lastFound[page] === before && before > 0 ? (this.#inARow[page] ?? 0) + 1 : 1
      this.#lastFound[page] = this.#readings
      this.#timesFound[page] = (this.#timesFound[page] ?? 0) + 1
    }
  }

  /** Did each of the last so many readings find the page dirty? */
  isHot(page: number, readings: number): boolean {
    return this.#readings >= readings && this.#lastFound[page] === this.#readings && (this.#inARow[page] ?? 0) >= readings
  }

  /** The pages of `set` as they are now, in this order; null if the scan order rules. */
  cursor(set: Bitmap): PageCursor | null {
    if (this.order === null) return null
    const sorted = this.order === 'lru' ? sortBy(set, (page) => this.#ageOf(page), 2 ** ageBits - 1) : sortBy(set, (page) => this.#timesFound[page] ?? 0, this.#readings)
    let position = 0
    return { next: () => sorted[position++] ?? -1 }
  }

  /** The age as of now: each reading that did not find the page moves it down by one place. */
  #ageOf(page: number): number {
    const since = this.#readings - (this.#lastFound[page] ?? 0)
    return since >= ageBits ? 0 : (this.#ages[page] ?? 0) >>> since
  }
}

/** Counting sort of the pages of a set by a whole number from 0 to `largest`, then by address. */
function sortBy(set: Bitmap, keyOf: (page: number) => number, largest: number): Int32Array {
  const starts = new Int32Array(largest + 2)
  let count = 0
  for (let page = set.next(0); page >= 0; page = set.next(page + 1)) {
    const after = keyOf(page) + 1
    starts[after] = (starts[after] ?? 0) + 1
    count++
  }
  for (let key = 1; key < starts.length; key++) starts[key] = (starts[key] ?? 0) + (starts[key - 1] ?? 0)
  const sorted = new Int32Array(count)
  for (let page = set.next(0); page >= 0; page = set.next(page + 1)) {
    const key = keyOf(page)
    const position = starts[key] ?? 0
    starts[key] = position + 1
    sorted[position] = page
  }
  return sorted
}

/** The history that a strategy goes by; null if by none. */
export function historyFor({ scan, holdBack }: Pick<Scenario['strategy'], 'scan' | 'holdBack'>, pages: number): PageHistory | null {
  const order = scan === 'lru' || scan === 'weight' ? scan : null
  return order === null && holdBack === 0 ? null : new PageHistory(pages, order)
}

/**
 * Takes the pages out of `toSend` that each of the last readings found dirty, and returns them; they are to come up again
 * later. If nothing else is left, all stay: waiting would change nothing.
 */
export function takeHot(history: PageHistory, toSend: Bitmap, readings: number): Bitmap {
  const hot = new Bitmap(toSend.size)
  let others = 0
  for (let page = toSend.next(0); page >= 0; page = toSend.next(page + 1)) {
    if (history.isHot(page, readings)) hot.add(page)
    else others++
  }
  if (others === 0) hot.clear()
  for (let page = hot.next(0); page >= 0; page = hot.next(page + 1)) toSend.remove(page)
  return hot
}
