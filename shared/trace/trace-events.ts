/**
 * The events of a page trace as bytes: for each access two variable-length integers, seven bits a byte, low ones first.
 *
 *     word   2 x zigzag(page - page before) + 1 if the access writes
 *     delay  nanoseconds since the access before
 */

import { GodwitError } from '../model/godwit-error.ts'

/** What one event takes at least, in bytes. */
export const leastEventBytes = 2
const mostEventBytes = 16

/** Codes events into chunks, which it hands on; a chunk is the receiver's to keep. */
export class TraceEventWriter {
  readonly #emit: (chunk: Uint8Array) => void
  #chunk = new Uint8Array(1 << 16)
  #used = 0
  #lastNs = 0
  #lastPage = 0

  constructor(emit: (chunk: Uint8Array) => void) {
    this.#emit = emit
  }

  /** Times are whole nanoseconds and never fall. */
  add(timeNs: number, page: number, isWrite: boolean): void {
    if (this.#used + mostEventBytes > this.#chunk.length) this.flush()
    const delta = page - this.#lastPage
    this.#put((delta >= 0 ? delta * 4 : -delta * 4 - 2) + (isWrite ? 1 : 0))
    this.#put(timeNs - this.#lastNs)
    this.#lastPage = page
    this.#lastNs = timeNs
  }

  flush(): void {
    if (this.#used === 0) return
    this.#emit(this.#chunk.subarray(0, this.#used))
    this.#chunk = new Uint8Array(1 << 16)
    this.#used = 0
  }

  #put(value: number): void {
    let rest = value
    while (rest >= 2 ** 31) {
      this.#chunk[this.#used++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    while (rest >= 128) {
      this.#chunk[this.#used++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#chunk[this.#used++] = rest
  }
}

export type OnTraceEvent = (timeNs: number, page: number, isWrite: boolean) => void

/** Decodes events from chunks cut anywhere. Throws `trace.broken`. */
export class TraceEventReader {
  readonly #onEvent: OnTraceEvent
  #value = 0
  #scale = 1
  #word = -1
  #timeNs = 0
  #page = 0

  constructor(onEvent: OnTraceEvent) {
    this.#onEvent = onEvent
  }

  read(chunk: Uint8Array): void {
    for (const byte of chunk) {
      this.#value += (byte & 127) * this.#scale
      if (byte < 128) this.#complete()
      else if (this.#scale > 2 ** 46) throw new GodwitError('trace.broken', 'the page trace is broken: a number in it is too large')
      else this.#scale *= 128
    }
  }

  /** Throws if the bytes end within an event. */
  end(): void {
    if (this.#word >= 0 || this.#scale !== 1) throw new GodwitError('trace.broken', 'the page trace is cut short: it ends within an event')
  }

  #complete(): void {
    const value = this.#value
    this.#value = 0
    this.#scale = 1
    if (this.#word < 0) {
      this.#word = value
      return
    }
    const zigzag = Math.floor(this.#word / 2)
    const isWrite = this.#word % 2 === 1
    this.#word = -1
    this.#page += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
    this.#timeNs += value
    this.#onEvent(this.#timeNs, this.#page, isWrite)
  }
}
