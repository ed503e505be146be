/** Makes frames, see `frames.ts`. What is written here is what `FrameReader` reads. */

import type { Bitmap } from '../migration/memory/bitmap.ts'
import { GodwitError } from '../model/godwit-error.ts'
import { batchHeadBytes, bitmapBytes, headBytes, lengthBits, tableEntryBytes } from './frame-layout.ts'
import { type FrameType, frameTypes, type PageTable, purposes } from './frames.ts'
import type { Message } from './messages.ts'
import { encodeJson } from './text.ts'

export function messageFrame(message: Message): Uint8Array {
  const json = encodeJson(message)
  const { bytes } = newFrame('message', json.byteLength)
  bytes.set(json, headBytes)
  return bytes
}

/** Head, batch and table of a frame of pages; the contents of the pages follow in the order of the table, `lengths` bytes each. */
export function pagesHead({ purpose, count, pages, kinds, lengths }: PageTable): Uint8Array {
  const tableBytes = batchHeadBytes + count * tableEntryBytes
  let contentBytes = 0
  for (let i = 0; i < count; i++) contentBytes += lengths[i] ?? 0
  const { bytes, view } = newFrame('pages', tableBytes, contentBytes)
  view.setUint8(headBytes, purposes.indexOf(purpose))
  view.setUint32(headBytes + 4, count, true)
  for (let i = 0; i < count; i++) {
    const at = headBytes + batchHeadBytes + i * tableEntryBytes
    const length = lengths[i] ?? 0
    if (length >= 2 ** lengthBits) throw new GodwitError('wire.length', `a page of ${length} bytes does not fit into a frame; choose a smaller guest.pageSize`)
    view.setUint32(at, pages[i] ?? 0, true)
    view.setUint32(at + 4, (((kinds[i] ?? 0) << lengthBits) | length) >>> 0, true)
  }
  return bytes
}

export function bitmapFrame({ size, words }: Bitmap): Uint8Array {
  const { bytes, view } = newFrame('bitmap', bitmapBytes(size))
  view.setUint32(headBytes, size, true)
  for (let w = 0; w < words.length; w++) view.setUint32(headBytes + 4 + 4 * w, words[w] ?? 0, true)
  return bytes
}

export function requestFrame(page: number): Uint8Array {
  const { bytes, view } = newFrame('request', 4)
  view.setUint32(headBytes, page, true)
  return bytes
}

/** Device state: `json`, and zeros up to a payload of `totalBytes`. It is longer if the JSON alone is. */
export function stateFrame(json: unknown, totalBytes: number): Uint8Array {
  const text = encodeJson(json)
  const { bytes, view } = newFrame('state', Math.max(4 + text.byteLength, totalBytes))
  view.setUint32(headBytes, text.byteLength, true)
  bytes.set(text, headBytes + 4)
  return bytes
}

/** A frame of zeros with its head; `laterBytes` of its payload are sent apart. */
function newFrame(type: FrameType, payloadBytes: number, laterBytes = 0): { readonly bytes: Uint8Array; readonly view: DataView } {
  const length = payloadBytes + laterBytes
  if (length >= 2 ** 32) throw new GodwitError('wire.length', `${length} bytes do not fit into one frame "${type}"; send them in several`)
  const bytes = new Uint8Array(headBytes + payloadBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, length, true)
  view.setUint8(4, frameTypes.indexOf(type))
  return { bytes, view }
}
