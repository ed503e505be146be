/** What reads one kind of text into an `AccessRecorder`, and the faults of such a text. */

import { TextDecoder } from 'node:util'
import { GodwitError } from '#shared/model/godwit-error.ts'

export interface TraceReader {
  /** Takes whole lines. Throws `trace.line` with the number of a line that is broken. */
  read(lines: Uint8Array): void
  /** Time from the last moment until the program would begin again, and what the user should know. */
  end(): { readonly restNs: number; readonly warnings: readonly string[] }
}

/** The line from `start` on is none that the program writes. */
export function brokenLine(lineNumber: number, bytes: Uint8Array, start: number, why: string): GodwitError {
  const end = bytes.indexOf(10, start)
  const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end < 0 ? bytes.length : end, start + 100)))
  return new GodwitError('trace.line', `line ${lineNumber}: ${why}: ${JSON.stringify(text)}`, { details: { lineNumber } })
}

/** The value of a hexadecimal digit by its byte; 255 for any other byte. */
export const hexDigits: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = byte < 128 ? Number.parseInt(String.fromCharCode(byte), 16) : Number.NaN
  return Number.isNaN(digit) ? 255 : digit
})
