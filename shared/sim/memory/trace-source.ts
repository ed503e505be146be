/**
 * Replays a page trace: its writes for the dirty log, its accesses for post-copy. Nothing is approximated beyond the
 * quantum of the trace.
 *
 * Guest time g stands at moment start + g / stretch of the trace; looped, the trace begins again after its duration.
 * Pages of the trace that fall on the same pages of the guest, or the guest pages that one of the trace is spread over,
 * are a slot: they are written together.
 */

import type { Bitmap } from '../../migration/memory/bitmap.ts'
import type { PageTrace } from '../../trace/page-trace.ts'
import type { AccessCursor, AccessSource } from './access-source.ts'
import type { WriteSource } from './write-source.ts'

export interface TraceReplay {
  readonly trace: PageTrace
  /** The working set, in pages of the guest. */
  readonly firstPage: number
  readonly pages: number
  /** Bytes of a page of the guest. */
  readonly pageBytes: number
  /** `recorded`: page by page from the first of the working set; `scaled`: spread evenly over all of it. */
  readonly fit: 'recorded' | 'scaled'
  readonly loop: boolean
  /** 2 replays at half the speed. */
  readonly stretch: number
  /** Moment of the trace, whole nanoseconds, at which guest time begins. */
  readonly startNs: number
}

/** Which slot a page of the trace falls into, and which pages of the working set belong to a slot. */
export interface SlotLayout {
  readonly slots: number
  /** Pages of the working set that the trace can reach. */
  readonly pages: number
  readonly slotOfTracePage: (page: number) => number
  readonly slotOfGuestPage: (offset: number) => number
  readonly firstGuestPage: (slot: number) => number
}

export function slotLayout({ trace, pages, pageBytes, fit }: TraceReplay): SlotLayout {
  const count = trace.pageCount
  if (fit === 'recorded') {
    const ratio = pageBytes / trace.pageBytes
    const slots = Math.ceil(count / ratio)
    return { slots, pages: slots, slotOfTracePage: (page) => Math.floor(page / ratio), slotOfGuestPage: (offset) => offset, firstGuestPage: (slot) => slot }
  }
  if (pages < count) {
    return { slots: pages, pages, slotOfTracePage: (page) => Math.floor((page * pages) / count), slotOfGuestPage: (offset) => offset, firstGuestPage: (slot) => slot }
  }
  return {
    slots: count,
    pages,
    slotOfTracePage: (page) => page,
    slotOfGuestPage: (offset) => Math.floor((offset * count) / pages),
    firstGuestPage: (slot) => Math.ceil((slot * pages) / count),
  }
}

/** Writes of one loop by slot: those of slot s stand from starts[s] to starts[s + 1], in the order of time. */
interface WritesBySlot {
  readonly starts: Uint32Array
  readonly times: Float64Array
}

function writesBySlot({ times, pages, writes }: PageTrace, { slots, slotOfTracePage }: SlotLayout): WritesBySlot {
  const starts = new Uint32Array(slots + 1)
  let count = 0
  for (let event = 0; event < times.length; event++) {
    if (writes[event] === 0) continue
    const next = slotOfTracePage(pages[event] ?? 0) + 1
    starts[next] = (starts[next] ?? 0) + 1
    count++
  }
  for (let slot = 0; slot < slots; slot++) starts[slot + 1] = (starts[slot + 1] ?? 0) + (starts[slot] ?? 0)
  const places = starts.slice()
  const sorted = new Float64Array(count)
  for (let event = 0; event < times.length; event++) {
    if (writes[event] === 0) continue
    const slot = slotOfTracePage(pages[event] ?? 0)
    const place = places[slot] ?? 0
    places[slot] = place + 1
    sorted[place] = times[event] ?? 0
  }
  return { starts, times: sorted }
}

/** The first place from `low` to `high` whose value is above the bound; `high` if there is none. */
export function firstAbove(values: Float64Array, bound: number, low = 0, high = values.length): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((values[middle] ?? 0) > bound) to = middle
    else from = middle + 1
  }
  return from
}

/** The writes of a trace. A slot keeps the moment of its first write after the last clean; examining is a comparison. */
export class TraceSource implements WriteSource {
  readonly firstPage: number
  readonly endPage: number
  readonly #replay: TraceReplay
  readonly #layout: SlotLayout
  readonly #writes: WritesBySlot
  /** By slot, in moments of the trace that go on counting over its loops. */
  readonly #nextWrite: Float64Array
  #present: number
  /** The moments of `#nextWrite` in ascending order, by the number of guest pages in a slot; made when asked for. */
  #upcoming: ReadonlyMap<number, Float64Array> | null = null

  constructor(replay: TraceReplay) {
    this.#replay = replay
    this.#layout = slotLayout(replay)
    this.firstPage = replay.firstPage
    this.endPage = replay.firstPage + this.#layout.pages
    this.#writes = writesBySlot(replay.trace, this.#layout)
    this.#nextWrite = new Float64Array(this.#layout.slots)
    this.#present = replay.startNs
    // Moments are whole: what is written at the very start is not forgotten.
    for (let slot = 0; slot < this.#nextWrite.length; slot++) this.#nextWrite[slot] = this.#firstWriteAfter(slot, replay.startNs - 0.5)
  }

  advance(guestNs: number): void {
    this.#present = this.#momentOf(guestNs)
  }

  isDirty(page: number): boolean {
    return (this.#nextWrite[this.#layout.slotOfGuestPage(page - this.firstPage)] ?? Infinity) <= this.#present
  }

  clean(into: Bitmap): number {
    const next = this.#nextWrite
    let dirty = 0
    for (let slot = 0; slot < next.length; slot++) {
      if ((next[slot] ?? Infinity) > this.#present) continue
      const first = this.#layout.firstGuestPage(slot)
      const end = this.#layout.firstGuestPage(slot + 1)
      into.addRange(this.firstPage + first, this.firstPage + end)
      dirty += end - first
      next[slot] = this.#firstWriteAfter(slot, this.#present)
    }
    if (dirty > 0) this.#upcoming = null
    return dirty
  }

  countDirty(): number {
    let dirty = 0
    for (let slot = 0; slot < this.#nextWrite.length; slot++) if ((this.#nextWrite[slot] ?? Infinity) <= this.#present) dirty += this.#pagesOf(slot)
    return dirty
  }

  /** Exact: the trace says which pages will have been written. */
  expectedDirty(guestNs: number): number {
    const moment = this.#momentOf(guestNs)
    this.#upcoming ??= this.#sortUpcoming()
    let dirty = 0
    for (const [pages, moments] of this.#upcoming) dirty += pages * firstAbove(moments, moment)
    return dirty
  }

  #momentOf(guestNs: number): number {
    return this.#replay.startNs + guestNs / this.#replay.stretch
  }

  #pagesOf(slot: number): number {
    return this.#layout.firstGuestPage(slot + 1) - this.#layout.firstGuestPage(slot)
  }

  /** Infinity if the slot is never written again. */
  #firstWriteAfter(slot: number, moment: number): number {
    const { starts, times } = this.#writes
    const first = starts[slot] ?? 0
    const end = starts[slot + 1] ?? 0
    if (first === end) return Infinity
    const { loop, trace } = this.#replay
    const loopStart = loop ? Math.floor(moment / trace.durationNs) * trace.durationNs : 0
    const place = firstAbove(times, moment - loopStart, first, end)
    if (place < end) return loopStart + (times[place] ?? 0)
    return loop ? loopStart + trace.durationNs + (times[first] ?? 0) : Infinity
  }

  #sortUpcoming(): ReadonlyMap<number, Float64Array> {
    // Pages spread evenly differ by at most one between slots.
    const sizes = new Map<number, number>()
    for (let slot = 0; slot < this.#nextWrite.length; slot++) {
      if (this.#nextWrite[slot] !== Infinity) sizes.set(this.#pagesOf(slot), (sizes.get(this.#pagesOf(slot)) ?? 0) + 1)
    }
    const sorted = new Map<number, Float64Array>()
    for (const [pages, count] of sizes) {
      const moments = new Float64Array(count)
      let used = 0
      for (let slot = 0; slot < this.#nextWrite.length; slot++) {
        const moment = this.#nextWrite[slot] ?? Infinity
        if (moment !== Infinity && this.#pagesOf(slot) === pages) moments[used++] = moment
      }
      sorted.set(pages, moments.sort())
    }
    return sorted
  }
}

/** The accesses of a trace, reads and writes. */
export class TraceAccesses implements AccessSource {
  readonly #replay: TraceReplay

  constructor(replay: TraceReplay) {
    this.#replay = replay
  }

  firstAccesses(fromGuestNs: number): AccessCursor {
    const { trace, firstPage, loop, stretch, startNs } = this.#replay
    const { slots, slotOfTracePage, firstGuestPage } = slotLayout(this.#replay)
    const { times, pages } = trace
    const from = startNs + fromGuestNs / stretch
    let loopStart = loop ? Math.floor(from / trace.durationNs) * trace.durationNs : 0
    const firstEvent = firstAtLeast(times, from - loopStart)
    // One loop shows every page that there is.
    let left = loop ? times.length : times.length - firstEvent
    let event = firstEvent
    const seen = new Uint8Array(slots)
    let page = 0
    let endPage = 0
    const cursor = {
      page: -1,
      guestNs: Infinity,
      advance(): void {
        if (++page < endPage) {
          cursor.page = firstPage + page
          return
        }
        for (; left > 0; left--, event++) {
          if (event === times.length) {
            event = 0
            loopStart += trace.durationNs
          }
          const slot = slotOfTracePage(pages[event] ?? 0)
          if (seen[slot] === 1) continue
          seen[slot] = 1
          page = firstGuestPage(slot)
          endPage = firstGuestPage(slot + 1)
          cursor.page = firstPage + page
          cursor.guestNs = Math.max(fromGuestNs, (loopStart + (times[event] ?? 0) - startNs) * stretch)
          left--
          event++
          return
        }
        cursor.page = -1
        cursor.guestNs = Infinity
      },
    }
    cursor.advance()
    return cursor
  }
}

/** The first place whose value is at least the bound. */
export function firstAtLeast(values: Float64Array, bound: number): number {
  let place = firstAbove(values, bound)
  while (place > 0 && values[place - 1] === bound) place--
  return place
}
