/** The writes of one process that can be put to sleep: its own time then stands still. */

import type { Bitmap } from '../../migration/memory/bitmap.ts'
import type { WriteSource } from './write-source.ts'

export class ProcessSource implements WriteSource {
  readonly firstPage: number
  readonly endPage: number
  /** Index of the process in the workload. */
  readonly process: number
  readonly #source: WriteSource
  #guestNs = 0
  #sleptNs = 0
  #asleep = false
  #cleaned = 0

  constructor(process: number, source: WriteSource) {
    this.process = process
    this.#source = source
    this.firstPage = source.firstPage
    this.endPage = source.endPage
  }

  /** Pages written first after a clean, counted from the beginning. */
  get writeFaults(): number {
    return this.#cleaned + this.#source.countDirty()
  }

  sleep(): void {
    this.#asleep = true
  }

  wake(): void {
    this.#asleep = false
  }

  isDirty(page: number): boolean {
    return this.#source.isDirty(page)
  }

  advance(guestNs: number): void {
    if (this.#asleep) this.#sleptNs += guestNs - this.#guestNs
    this.#guestNs = guestNs
    this.#source.advance(guestNs - this.#sleptNs)
  }

  clean(into: Bitmap): number {
    const dirty = this.#source.clean(into)
    this.#cleaned += dirty
    return dirty
  }

  countDirty(): number {
    return this.#source.countDirty()
  }

  expectedDirty(guestNs: number): number {
    return this.#source.expectedDirty((this.#asleep ? this.#guestNs : guestNs) - this.#sleptNs)
  }
}
