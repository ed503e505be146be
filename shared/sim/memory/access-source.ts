/**
 * When each page is first accessed, read or written, after a moment: what post-copy needs to know of a workload. After
 * its first access a page is there, so further accesses cost nothing and are never drawn; the cost follows the pages.
 */

import { hashedUniform } from '../kernel/streams.ts'
import type { Intensity } from './intensity.ts'

/** Goes through first accesses in non-decreasing guest time, each page at most once. */
export interface AccessCursor {
  /** The page accessed next; -1: none ever. */
  readonly page: number
  /** Guest time of that access, nanoseconds of undisturbed work; Infinity if there is none. */
  readonly guestNs: number
  advance(): void
}

export interface AccessSource {
  /** The first accesses at or after a guest time. */
  firstAccesses(fromGuestNs: number): AccessCursor
}

/** Independent Poisson accesses: page i is accessed with intensity weight(i) x the source's own. */
export class PoissonAccesses implements AccessSource {
  readonly #range: { readonly firstPage: number; readonly pages: number }
  readonly #intensity: Intensity
  readonly #weights: Float32Array | 'equal'
  readonly #seed: number

  constructor(range: { readonly firstPage: number; readonly pages: number }, intensity: Intensity, weights: Float32Array | 'equal', seed: number) {
    this.#range = range
    this.#intensity = intensity
    this.#weights = weights
    this.#seed = seed
  }

  firstAccesses(fromGuestNs: number): AccessCursor {
    const { firstPage, pages } = this.#range
    const residuals = new Float32Array(pages)
    for (let i = 0; i < pages; i++) {
      const weight = this.#weights === 'equal' ? 1 / pages : (this.#weights[i] ?? 0)
      residuals[i] = weight === 0 ? Infinity : -Math.log(hashedUniform(this.#seed, i, 0)) / weight
    }
    const order = ascendingOrder(residuals)
    const intensity = this.#intensity
    const base = intensity.at(fromGuestNs)
    let index = -1
    const cursor = {
      page: -1,
      guestNs: Infinity,
      advance(): void {
        index++
        const i = order[index]
        const residual = i === undefined ? Infinity : (residuals[i] ?? Infinity)
        const guestNs = residual === Infinity ? Infinity : intensity.inverse(base + residual)
        cursor.page = guestNs === Infinity ? -1 : firstPage + (i ?? 0)
        cursor.guestNs = guestNs
      },
    }
    cursor.advance()
    return cursor
  }
}

/** Page after page in order, and again from the first: access k is made when the intensity reaches k. */
export class SweepAccesses implements AccessSource {
  readonly #range: { readonly firstPage: number; readonly pages: number }
  readonly #intensity: Intensity
  readonly #start: number

  constructor(range: { readonly firstPage: number; readonly pages: number }, intensity: Intensity, seed: number) {
    this.#range = range
    this.#intensity = intensity
    this.#start = hashedUniform(seed, 0, 0) * range.pages
  }

  firstAccesses(fromGuestNs: number): AccessCursor {
    const { firstPage, pages } = this.#range
    const intensity = this.#intensity
    const start = this.#start
    const made = Math.floor(start + intensity.at(fromGuestNs))
    let done = -1
    const cursor = {
      page: -1,
      guestNs: Infinity,
      advance(): void {
        done++
        const guestNs = done < pages ? Math.max(fromGuestNs, intensity.inverse(made + done + 1 - start)) : Infinity
        cursor.page = guestNs === Infinity ? -1 : firstPage + ((made + done) % pages)
        cursor.guestNs = guestNs
      },
    }
    cursor.advance()
    return cursor
  }
}

/** The first accesses of several sources in one sequence. A page that two sources access comes up twice. */
export function mergedAccesses(sources: readonly AccessSource[], fromGuestNs: number): AccessCursor {
  const cursors = sources.map((source) => source.firstAccesses(fromGuestNs)).filter(({ page }) => page >= 0)
  const [only] = cursors
  if (cursors.length === 1 && only !== undefined) return only
  let next: AccessCursor | undefined
  const merged = {
    page: -1,
    guestNs: Infinity,
    advance(): void {
      next?.advance()
      next = undefined
      for (const cursor of cursors) if (cursor.page >= 0 && (next === undefined || cursor.guestNs < next.guestNs)) next = cursor
      merged.page = next?.page ?? -1
      merged.guestNs = next?.guestNs ?? Infinity
    },
  }
  merged.advance()
  return merged
}

/** Indices in the order of their (non-negative) values; equal values keep their order. A radix sort in three passes. */
export function ascendingOrder(values: Float32Array): Uint32Array {
  // Non-negative floats order like the integers that their bits are.
  let keys: Uint32Array = new Uint32Array(values.buffer, values.byteOffset, values.length)
  let order = Uint32Array.from(keys, (_, index) => index)
  let sortedKeys: Uint32Array = new Uint32Array(values.length)
  let sorted = new Uint32Array(values.length)
  for (const shift of [0, 11, 22]) {
    const places = new Uint32Array(2049)
    for (const key of keys) {
      const digit = ((key >>> shift) & 0x7ff) + 1
      places[digit] = (places[digit] ?? 0) + 1
    }
    for (let digit = 1; digit < places.length; digit++) places[digit] = (places[digit] ?? 0) + (places[digit - 1] ?? 0)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? 0
      const digit = (key >>> shift) & 0x7ff
      const place = places[digit] ?? 0
      places[digit] = place + 1
      sortedKeys[place] = key
      sorted[place] = order[i] ?? 0
    }
    // The values themselves are not overwritten.
    ;[keys, sortedKeys] = [sortedKeys, shift === 0 ? new Uint32Array(values.length) : keys]
    ;[order, sorted] = [sorted, order]
  }
  return order
}
