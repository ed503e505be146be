/**
 * Takes the accesses of a program as they are read and makes a page trace of them. Accesses wait in a file beside the
 * trace until all pages are known, so memory follows the pages and not the accesses.
 */

import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { mostTraceEvents, PageTraceWriter } from '#shared/trace/page-trace.ts'
import { TraceEventReader, TraceEventWriter } from '#shared/trace/trace-events.ts'

/** Pages that a program may touch; more of them would take hundreds of megabytes to tell apart (lab). */
const mostPages = 2 ** 22

export interface RecorderOptions {
  /** A power of two from 4 KiB. */
  readonly pageBytes: number
  /** Within it a page is noted once as read and once as written, nanoseconds. */
  readonly quantumNs: number
  /** Where accesses wait; removed by `close`. */
  readonly waitingFile: string
}

export interface RecordedTrace {
  readonly digest: string
  readonly pageCount: number
  readonly eventCount: number
  readonly writeCount: number
  readonly durationNs: number
  readonly fileBytes: number
}

export class AccessRecorder {
  readonly pageShift: number
  readonly #options: RecorderOptions
  readonly #waiting: number
  readonly #writer: TraceEventWriter
  /** Open addressing: the place of a page number holds its id + 1; at most half full. */
  #places = new Int32Array(1 << 14)
  /** By id, in the order of first access: the page number in two halves, and the quanta of its last access and write. */
  #low = new Uint32Array(1 << 12)
  #high = new Uint32Array(1 << 12)
  #accessed = new Float64Array(1 << 12).fill(-1)
  #written = new Float64Array(1 << 12).fill(-1)
  #pages = 0
  #events = 0
  #writes = 0
  #quantum = 0
  #quantumEndNs: number
  #nowNs = 0
  #startNs = -1

  constructor(options: RecorderOptions) {
    this.pageShift = Math.log2(options.pageBytes)
    this.#options = options
    this.#quantumEndNs = options.quantumNs
    this.#waiting = openSync(options.waitingFile, 'wx+')
    this.#writer = new TraceEventWriter((chunk) => void writeWhole(this.#waiting, chunk))
  }

  /** Sets the time of the accesses that follow: whole nanoseconds from any origin, never falling. */
  setTime(timeNs: number): void {
    this.#nowNs = timeNs
    if (timeNs < this.#quantumEndNs) return
    this.#quantum = Math.floor(timeNs / this.#options.quantumNs)
    this.#quantumEndNs = (this.#quantum + 1) * this.#options.quantumNs
  }

  /** Notes an access to a page, whose number is given in halves of 32 bits. */
  note(pageHigh: number, pageLow: number, isWrite: boolean): void {
    const id = this.#idOf(pageHigh, pageLow)
    const quantum = this.#quantum
    if (isWrite) {
      if (this.#written[id] === quantum) return
      this.#written[id] = quantum
      this.#writes++
    } else if (this.#accessed[id] === quantum) return
    this.#accessed[id] = quantum
    if (this.#startNs < 0) this.#startNs = this.#nowNs
    if (++this.#events > mostTraceEvents) {
      throw new GodwitError('trace.too-long', `the trace has more than ${mostTraceEvents} accesses to keep; import it with a larger --quantum`)
    }
    this.#writer.add(this.#nowNs - this.#startNs, id, isWrite)
  }

  /** Accesses kept so far. */
  get eventCount(): number {
    return this.#events
  }

  /** Writes the trace; `restNs` is the time that passes after the last moment until the program would begin again. */
  writeTo(file: string, restNs: number): RecordedTrace {
    this.#writer.flush()
    const { pageBytes, quantumNs } = this.#options
    const facts = { pageBytes, quantumNs, pageCount: this.#pages, eventCount: this.#events, durationNs: this.#nowNs - this.#startNs + Math.max(1, restNs) }
    const ranks = this.#ranks()
    const output = openSync(file, 'wx')
    try {
      let fileBytes = 0
      const writer = new PageTraceWriter(facts, (chunk) => (fileBytes += writeWhole(output, chunk)))
      const reader = new TraceEventReader((timeNs, id, isWrite) => writer.add(timeNs, ranks[id] ?? 0, isWrite))
      const block = new Uint8Array(1 << 18)
      let position = 0
      for (;;) {
        const length = readSync(this.#waiting, block, 0, block.length, position)
        if (length === 0) break
        reader.read(block.subarray(0, length))
        position += length
      }
      reader.end()
      const digest = writer.finish()
      fsyncSync(output)
      return { digest, pageCount: facts.pageCount, eventCount: facts.eventCount, writeCount: this.#writes, durationNs: facts.durationNs, fileBytes }
    } finally {
      closeSync(output)
    }
  }

  close(): void {
    closeSync(this.#waiting)
    rmSync(this.#options.waitingFile, { force: true })
  }

  #idOf(pageHigh: number, pageLow: number): number {
    const mask = this.#places.length - 1
    let place = hashOf(pageHigh, pageLow) & mask
    for (;;) {
      const found = this.#places[place] ?? 0
      if (found === 0) return this.#addPage(pageHigh, pageLow, place)
      if (this.#low[found - 1] === pageLow && this.#high[found - 1] === pageHigh) return found - 1
      place = (place + 1) & mask
    }
  }

  #addPage(pageHigh: number, pageLow: number, place: number): number {
    const id = this.#pages++
    if (id === this.#low.length) this.#grow()
    this.#low[id] = pageLow
    this.#high[id] = pageHigh
    if (this.#pages * 2 > this.#places.length) this.#rehash()
    else this.#places[place] = id + 1
    return id
  }

  #grow(): void {
    const { length } = this.#low
    if (length >= mostPages) throw new GodwitError('trace.too-large', `the program touches more than ${mostPages} pages; import it with a larger --page-size`)
    this.#low = grown(this.#low, new Uint32Array(length * 2))
    this.#high = grown(this.#high, new Uint32Array(length * 2))
    this.#accessed = grown(this.#accessed, new Float64Array(length * 2).fill(-1))
    this.#written = grown(this.#written, new Float64Array(length * 2).fill(-1))
  }

  #rehash(): void {
    const places = new Int32Array(this.#places.length * 2)
    const mask = places.length - 1
    for (let id = 0; id < this.#pages; id++) {
      let place = hashOf(this.#high[id] ?? 0, this.#low[id] ?? 0) & mask
      while (places[place] !== 0) place = (place + 1) & mask
      places[place] = id + 1
    }
    this.#places = places
  }

  /** Place of each page in the order of addresses, by id. */
  #ranks(): Uint32Array {
    const high = this.#high
    const low = this.#low
    const order = Uint32Array.from({ length: this.#pages }, (_, id) => id).sort((one, other) => (high[one] ?? 0) - (high[other] ?? 0) || (low[one] ?? 0) - (low[other] ?? 0))
    const ranks = new Uint32Array(this.#pages)
    order.forEach((id, rank) => (ranks[id] = rank))
    return ranks
  }
}

function grown<Values extends Uint32Array | Float64Array>(values: Values, larger: Values): Values {
  larger.set(values)
  return larger
}

function hashOf(pageHigh: number, pageLow: number): number {
  const mixed = Math.imul(pageLow ^ Math.imul(pageHigh, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

/** The number of bytes. */
function writeWhole(file: number, chunk: Uint8Array): number {
  let written = 0
  while (written < chunk.length) written += writeSync(file, chunk, written)
  return written
}
