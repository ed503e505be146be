/**
 * Page traces: which pages a real program read and wrote, and when.
 *
 * A trace file, numbers little-endian:
 *
 *     8 B   magic "GODWIT" 0x1A "T"        8 B  accesses
 *     4 B   version, 1                     8 B  duration, ns
 *     4 B   page size, bytes               8 B  quantum, ns
 *     4 B   pages                               the accesses (trace-events.ts)
 *                                         32 B  SHA-256 of all before
 *
 * Pages are the distinct pages of the program in the order of their addresses, numbered from 0: neighbours stay
 * neighbours, and the holes between regions are left out. Within one quantum a page is noted at its first read and at its
 * first write, and a read that follows a write is left out; so a time is early by less than a quantum and never late.
 */

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { GodwitError } from '../model/godwit-error.ts'
import { leastEventBytes, TraceEventReader, TraceEventWriter } from './trace-events.ts'

export interface TraceFacts {
  readonly pageBytes: number
  readonly pageCount: number
  /** Accesses that the trace notes. */
  readonly eventCount: number
  /** From the first access to the moment at which a loop begins again; after the last access. */
  readonly durationNs: number
  readonly quantumNs: number
}

/** Accesses in the order of time: `times` whole nanoseconds, `writes` 1 for a write and 0 for a read. */
export interface TraceEvents {
  readonly times: Float64Array
  readonly pages: Uint32Array
  readonly writes: Uint8Array
}

export interface PageTrace extends TraceFacts, TraceEvents {
  /** SHA-256 of the content, hexadecimal. */
  readonly digest: string
}

const magic = [0x47, 0x4f, 0x44, 0x57, 0x49, 0x54, 0x1a, 0x54]
export const traceVersion = 1
export const traceHeaderBytes = 44
const checksumBytes = 32

/** A trace with more accesses does not fit in the memory of a run (lab). */
export const mostTraceEvents = 2 ** 24
/** Page sizes that a trace may have, bytes. */
export const smallestTracePage = 4096
export const largestTracePage = 2 ** 30

/** Writes a trace file in chunks. The facts stand first, so they must be known before. */
export class PageTraceWriter {
  readonly #emit: (chunk: Uint8Array) => void
  readonly #hash = sha256.create()
  readonly #events: TraceEventWriter

  constructor(facts: TraceFacts, emit: (chunk: Uint8Array) => void) {
    this.#emit = emit
    const emitHashed = (chunk: Uint8Array): void => {
      this.#hash.update(chunk)
      emit(chunk)
    }
    emitHashed(headerOf(facts))
    this.#events = new TraceEventWriter(emitHashed)
  }

  add(timeNs: number, page: number, isWrite: boolean): void {
    this.#events.add(timeNs, page, isWrite)
  }

  /** Writes the checksum and returns it, the trace's digest. */
  finish(): string {
    this.#events.flush()
    const checksum = this.#hash.digest()
    this.#emit(checksum)
    return bytesToHex(checksum)
  }
}

/** A trace file in memory. */
export function encodePageTrace(facts: Omit<TraceFacts, 'eventCount'>, { times, pages, writes }: TraceEvents): Uint8Array {
  const chunks: Uint8Array[] = []
  const emit = (chunk: Uint8Array): void => void chunks.push(chunk)
  const writer = new PageTraceWriter({ ...facts, eventCount: times.length }, emit)
  times.forEach((timeNs, index) => writer.add(timeNs, pages[index] ?? 0, writes[index] === 1))
  writer.finish()
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let used = 0
  for (const chunk of chunks) {
    bytes.set(chunk, used)
    used += chunk.length
  }
  return bytes
}

function headerOf(facts: TraceFacts): Uint8Array {
  const header = new Uint8Array(traceHeaderBytes)
  const view = new DataView(header.buffer)
  header.set(magic)
  view.setUint32(8, traceVersion, true)
  view.setUint32(12, facts.pageBytes, true)
  view.setUint32(16, facts.pageCount, true)
  view.setBigUint64(20, BigInt(facts.eventCount), true)
  view.setBigUint64(28, BigInt(facts.durationNs), true)
  view.setBigUint64(36, BigInt(facts.quantumNs), true)
  return header
}

/** True if bytes begin as a trace file does. */
export function isPageTrace(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

/** Reads a trace file. Throws `trace.foreign`, `trace.newer` or `trace.broken`; allocates no more than the file's length allows. */
export function decodePageTrace(bytes: Uint8Array): PageTrace {
  if (!isPageTrace(bytes)) throw new GodwitError('trace.foreign', 'this is no page trace; make one with godwit import')
  if (bytes.length < traceHeaderBytes + checksumBytes) throw broken('it is cut short')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(8, true)
  if (version > traceVersion) throw new GodwitError('trace.newer', `the page trace has version ${version} and this program reads up to ${traceVersion}; use a newer Godwit`)
  const end = bytes.length - checksumBytes
  const checksum = sha256(bytes.subarray(0, end))
  if (checksum.some((byte, index) => byte !== bytes[end + index])) throw broken('its checksum does not fit, so it was changed or cut short')
  const body = bytes.subarray(traceHeaderBytes, end)
  const facts = factsOf(view, body.length)
  return { ...facts, ...eventsOf(body, facts), digest: bytesToHex(checksum) }
}

function factsOf(view: DataView, bodyBytes: number): TraceFacts {
  const facts: TraceFacts = {
    pageBytes: view.getUint32(12, true),
    pageCount: view.getUint32(16, true),
    eventCount: Number(view.getBigUint64(20, true)),
    durationNs: Number(view.getBigUint64(28, true)),
    quantumNs: Number(view.getBigUint64(36, true)),
  }
  const { pageBytes, pageCount, eventCount, durationNs, quantumNs } = facts
  if (view.getUint32(8, true) === 0) throw broken('it has version 0')
  if (pageBytes < smallestTracePage || pageBytes > largestTracePage || !Number.isInteger(Math.log2(pageBytes))) throw broken(`its page size is ${pageBytes} B, which is no power of two from 4 KiB to 1 GiB`)
  if (eventCount < 1 || eventCount * leastEventBytes > bodyBytes) throw broken(`it announces ${eventCount} accesses, and its ${bodyBytes} B cannot hold them`)
  if (eventCount > mostTraceEvents) throw broken(`it has ${eventCount} accesses; at most ${mostTraceEvents} can be replayed; import it with a larger --quantum`)
  if (pageCount < 1 || pageCount > eventCount) throw broken(`it announces ${pageCount} pages and ${eventCount} accesses`)
  if (durationNs < 1 || durationNs > Number.MAX_SAFE_INTEGER || quantumNs > Number.MAX_SAFE_INTEGER) throw broken('its duration or its quantum is out of range')
  return facts
}

function eventsOf(body: Uint8Array, { eventCount, pageCount, durationNs }: TraceFacts): TraceEvents {
  const times = new Float64Array(eventCount)
  const pages = new Uint32Array(eventCount)
  const writes = new Uint8Array(eventCount)
  let count = 0
  const reader = new TraceEventReader((timeNs, page, isWrite) => {
    if (count === eventCount) throw broken(`it has more than the ${eventCount} accesses that it announces`)
    if (page < 0 || page >= pageCount) throw broken(`it accesses page ${page} and has ${pageCount} pages`)
    if (timeNs >= durationNs) throw broken('it has an access after its end')
    times[count] = timeNs
    pages[count] = page
    writes[count] = isWrite ? 1 : 0
    count++
  })
  reader.read(body)
  reader.end()
  if (count < eventCount) throw broken(`it announces ${eventCount} accesses and has ${count}`)
  return { times, pages, writes }
}

function broken(why: string): GodwitError {
  return new GodwitError('trace.broken', `the page trace is broken: ${why}`)
}
