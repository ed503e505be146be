/**
 * The contents of a batch as they come. Those of plain pages that follow each other in memory are one run, which may be
 * read straight to its place.
 */

import type { FrameSink } from './frame-reader.ts'
import { plainKind, zeroKind } from './frame-layout.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { PageTable } from './frames.ts'
import type { Scratch } from './scratch.ts'

/** Shorter pieces go through the scratch: a read of their own would cost more than the copy (lab). */
const worthwhileBytes = 16 << 10
/** Targets are asked for no further ahead than a read may reach (lab): a sink may allocate for each. */
const runBytes = 1 << 20

const nothing = new Uint8Array(0)

export class BatchContent {
  readonly #sink: FrameSink
  readonly #table: PageTable
  readonly #pageBytes: number
  /** The first page that is not complete. */
  #index = 0
  /** Targets of the plain pages from `#index` up to, not including, `#runEnd`; filled so far. Null: none was begun. */
  #run: Uint8Array | null = null
  #runEnd = 0
  #filled = 0
  /** Target of page `#runEnd`, which was asked for and did not fit on to the run. */
  #ahead: Uint8Array | null = null

  constructor(sink: FrameSink, table: PageTable, pageBytes: number) {
    this.#sink = sink
    this.#table = table
    this.#pageBytes = pageBytes
  }

  /** Uses up what has come. True: the batch is complete, and the sink knows. */
  place(scratch: Scratch): boolean {
    const { count, pages, kinds, lengths, purpose } = this.#table
    while (this.#index < count) {
      const kind = kinds[this.#index] ?? plainKind
      if (kind === plainKind) {
        if (!this.#placeRun(scratch)) return false
        continue
      }
      const length = lengths[this.#index] ?? 0
      if (!scratch.has(length)) return false
      this.#sink.coded(pages[this.#index] ?? 0, kind, kind === zeroKind ? nothing : scratch.take(length), purpose)
      this.#index++
    }
    this.#sink.pages(this.#table)
    return true
  }

  /** Where the next bytes go directly; null: through the scratch. A run that `place` left open has used up all of the scratch. */
  room(): Uint8Array | null {
    if (this.#run === null || this.#run.byteLength - this.#filled < worthwhileBytes) return null
    return this.#run.subarray(this.#filled)
  }

  /** So many bytes were put at the start of `room()`. */
  added(count: number): void {
    this.#filled += count
  }

  #placeRun(scratch: Scratch): boolean {
    const run = (this.#run ??= this.#beginRun())
    const bytes = scratch.take(Math.min(scratch.length, run.byteLength - this.#filled))
    run.set(bytes, this.#filled)
    this.#filled += bytes.byteLength
    if (this.#filled < run.byteLength) return false
    this.#index = this.#runEnd
    this.#run = null
    this.#filled = 0
    return true
  }

  #beginRun(): Uint8Array {
    const { count, kinds } = this.#table
    const first = this.#ahead ?? this.#target(this.#index)
    this.#ahead = null
    let end = first.byteOffset + first.byteLength
    let next = this.#index + 1
    while (next < count && kinds[next] === plainKind && end - first.byteOffset < runBytes) {
      const target = this.#target(next)
      if (target.buffer !== first.buffer || target.byteOffset !== end) {
        this.#ahead = target
        break
      }
      end += target.byteLength
      next++
    }
    this.#runEnd = next
    return next === this.#index + 1 ? first : new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset)
  }

  #target(index: number): Uint8Array {
    const page = this.#table.pages[index] ?? 0
    const target = this.#sink.target(page, this.#table.purpose)
    if (target.byteLength !== this.#pageBytes) throw new GodwitError('wire.target', `page ${page} of ${this.#pageBytes} bytes was to go into ${target.byteLength}; this is a fault of the program, please report it`)
    return target
  }
}
