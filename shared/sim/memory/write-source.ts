/**
 * Where writes come from: a range of pages and a law by which they are written, examined lazily.
 *
 * Nothing happens when a page is written. Whether it was written since the log was last cleaned is found out when it is
 * examined, exactly in distribution, so the cost follows the pages examined and not the writes. See
 * build/decisions/0002-lazy-guest.md.
 */

import type { Bitmap } from '../../migration/memory/bitmap.ts'
import { hashedUniform } from '../kernel/streams.ts'
import type { Intensity } from './intensity.ts'

export interface WriteSource {
  readonly firstPage: number
  /** One past the last page. */
  readonly endPage: number
  /** Was this page (inside the range) written after the last clean and up to the present guest time? */
  isDirty(page: number): boolean
  /** Sets the present guest time, in nanoseconds of undisturbed work. Never goes back. */
  advance(guestNs: number): void
  /** Adds every page written since the last clean to `into`, forgets them, and returns how many there were. */
  clean(into: Bitmap): number
  countDirty(): number
  /** Expected number of pages that will have been written `guestNs` after time 0, counted from the last clean. */
  expectedDirty(guestNs: number): number
}

/** No draw of an exponential with mean 1 reaches this: `hashedUniform` stays above 2^-33, and 33 ln 2 is 22.9. */
const beyondAnyDraw = 24

/** In `#nextWrite`: not drawn yet. */
const undrawn = -1

/**
 * Independent Poisson writes: page i of the range is written with intensity weight(i) x the source's own.
 *
 * `#nextWrite[i]` is the intensity at which page i is first written after the last clean. Examining is a comparison. A
 * page that is found written and cleaned gets a new residual, which by memorylessness starts afresh at that moment; one
 * that was not written keeps its own. The residual is drawn when it is asked for: a page that must have been written
 * whatever the draw is dirty without one.
 */
export class PoissonSource implements WriteSource {
  readonly firstPage: number
  readonly endPage: number
  readonly #intensity: Intensity
  /** Weight of each page, or one weight for all. */
  readonly #weights: Float32Array | number
  readonly #classes: ReadonlyArray<{ readonly pages: number; readonly weight: number }>
  readonly #seed: number
  /** A page that is `undrawn` was found written by the last clean, or none was made: its residual starts at `#cleaned`. */
  readonly #nextWrite: Float64Array
  /** Which draw of a page its residual is: how often it was found written, modulo 2^16. */
  readonly #draws: Uint16Array
  #present = 0
  #cleaned = 0

  constructor(range: { readonly firstPage: number; readonly pages: number }, intensity: Intensity, weights: Float32Array | 'equal', seed: number) {
    this.firstPage = range.firstPage
    this.endPage = range.firstPage + range.pages
    this.#intensity = intensity
    this.#weights = weights === 'equal' ? 1 / range.pages : weights
    this.#classes = weights === 'equal' ? [{ pages: range.pages, weight: 1 / range.pages }] : weightClasses(weights)
    this.#seed = seed
    this.#nextWrite = new Float64Array(range.pages).fill(undrawn)
    this.#draws = new Uint16Array(range.pages)
  }

  advance(guestNs: number): void {
    this.#present = this.#intensity.at(guestNs)
  }

  isDirty(page: number): boolean {
    return this.#isWritten(page - this.firstPage)
  }

  clean(into: Bitmap): number {
    const { firstPage } = this
    const next = this.#nextWrite
    const draws = this.#draws
    const pages = next.length
    let dirty = 0
    for (let i = 0; i < pages; i++) {
      if (!this.#isWritten(i)) continue
      into.add(firstPage + i)
      next[i] = undrawn
      draws[i] = (draws[i] ?? 0) + 1
      dirty++
    }
    this.#cleaned = this.#present
    return dirty
  }

  countDirty(): number {
    let dirty = 0
    for (let i = 0; i < this.#nextWrite.length; i++) if (this.#isWritten(i)) dirty++
    return dirty
  }

  expectedDirty(guestNs: number): number {
    const writes = this.#intensity.at(guestNs) - this.#cleaned
    let dirty = 0
    for (const { pages, weight } of this.#classes) dirty -= pages * Math.expm1(-weight * writes)
    return dirty
  }

  #isWritten(i: number): boolean {
    const next = this.#nextWrite[i] ?? Infinity
    if (next >= 0) return next <= this.#present
    const weight = typeof this.#weights === 'number' ? this.#weights : (this.#weights[i] ?? 0)
    // Weights are at most 1, so that the margin is a write or more, far above what rounding takes.
    return (this.#present - this.#cleaned) * weight >= beyondAnyDraw || this.#draw(i, weight) <= this.#present
  }

  /** Intensity at the next write of page i: exponential with mean 1 / weight from the last clean on. */
  #draw(i: number, weight: number): number {
    const next = this.#cleaned - Math.log(hashedUniform(this.#seed, i, this.#draws[i] ?? 0)) / weight
    this.#nextWrite[i] = next
    return next
  }
}

/** Pages of about equal weight taken together (steps of a quarter octave), for expectations only. */
function weightClasses(weights: Float32Array): Array<{ pages: number; weight: number }> {
  const classes = new Map<number, { pages: number; weight: number }>()
  let found = { pages: 0, weight: 0 }
  // Weights well inside the step of the one before need no logarithm.
  let above = 0
  let below = 0
  for (const weight of weights) {
    if (weight <= above || weight >= below) {
      const step = Math.round(Math.log2(weight) * 4)
      above = 2 ** ((step - 0.499) / 4)
      below = 2 ** ((step + 0.499) / 4)
      found = classes.get(step) ?? { pages: 0, weight: 0 }
      classes.set(step, found)
    }
    found.weight = (found.weight * found.pages + weight) / (found.pages + 1)
    found.pages++
  }
  return [...classes.values()]
}

/** Writes page after page in order, from the first to the last and again; write k is made when the intensity reaches k. */
export class SweepSource implements WriteSource {
  readonly firstPage: number
  readonly endPage: number
  readonly #pages: number
  readonly #intensity: Intensity
  /** Where in the range the sweep stands at time 0, as a number of writes made before. */
  readonly #start: number
  #present: number
  #cleaned: number

  constructor(range: { readonly firstPage: number; readonly pages: number }, intensity: Intensity, seed: number) {
    this.firstPage = range.firstPage
    this.#pages = range.pages
    this.endPage = range.firstPage + range.pages
    this.#intensity = intensity
    this.#start = hashedUniform(seed, 0, 0) * range.pages
    this.#present = Math.floor(this.#start)
    this.#cleaned = this.#present
  }

  advance(guestNs: number): void {
    this.#present = Math.floor(this.#start + this.#intensity.at(guestNs))
  }

  isDirty(page: number): boolean {
    // The last write to this page is the largest k <= present with (k - 1) mod pages = offset.
    const behind = (this.#present - 1 - (page - this.firstPage)) % this.#pages
    const lastWrite = this.#present - (behind < 0 ? behind + this.#pages : behind)
    return lastWrite > this.#cleaned
  }

  clean(into: Bitmap): number {
    const dirty = this.countDirty()
    if (dirty === this.#pages) into.addRange(this.firstPage, this.endPage)
    else if (dirty > 0) {
      const from = this.#cleaned % this.#pages
      into.addRange(this.firstPage + from, this.firstPage + Math.min(this.#pages, from + dirty))
      into.addRange(this.firstPage, this.firstPage + Math.max(0, from + dirty - this.#pages))
    }
    this.#cleaned = this.#present
    return dirty
  }

  countDirty(): number {
    return Math.min(this.#pages, this.#present - this.#cleaned)
  }

  expectedDirty(guestNs: number): number {
    return Math.min(this.#pages, Math.max(0, this.#start + this.#intensity.at(guestNs) - this.#cleaned))
  }
}
