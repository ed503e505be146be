/**
 * Reads memory samples as `perf script` prints them. A line has the program, its process and thread, perhaps the
 * processor, the time, perhaps the period, the event, and the address of the data:
 *
 *     sort  1234/1234 [001]  1515.404427:  1  cpu/mem-stores/P:  7f8a646f2110 ...
 *
 * A sample writes if its event is named for stores or its data source says so; all others read. Processes given as
 * pid/tid have address spaces of their own, laid one after the other; without the pid all samples are of one.
 */

import type { AccessRecorder } from './access-recorder.ts'
import { brokenLine, hexDigits, type TraceReader } from './trace-reader.ts'

const newline = 10
const space = 32
const tab = 9
const colon = 58
const slash = 47
const dot = 46
const zero = 48
const mostProcesses = 4096
/** The number of the process stands above the bits of a page number. */
const processShift = 20

const remedy = 'record with perf mem record, or perf record -d, and print with perf script -F comm,pid,tid,time,event,addr'

export class PerfReader implements TraceReader {
  readonly #recorder: AccessRecorder
  readonly #processes = new Map<number, number>()
  #lines = 0
  #samples = 0
  #withoutAddress = 0
  #backwards = 0
  #writes = 0
  #baseSeconds = -1
  #firstNs = 0
  #nowNs = 0

  constructor(recorder: AccessRecorder) {
    this.#recorder = recorder
  }

  read(bytes: Uint8Array): void {
    let start = 0
    while (start < bytes.length) {
      const end = bytes.indexOf(newline, start)
      this.#lines++
      this.#readLine(bytes, start, end)
      start = end + 1
    }
  }

  end(): { readonly restNs: number; readonly warnings: readonly string[] } {
    const warnings: string[] = []
    if (this.#withoutAddress > 0) warnings.push(`${samples(this.#withoutAddress)} without an address left out`)
    if (this.#backwards > 0) warnings.push(`${samples(this.#backwards)} older than the one before taken to be as old`)
    if (this.#writes === 0) warnings.push('no sample is a store, so a replay reads and dirties nothing')
    const meanNs = this.#samples < 2 ? 1 : Math.ceil((this.#nowNs - this.#firstNs) / (this.#samples - 1))
    return { restNs: meanNs, warnings }
  }

  #readLine(bytes: Uint8Array, start: number, end: number): void {
    let from = skipBlank(bytes, start, end)
    if (from === end || bytes[start] === 0x23) return
    let before = -1
    let beforeEnd = -1
    let to = tokenEnd(bytes, from, end)
    while (!isTime(bytes, from, to)) {
      // The processor, [001], stands between thread and time.
      if (bytes[from] !== 0x5b) [before, beforeEnd] = [from, to]
      from = skipBlank(bytes, to, end)
      if (from === end) {
        if (isCallChain(bytes, start, end)) return
        throw brokenLine(this.#lines, bytes, start, 'this is no sample of perf script, it has no time')
      }
      to = tokenEnd(bytes, from, end)
    }
    if (before < 0) throw brokenLine(this.#lines, bytes, start, `the sample names no thread; ${remedy}`)
    const timeNs = this.#timeOf(bytes, from, to)
    from = skipBlank(bytes, to, end)
    to = tokenEnd(bytes, from, end)
    if (from < end && bytes[to - 1] !== colon && isDecimal(bytes, from, to)) {
      from = skipBlank(bytes, to, end)
      to = tokenEnd(bytes, from, end)
    }
    if (from === end || bytes[to - 1] !== colon) throw brokenLine(this.#lines, bytes, start, `the sample names no event; ${remedy}`)
    const isStoreEvent = contains(bytes, from, to, 'stor')
    from = skipBlank(bytes, to, end)
    to = tokenEnd(bytes, from, end)
    const afterAddress = skipBlank(bytes, to, end)
    if (from === end || !isDataAddress(bytes, { from, to, next: afterAddress, end })) throw brokenLine(this.#lines, bytes, start, `the sample has no address of data; ${remedy}`)
    this.#note(bytes, { from, to, timeNs, process: this.#processOf(bytes, before, beforeEnd), isWrite: isStoreEvent || contains(bytes, afterAddress, end, 'op store') })
  }

  #note(bytes: Uint8Array, sample: { readonly from: number; readonly to: number; readonly timeNs: number; readonly process: number; readonly isWrite: boolean }): void {
    let high = 0
    let low = 0
    const from = bytes[sample.from + 1] === 0x78 ? sample.from + 2 : sample.from
    for (let at = from; at < sample.to; at++) {
      high = (high << 4) | (low >>> 28)
      low = (low << 4) | (hexDigits[bytes[at] ?? 0] ?? 0)
    }
    if (high === 0 && low === 0) {
      this.#withoutAddress++
      return
    }
    if (sample.timeNs < this.#nowNs) this.#backwards++
    this.#nowNs = Math.max(this.#nowNs, sample.timeNs)
    if (this.#samples++ === 0) this.#firstNs = this.#nowNs
    if (sample.isWrite) this.#writes++
    const shift = this.#recorder.pageShift
    this.#recorder.setTime(this.#nowNs)
    this.#recorder.note((((high >>> 0) >>> shift) | (sample.process << processShift)) >>> 0, ((low >>> shift) | (high << (32 - shift))) >>> 0, sample.isWrite)
  }

  /** Nanoseconds from the second of the first sample, so that they stay exact. */
  #timeOf(bytes: Uint8Array, from: number, to: number): number {
    let seconds = 0
    let at = from
    for (; bytes[at] !== dot; at++) seconds = seconds * 10 + (bytes[at] ?? 0) - zero
    let fraction = 0
    let unit = 1e9
    for (at++; at < to - 1; at++) {
      unit /= 10
      fraction += ((bytes[at] ?? 0) - zero) * unit
    }
    if (this.#baseSeconds < 0) this.#baseSeconds = seconds
    return Math.max(0, (seconds - this.#baseSeconds) * 1e9 + Math.round(fraction))
  }

  /** The number of the process that a token such as 1234/1235 names; 0 if it names a thread alone. */
  #processOf(bytes: Uint8Array, from: number, to: number): number {
    let pid = 0
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      if (byte === slash) {
        const known = this.#processes.get(pid)
        if (known !== undefined) return known
        const added = this.#processes.size
        if (added === mostProcesses) throw brokenLine(this.#lines, bytes, from, `the samples are of more than ${mostProcesses} processes; print those of one with perf script --pid`)
        this.#processes.set(pid, added)
        return added
      }
      pid = pid * 10 + byte - zero
    }
    return 0
  }
}

function samples(count: number): string {
  return `${count} ${count === 1 ? 'sample' : 'samples'}`
}

function skipBlank(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === space || bytes[at] === tab || bytes[at] === 13)) at++
  return at
}

function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== space && bytes[at] !== tab && bytes[at] !== 13) at++
  return at
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= zero + 9
}

function isDecimal(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isDigit(bytes[at])) return false
  return to > from
}

/** Seconds with a fraction of 6 or 9 digits and a colon. */
function isTime(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[to - 1] !== colon) return false
  let point = from
  while (point < to && bytes[point] !== dot) point++
  const digits = to - 2 - point
  return point > from && point < to && (digits === 6 || digits === 9) && point - from <= 10 && isDecimal(bytes, from, point) && isDecimal(bytes, point + 1, to - 1)
}

function isHex(bytes: Uint8Array, from: number, to: number): boolean {
  const start = bytes[from] === zero && bytes[from + 1] === 0x78 ? from + 2 : from
  if (to - start < 1 || to - start > 16) return false
  for (let at = start; at < to; at++) if (hexDigits[bytes[at] ?? 0] === 255) return false
  return true
}

/** The address of an instruction is followed by the name of its function, that of data never. */
function isDataAddress(bytes: Uint8Array, { from, to, next, end }: { readonly from: number; readonly to: number; readonly next: number; readonly end: number }): boolean {
  if (!isHex(bytes, from, to)) return false
  return next === end || bytes[next] === 0x7c || isHex(bytes, next, tokenEnd(bytes, next, end))
}

/** A line of a call chain, indented: an address and a function. */
function isCallChain(bytes: Uint8Array, start: number, end: number): boolean {
  const from = skipBlank(bytes, start, end)
  return from > start && isHex(bytes, from, tokenEnd(bytes, from, end))
}

/** Does the text stand in these bytes, whether in capitals or not? The text is in small letters. */
function contains(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  for (let start = from; start + text.length <= to; start++) {
    let matched = 0
    while (matched < text.length) {
      const byte = bytes[start + matched] ?? 0
      const small = byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte
      if (small !== text.charCodeAt(matched)) break
      matched++
    }
    if (matched === text.length) return true
  }
  return false
}
