/**
 * The guest's address space over the course of a migration, as a film: a raster of cells, each a run of neighbouring
 * pages, and for each frame what share of a cell the destination holds, by what it came there, what share is dirty in
 * the log or missing to the guest that runs there already, and how often it was sent. Made for looking at; no result is
 * computed from it.
 */

import type { Purpose } from './world.ts'

export interface MemoryMapFrame {
  readonly timeMs: number
  /** Per cell, 0 to 255: share of its pages that were sent at least once. */
  readonly present: Uint8Array
  /** Per cell, 0 to 255: share of its pages that are dirty in the log. */
  readonly dirty: Uint8Array
  /** Per cell: how often its pages were sent, on average, in steps of a sixteenth, at most 255. */
  readonly sent: Uint8Array
  /** Per cell, 0 to 255: share of its pages that the guest on the destination asked for, and of those sent because they were predicted. */
  readonly demanded: Uint8Array
  readonly predicted: Uint8Array
  /** Per cell, 0 to 255: share of its pages that the guest, running on the destination, lacks. */
  readonly missing: Uint8Array
  /** Per cell, 0 to 255: share of its pages that the guest gave back, to its balloon or from its page cache. */
  readonly released: Uint8Array
}

/** What the world tells of a page at the moment of a frame. */
export interface PageLook {
  readonly isDirty: (page: number) => boolean
  /** Null: the guest misses nothing, or gave nothing back. */
  readonly isMissing: ((page: number) => boolean) | null
  readonly isReleased: ((page: number) => boolean) | null
}

export interface MemoryMap {
  readonly pageCount: number
  readonly pagesPerCell: number
  readonly frames: readonly MemoryMapFrame[]
}

/** From this many frames on, every second one is dropped and the spacing doubled. */
const mostFrames = 160
/** Pages of a cell that are looked at to tell how much of it is dirty, missing or released. */
const sampledPages = 16

export class MemoryMapRecorder {
  readonly pagesPerCell: number
  readonly #pageCount: number
  readonly #cells: number
  readonly #seen: Uint8Array
  readonly #present: Uint32Array
  readonly #sent: Uint32Array
  readonly #demanded: Uint32Array
  readonly #predicted: Uint32Array
  #frames: MemoryMapFrame[] = []
  #spacingNs = 1e6
  #nextNs = 0

  constructor(pageCount: number, mostCells = 2048) {
    this.#pageCount = pageCount
    this.pagesPerCell = Math.ceil(pageCount / mostCells)
    this.#cells = Math.ceil(pageCount / this.pagesPerCell)
    this.#seen = new Uint8Array(pageCount)
    this.#present = new Uint32Array(this.#cells)
    this.#sent = new Uint32Array(this.#cells)
    this.#demanded = new Uint32Array(this.#cells)
    this.#predicted = new Uint32Array(this.#cells)
  }

  /** Notes a batch as sent. */
  noteSent(pages: Int32Array, count: number, purpose: Purpose = 'copy'): void {
    const asked = purpose === 'demand' ? this.#demanded : purpose === 'prediction' ? this.#predicted : null
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      const cell = Math.floor(page / this.pagesPerCell)
      this.#sent[cell] = (this.#sent[cell] ?? 0) + 1
      if (asked !== null) asked[cell] = (asked[cell] ?? 0) + 1
      if (this.#seen[page] === 1) continue
      this.#seen[page] = 1
      this.#present[cell] = (this.#present[cell] ?? 0) + 1
    }
  }

  /** Takes a frame if it is time for one. */
  sample(nowNs: number, look: PageLook): void {
    if (nowNs < this.#nextNs) return
    this.#nextNs = nowNs + this.#spacingNs
    this.#take(nowNs, look)
    if (this.#frames.length < mostFrames) return
    this.#frames = this.#frames.filter((_, index) => index % 2 === 0)
    this.#spacingNs = Math.max(this.#spacingNs * 2, (nowNs / mostFrames) * 2)
  }

  /** The film, with a last frame of the present moment. */
  finish(nowNs: number, look: PageLook): MemoryMap {
    this.#take(nowNs, look)
    return { pageCount: this.#pageCount, pagesPerCell: this.pagesPerCell, frames: this.#frames }
  }

  #take(nowNs: number, { isDirty, isMissing, isReleased }: PageLook): void {
    this.#frames.push({
      timeMs: nowNs / 1e6,
      present: this.#shares(this.#present),
      demanded: this.#shares(this.#demanded),
      predicted: this.#shares(this.#predicted),
      sent: this.#perCell((cell, { pages }) => Math.min(255, Math.round((16 * (this.#sent[cell] ?? 0)) / pages))),
      dirty: this.#sampled(isDirty),
      missing: this.#sampled(isMissing),
      released: this.#sampled(isReleased),
    })
  }

  /** A page may be sent for the same reason again, after a connection was lost; a share is at most the whole. */
  #shares(counts: Uint32Array): Uint8Array {
    return this.#perCell((cell, { pages }) => Math.min(255, Math.round((255 * (counts[cell] ?? 0)) / pages)))
  }

  #sampled(holds: ((page: number) => boolean) | null): Uint8Array {
    if (holds === null) return new Uint8Array(this.#cells)
    return this.#perCell((_, { first, pages }) => {
      const samples = Math.min(pages, sampledPages)
      let found = 0
      for (let i = 0; i < samples; i++) if (holds(first + Math.floor((i * pages) / samples))) found++
      return Math.round((255 * found) / samples)
    })
  }

  #perCell(value: (cell: number, range: { readonly first: number; readonly pages: number }) => number): Uint8Array {
    const values = new Uint8Array(this.#cells)
    for (let cell = 0; cell < this.#cells; cell++) {
      const first = cell * this.pagesPerCell
      values[cell] = value(cell, { first, pages: Math.min(this.pagesPerCell, this.#pageCount - first) })
    }
    return values
  }
}
