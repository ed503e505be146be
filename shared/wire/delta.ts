/**
 * A page as what changed since another content of it, in the format of QEMU's XBZRLE (verified: QEMU migration/xbzrle.c).
 *
 * A delta is one or more of: length of a run of equal bytes, length of a run of changed bytes, and those bytes. Lengths are
 * ULEB128. The run of equal bytes that ends the page is left out; only a page without any change, of which QEMU sends
 * nothing, is that one run here, as a coded page has at least one byte. Only the first run of equal bytes may be empty.
 */

import { GodwitError } from '../model/godwit-error.ts'

/** Runs up to this are copied byte by byte, which is faster than a view of them (lab). */
const shortBytes = 48

/**
 * Writes to `into` how `after` differs from `before`, contents of a page that do not change meanwhile. Returns the number of
 * bytes written, or -1 if they would not be fewer than those of the page, or than `into` has.
 */
export function encodeDelta(before: Uint8Array, after: Uint8Array, into: Uint8Array): number {
  const pageBytes = after.byteLength
  if (before.byteLength !== pageBytes) throw new RangeError(`contents of ${before.byteLength} and ${pageBytes} bytes are not those of one page`)
  const limit = Math.min(pageBytes - 1, into.byteLength)
  const words = pageBytes >>> 2
  const isAligned = ((before.byteOffset | after.byteOffset) & 3) === 0
  const wordsBefore = isAligned ? new Int32Array(before.buffer, before.byteOffset, words) : wordsOf(before, words)
  const wordsAfter = isAligned ? new Int32Array(after.buffer, after.byteOffset, words) : wordsOf(after, words)
  let written = 0
  /** The page is coded up to here. */
  let done = 0
  for (let word = 0; done < pageBytes; ) {
    while (word < words && wordsBefore[word] === wordsAfter[word]) word++
    let start = Math.max(done, word * 4)
    while (start < pageBytes && before[start] === after[start]) start++
    if (start >= pageBytes) break

    // A changed run goes on over equal bytes until a whole word is equal: a run of fewer would cost more than it saves.
    while (word < words && wordsBefore[word] !== wordsAfter[word]) word++
    let end = word < words ? word * 4 : pageBytes
    while (end > start + 1 && before[end - 1] === after[end - 1]) end--

    const bytes = end - start
    if (written + lebBytes(start - done) + lebBytes(bytes) + bytes > limit) return -1
    written = writeLeb(into, written, start - done)
    written = writeLeb(into, written, bytes)
    if (bytes > shortBytes) into.set(after.subarray(start, end), written)
    else for (let i = 0; i < bytes; i++) into[written + i] = after[start + i] ?? 0
    written += bytes
    done = end
  }
  if (written > 0) return written
  return lebBytes(pageBytes) > limit ? -1 : writeLeb(into, 0, pageBytes)
}

/** Makes of the content that a delta was made against the one that it was made of. Throws GodwitError `wire.delta` on a malformed one; the page is of no use then. */
export function applyDelta(delta: Uint8Array, page: Uint8Array): void {
  const pageBytes = page.byteLength
  const deltaBytes = delta.byteLength
  let done = 0
  let at = 0
  do {
    const equal = readLeb(delta, at, pageBytes - done)
    if (equal === 0 && at > 0) malformed('an empty run')
    at += lebBytes(equal)
    if (equal === pageBytes && at === deltaBytes) return
    done += equal

    const changed = readLeb(delta, at, pageBytes - done)
    if (changed === 0) malformed('an empty run')
    at += lebBytes(changed)
    if (at + changed > deltaBytes) malformed('a run that is cut off')
    if (changed > shortBytes) page.set(delta.subarray(at, at + changed), done)
    else for (let i = 0; i < changed; i++) page[done + i] = delta[at + i] ?? 0
    at += changed
    done += changed
  } while (at < deltaBytes)
}

/** A copy where the bytes lie at no boundary of words. */
function wordsOf(bytes: Uint8Array, words: number): Int32Array {
  return new Int32Array(bytes.slice(0, words * 4).buffer)
}

function lebBytes(value: number): number {
  return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5
}

function writeLeb(into: Uint8Array, at: number, value: number): number {
  for (; value > 0x7f; value >>>= 7) into[at++] = (value & 0x7f) | 0x80
  into[at++] = value
  return at
}

/** At most `most`, and in the shortest form, so that its length is known from its value. */
function readLeb(delta: Uint8Array, at: number, most: number): number {
  let value = 0
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = delta[at++]
    if (byte === undefined) malformed('a length that is cut off')
    // Beyond 2^31 the sum is not exact any more; no page is that long.
    value += (byte & 0x7f) * 2 ** shift
    if (byte > 0x7f) continue
    if (byte === 0 && shift > 0) malformed('a length in a longer form than it needs')
    if (value > most) malformed('a run beyond the end of the page')
    return value
  }
  malformed('a length without an end')
}

function malformed(what: string): never {
  throw new GodwitError('wire.delta', `a page came as a delta with ${what}; the peer is no agent of Godwit, or the connection is damaged`)
}
