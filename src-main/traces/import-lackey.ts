/**
 * Reads what `valgrind --tool=lackey --trace-mem=yes` writes: `I` an instruction, ` L` a load, ` S` a store, ` M` a load
 * and store, each with an address in hexadecimal and a size; lines of valgrind's own begin with `==`, `--` or `**`.
 *
 * Such a trace has no clock: instructions are counted, and so many of them are taken to be a second. Fetching an
 * instruction reads its page.
 */

import type { AccessRecorder } from './access-recorder.ts'
import { brokenLine, hexDigits, type TraceReader } from './trace-reader.ts'

const newline = 10
const space = 32
const comma = 44
const zero = 48
/** No access of a processor is larger, bytes. */
const largestAccess = 1 << 16

const hint = 'this is no line of lackey; keep the output of the program apart with --log-file'

export class LackeyReader implements TraceReader {
  readonly #recorder: AccessRecorder
  readonly #nsPerInstruction: number
  #lines = 0
  #instructions = 0

  constructor(recorder: AccessRecorder, instructionsPerSecond: number) {
    this.#recorder = recorder
    this.#nsPerInstruction = 1e9 / instructionsPerSecond
  }

  read(bytes: Uint8Array): void {
    const recorder = this.#recorder
    const shift = recorder.pageShift
    const nsPerInstruction = this.#nsPerInstruction
    const end = bytes.length
    let lines = this.#lines
    let at = 0
    while (at < end) {
      const start = at
      lines++
      const first = bytes[at] ?? newline
      const isInstruction = first === 0x49
      if (!isInstruction && first !== space) {
        if (!isCommentary(bytes, at)) throw brokenLine(lines, bytes, start, hint)
        at = bytes.indexOf(newline, at) + 1
        continue
      }
      const kind = bytes[at + 1] ?? newline
      if (bytes[at + 2] !== space || (isInstruction ? kind !== space : kind !== 0x4c && kind !== 0x53 && kind !== 0x4d)) throw brokenLine(lines, bytes, start, hint)
      at += 3
      let high = 0
      let low = 0
      const addressStart = at
      for (;;) {
        const digit = hexDigits[bytes[at] ?? newline] ?? 255
        if (digit === 255) break
        high = (high << 4) | (low >>> 28)
        low = (low << 4) | digit
        at++
      }
      if (at === addressStart || at - addressStart > 16 || bytes[at] !== comma) throw brokenLine(lines, bytes, start, 'the address is broken')
      at++
      let size = 0
      const sizeStart = at
      for (;;) {
        const digit = (bytes[at] ?? newline) - zero
        if (digit < 0 || digit > 9) break
        size = size * 10 + digit
        at++
      }
      if (bytes[at] === 13) at++
      if (at === sizeStart || size < 1 || size > largestAccess || bytes[at] !== newline) throw brokenLine(lines, bytes, start, 'the size is broken')
      at++
      if (isInstruction) recorder.setTime(Math.floor(this.#instructions++ * nsPerInstruction))
      const isWrite = !isInstruction && kind !== 0x4c
      const pageHigh = (high >>> 0) >>> shift
      const pageLow = ((low >>> shift) | (high << (32 - shift))) >>> 0
      recorder.note(pageHigh, pageLow, isWrite)
      const last = ((low >>> 0) & ((1 << shift) - 1)) + size - 1
      if (last >> shift > 0) this.#noteFurther(pageHigh, pageLow, last >> shift, isWrite)
    }
    this.#lines = lines
  }

  end(): { readonly restNs: number; readonly warnings: readonly string[] } {
    return { restNs: Math.ceil(this.#nsPerInstruction), warnings: [] }
  }

  /** An access that reaches over the end of its page. */
  #noteFurther(pageHigh: number, pageLow: number, pages: number, isWrite: boolean): void {
    for (let page = 1; page <= pages; page++) {
      const next = pageLow + page
      this.#recorder.note(next >= 2 ** 32 ? pageHigh + 1 : pageHigh, next >>> 0, isWrite)
    }
  }
}

/** An empty line, or one of valgrind's own. */
function isCommentary(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]
  if (first === newline || (first === 13 && bytes[at + 1] === newline)) return true
  return first === bytes[at + 1] && (first === 0x3d || first === 0x2d || first === 0x2a)
}
