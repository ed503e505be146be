/**
 * The guest's address space over the course of a migration, as a film: a raster of cells, each a run of neighbouring
 * pages, and for each frame what share of a cell the destination holds, what share is dirty in the log, and how often it
 * was sent. Made for looking at; no result is computed from it.
 */

export interface MemoryMapFrame {
  readonly timeMs: number
  /** Per cell, 0 to 255: share of its pages that were sent at least once. */
  readonly present: Uint8Array
  /** Per cell, 0 to 255: share of its pages that are dirty in the log. */
  readonly dirty: Uint8Array
  /** Per cell: how often its pages were sent, on average, in steps of a sixteenth, at most 255. */
  readonly sent: Uint8Array
}

export interface MemoryMap {
  readonly pageCount: number
  readonly pagesPerCell: number
  readonly frames: readonly MemoryMapFrame[]
}

/** From this many frames on, every second one is dropped and the spacing doubled. */
const mostFrames = 160
/** Pages of a cell that are looked at to tell how much of it is dirty. */
const sampledPages = 16

export class MemoryMapRecorder {
  readonly pagesPerCell: number
  readonly #pageCount: number
  readonly #cells: number
  readonly #seen: Uint8Array
  readonly #present: Uint32Array
  readonly #sent: Uint32Array
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
  }

  /** Notes a batch as sent. */
  noteSent(pages: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      const cell = Math.floor(page / this.pagesPerCell)
      this.#sent[cell] = (this.#sent[cell] ?? 0) + 1
      if (this.#seen[page] === 1) continue
      this.#seen[page] = 1
      this.#present[cell] = (this.#present[cell] ?? 0) + 1
    }
  }

  /** Takes a frame if it is time for one. */
  sample(nowNs: number, isDirty: (page: number) => boolean): void {
    if (nowNs < this.#nextNs) return
    this.#nextNs = nowNs + this.#spacingNs
    this.#take(nowNs, isDirty)
    if (this.#frames.length < mostFrames) return
    this.#frames = this.#frames.filter((_, index) => index % 2 === 0)
    this.#spacingNs = Math.max(this.#spacingNs * 2, (nowNs / mostFrames) * 2)
  }

  /** The film, with a last frame of the present moment. */
  finish(nowNs: number, isDirty: (page: number) => boolean): MemoryMap {
    this.#take(nowNs, isDirty)
    return { pageCount: this.#pageCount, pagesPerCell: this.pagesPerCell, frames: this.#frames }
  }

  #take(nowNs: number, isDirty: (page: number) => boolean): void {
    const present = new Uint8Array(this.#cells)
    const dirty = new Uint8Array(this.#cells)
    const sent = new Uint8Array(this.#cells)
    for (let cell = 0; cell < this.#cells; cell++) {
      const first = cell * this.pagesPerCell
      const pages = Math.min(this.pagesPerCell, this.#pageCount - first)
      present[cell] = Math.round((255 * (this.#present[cell] ?? 0)) / pages)
      sent[cell] = Math.min(255, Math.round((16 * (this.#sent[cell] ?? 0)) / pages))
      const samples = Math.min(pages, sampledPages)
      let found = 0
      for (let i = 0; i < samples; i++) if (isDirty(first + Math.floor((i * pages) / samples))) found++
      dirty[cell] = Math.round((255 * found) / samples)
    }
    this.#frames.push({ timeMs: nowNs / 1e6, present, dirty, sent })
  }
}
