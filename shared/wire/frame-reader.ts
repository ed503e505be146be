/**
 * Reads frames from a stream of bytes, however it is cut into pieces, without copying the content of plain pages twice.
 *
 * What comes is hostile: every number is checked before anything is allocated or touched for it, and after the first fault
 * the reader reads nothing more.
 */

import { BatchContent } from './batch-content.ts'
import { type BatchHead, batchHeadBytes, checkPage, damaged, type FrameHead, headBytes, readBatchHead, readBitmap, readHead, readStateHead, readTable, tableEntryBytes } from './frame-layout.ts'
import type { FrameLimits, PageTable, WirePurpose } from './frames.ts'
import { GodwitError } from '../model/godwit-error.ts'
import { type Message, readMessage } from './messages.ts'
import { Scratch } from './scratch.ts'
import { decodeJson } from './text.ts'

/** Who receives what a reader finds. What one of these throws ends the connection. */
export interface FrameSink {
  message(message: Message): void
  /**
   * Where the bytes of plain page `page` go, exactly a page long. Asked once a page, after its table was read and no more than
   * 1 MiB of content ahead; consecutive pages that are adjacent in memory may be filled in one read.
   */
  target(page: number, purpose: WirePurpose): Uint8Array
  /** The bytes of a page that is not plain are complete, none for a zero page; `bytes` is valid during the call only. */
  coded(page: number, kind: number, bytes: Uint8Array, purpose: WirePurpose): void
  /** All pages of a batch are in place. */
  pages(table: PageTable): void
  /** Bits beyond the last page are zero. */
  bitmap(words: Uint32Array, pageCount: number): void
  request(page: number): void
  /** `bytes`: of the JSON and of what follows it. */
  state(json: unknown, bytes: number): void
}

/** What is being read, and what of its frame is known already. `length` is always that of the frame's payload. */
type Stage =
  | { readonly in: 'head' }
  | ({ readonly in: 'payload' } & FrameHead)
  | { readonly in: 'table'; readonly length: number; readonly batch: BatchHead }
  | { readonly in: 'content'; readonly content: BatchContent }
  | { readonly in: 'state'; readonly length: number; readonly jsonBytes: number }
  | { readonly in: 'padding'; readonly length: number; readonly json: unknown; left: number }

const atHead: Stage = { in: 'head' }

export class FrameReader {
  readonly #sink: FrameSink
  readonly #scratch = new Scratch()
  #limits: FrameLimits
  /** Those that the frame being read was checked against from its head on. */
  #frameLimits: FrameLimits
  /** Unless it is `content`, all that has come of it lies in the scratch. */
  #stage: Stage = atHead
  /** What `buffer` gave out, and whether it is a place of pages rather than the scratch. */
  #given: { readonly bytes: Uint8Array; readonly content: BatchContent | null } | null = null
  #fault: { readonly error: unknown } | null = null

  constructor(sink: FrameSink, limits: FrameLimits) {
    this.#sink = sink
    this.#limits = limits
    this.#frameLimits = limits
  }

  /** After a reservation. A frame whose head was read is not touched by it. */
  setLimits(limits: FrameLimits): void {
    this.#limits = limits
  }

  /** Where the next bytes from the socket go, at least one. Valid until `advance`. */
  buffer(): Uint8Array {
    this.#given ??= this.#room()
    return this.#given.bytes
  }

  /** So many bytes were put at the start of `buffer()`. Throws GodwitError `wire.*` on anything malformed, and the same again whenever it is called after that. */
  advance(count: number): void {
    if (this.#fault !== null) throw this.#fault.error
    const { bytes, content } = this.#given ?? this.#room()
    this.#given = null
    if (count < 0 || count > bytes.byteLength) throw new RangeError(`${count} bytes cannot have been put into ${bytes.byteLength}`)
    if (content === null) this.#scratch.added(count)
    else content.added(count)
    try {
      while (this.#step());
    } catch (error) {
      this.#fault = { error }
      this.#scratch.clear()
      this.#stage = atHead
      throw error
    }
  }

  /** The same for bytes that lie elsewhere. */
  push(bytes: Uint8Array): void {
    if (this.#fault !== null) throw this.#fault.error
    for (let at = 0; at < bytes.byteLength; ) {
      const room = this.buffer()
      const count = Math.min(room.byteLength, bytes.byteLength - at)
      room.set(bytes.subarray(at, at + count))
      this.advance(count)
      at += count
    }
  }

  #room(): { readonly bytes: Uint8Array; readonly content: BatchContent | null } {
    const content = this.#stage.in === 'content' ? this.#stage.content : null
    const direct = content?.room() ?? null
    return direct === null ? { bytes: this.#scratch.room(), content: null } : { bytes: direct, content }
  }

  /** Reads one thing more. False: not enough has come. */
  #step(): boolean {
    const scratch = this.#scratch
    const stage = this.#stage
    switch (stage.in) {
      case 'head':
        if (!scratch.has(headBytes)) return false
        this.#frameLimits = this.#limits
        this.#stage = { in: 'payload', ...readHead(scratch.takeNumbers(headBytes), this.#frameLimits) }
        return true
      case 'payload':
        return this.#readPayload(stage)
      case 'table': {
        const { length, batch } = stage
        const bytes = batch.count * tableEntryBytes
        if (!scratch.has(bytes)) return false
        const table = readTable(scratch.takeNumbers(bytes), batch, length, this.#frameLimits)
        this.#stage = { in: 'content', content: new BatchContent(this.#sink, table, this.#frameLimits.pageBytes) }
        return true
      }
      case 'content':
        if (!stage.content.place(scratch)) return false
        this.#stage = atHead
        return true
      case 'state': {
        const { length, jsonBytes } = stage
        if (!scratch.has(jsonBytes)) return false
        const json = decodeJson(scratch.take(jsonBytes), 'device state')
        this.#stage = { in: 'padding', length, json, left: length - 4 - jsonBytes }
        return true
      }
      case 'padding':
        return this.#skipPadding(stage)
    }
  }

  #readPayload({ type, length }: FrameHead): boolean {
    const scratch = this.#scratch
    const limits = this.#frameLimits
    const needed = type === 'pages' ? batchHeadBytes : type === 'state' ? 4 : length
    if (!scratch.has(needed)) return false
    this.#stage = atHead
    switch (type) {
      case 'message':
        this.#sink.message(readMessage(decodeJson(scratch.take(length), 'a message')))
        return true
      case 'pages':
        this.#stage = { in: 'table', length, batch: readBatchHead(scratch.takeNumbers(needed), length, limits) }
        return true
      case 'bitmap':
        this.#sink.bitmap(readBitmap(scratch.takeNumbers(length), limits), limits.pageCount)
        return true
      case 'request': {
        const page = scratch.takeNumbers(length).getUint32(0, true)
        checkPage(page, limits)
        this.#sink.request(page)
        return true
      }
      case 'state':
        this.#stage = { in: 'state', length, jsonBytes: readStateHead(scratch.takeNumbers(needed), length) }
        return true
    }
  }

  #skipPadding(stage: Extract<Stage, { in: 'padding' }>): boolean {
    const zeros = this.#scratch.take(Math.min(this.#scratch.length, stage.left))
    if (!isZero(zeros)) throw new GodwitError('wire.reserved', `device state came with something else than zeros behind its JSON; ${damaged}`)
    stage.left -= zeros.byteLength
    if (stage.left > 0) return false
    this.#stage = atHead
    this.#sink.state(stage.json, stage.length)
    return true
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false
  return true
}
