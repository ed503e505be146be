/** Where the numbers of a frame stand, and what a reader accepts of them. Every check comes before anything is allocated for what it checks. */

import { GodwitError } from '../model/godwit-error.ts'
import { type FrameLimits, type FrameType, frameTypes, pageKinds, type PageTable, purposes, type WirePurpose } from './frames.ts'

/** Length of the payload u32, type u8, three bytes of zero. */
export const headBytes = 8
/** Purpose u8, three bytes of zero, count u32. */
export const batchHeadBytes = 8
/** Number u32, kind and bytes u32. */
export const tableEntryBytes = 8
/** The kind of a page stands in the bits above those of its length. */
export const lengthBits = 28

export const plainKind = pageKinds.indexOf('plain')
export const zeroKind = pageKinds.indexOf('zero')

export interface FrameHead {
  readonly type: FrameType
  /** Of the payload. */
  readonly length: number
}

export function readHead(view: DataView, limits: FrameLimits): FrameHead {
  const length = view.getUint32(0, true)
  const word = view.getUint32(4, true)
  const type = frameTypes[word & 0xff]
  if (type === undefined) throw new GodwitError('wire.type', `a frame of the unknown type ${word & 0xff} came; ${damaged}`)
  if (word >>> 8 !== 0) throw new GodwitError('wire.reserved', `a frame "${type}" came whose reserved bytes are not zero; ${damaged}`)
  checkLength(type, length, limits)
  return { type, length }
}

function checkLength(type: FrameType, length: number, limits: FrameLimits): void {
  const { messageBytes, pageCount } = limits
  if (pageCount === 0 && (type === 'pages' || type === 'bitmap' || type === 'request')) {
    throw new GodwitError('wire.unreserved', `a frame "${type}" came before a guest was reserved; both sides should run the same version of Godwit`)
  }
  const [least, most] = payloadBounds(type, limits)
  if (length >= least && length <= most) return
  const allowed = least === most ? `${most}` : `${least} to ${most}`
  const hint = type === 'message' || type === 'state' ? `; a reader takes ${messageBytes} at most` : ''
  throw new GodwitError('wire.length', `a frame "${type}" announces ${length} bytes where ${allowed} are allowed${hint}; ${damaged}`)
}

function payloadBounds(type: FrameType, { messageBytes, pageCount, pageBytes, batchPages }: FrameLimits): readonly [least: number, most: number] {
  switch (type) {
    case 'message':
      return [2, messageBytes]
    case 'pages':
      return [batchHeadBytes + tableEntryBytes, batchHeadBytes + batchPages * (tableEntryBytes + pageBytes)]
    case 'bitmap':
      return [bitmapBytes(pageCount), bitmapBytes(pageCount)]
    case 'request':
      return [4, 4]
    case 'state':
      return [5, messageBytes]
  }
}

/** Payload of a bitmap of so many pages. */
export function bitmapBytes(pageCount: number): number {
  return 4 + 4 * Math.ceil(pageCount / 32)
}

export interface BatchHead {
  readonly purpose: WirePurpose
  readonly count: number
}

/** `length` is that of the payload. */
export function readBatchHead(view: DataView, length: number, { batchPages }: FrameLimits): BatchHead {
  const word = view.getUint32(0, true)
  const count = view.getUint32(4, true)
  const purpose = purposes[word & 0xff]
  if (purpose === undefined) throw new GodwitError('wire.purpose', `a batch of the unknown purpose ${word & 0xff} came; ${damaged}`)
  if (word >>> 8 !== 0) throw new GodwitError('wire.reserved', `a batch came whose reserved bytes are not zero; ${damaged}`)
  if (count < 1 || count > batchPages) throw new GodwitError('wire.count', `a batch of ${count} pages came where 1 to ${batchPages} are allowed; ${damaged}`)
  if (batchHeadBytes + count * tableEntryBytes > length) throw new GodwitError('wire.length', `a batch of ${count} pages came in ${length} bytes, which do not even hold its table; ${damaged}`)
  return { purpose, count }
}

/** `length` is that of the payload; the whole table is there. */
export function readTable(view: DataView, { purpose, count }: BatchHead, length: number, limits: FrameLimits): PageTable {
  const pages = new Uint32Array(count)
  const kinds = new Uint8Array(count)
  const lengths = new Uint32Array(count)
  let sum = batchHeadBytes + count * tableEntryBytes
  for (let i = 0; i < count; i++) {
    const page = view.getUint32(i * tableEntryBytes, true)
    const word = view.getUint32(i * tableEntryBytes + 4, true)
    const kind = word >>> lengthBits
    const bytes = word & (2 ** lengthBits - 1)
    checkPage(page, limits)
    checkContent(page, kind, bytes, limits)
    pages[i] = page
    kinds[i] = kind
    lengths[i] = bytes
    sum += bytes
  }
  if (sum !== length) throw new GodwitError('wire.length', `a batch of ${count} pages came whose parts are ${sum} bytes long, in a frame of ${length}; ${damaged}`)
  return { purpose, count, pages, kinds, lengths }
}

export function checkPage(page: number, { pageCount }: FrameLimits): void {
  if (page >= pageCount) throw new GodwitError('wire.page', `page ${page} came up in a guest of ${pageCount} pages; both sides should have the same scenario`)
}

/** A page that is coded must be shorter than one that is not. */
function checkContent(page: number, kind: number, bytes: number, { pageBytes }: FrameLimits): void {
  const name = pageKinds[kind]
  if (name === undefined) throw new GodwitError('wire.kind', `page ${page} came in the unknown kind ${kind}; ${damaged}`)
  const isFit = kind === plainKind ? bytes === pageBytes : kind === zeroKind ? bytes === 0 : bytes >= 1 && bytes < pageBytes
  if (!isFit) throw new GodwitError('wire.length', `page ${page} came as "${name}" in ${bytes} bytes, which cannot be for pages of ${pageBytes} bytes; ${damaged}`)
}

/** The payload of a bitmap, whole. */
export function readBitmap(view: DataView, { pageCount }: FrameLimits): Uint32Array {
  const pages = view.getUint32(0, true)
  if (pages !== pageCount) throw new GodwitError('wire.bitmap', `a bitmap of ${pages} pages came for a guest of ${pageCount}; both sides should have the same scenario`)
  const words = new Uint32Array(Math.ceil(pageCount / 32))
  for (let w = 0; w < words.length; w++) words[w] = view.getUint32(4 + 4 * w, true)
  const inLast = pageCount % 32
  if (inLast !== 0 && (words[words.length - 1] ?? 0) >>> inLast !== 0) throw new GodwitError('wire.bitmap', `a bitmap came with bits beyond page ${pageCount - 1}; ${damaged}`)
  return words
}

/** Length of the JSON at the beginning of device state; `length` is that of the payload. */
export function readStateHead(view: DataView, length: number): number {
  const jsonBytes = view.getUint32(0, true)
  if (jsonBytes < 1 || jsonBytes > length - 4) throw new GodwitError('wire.length', `device state of ${length} bytes came that announces ${jsonBytes} bytes of JSON in it; ${damaged}`)
  return jsonBytes
}

export const damaged = 'the peer is no agent of Godwit, or the connection is damaged'
