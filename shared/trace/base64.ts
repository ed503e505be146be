/** Bytes written as text (RFC 4648, section 4); white space is passed over. */

import { GodwitError } from '../model/godwit-error.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function fromBase64(text: string): Uint8Array {
  const values = new Int8Array(128).fill(-1)
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let used = 0
  let bits = 0
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x3d || code === 0x0a || code === 0x0d || code === 0x20) continue
    const value = values[code] ?? -1
    if (value < 0) throw new GodwitError('trace.broken', `the text is no base64: it has ${JSON.stringify(text[at])} at place ${at}`)
    bits = (bits << 6) | value
    count += 6
    if (count < 8) continue
    count -= 8
    bytes[used++] = (bits >>> count) & 255
  }
  return bytes.subarray(0, used)
}
