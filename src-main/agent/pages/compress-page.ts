/** Compresses one page, by the compressor that the scenario names. */

import { constants, deflateRawSync, zstdCompressSync } from 'node:zlib'
import { compress as lz4Compress } from 'lz4-wasm-nodejs'
import type { CompressionName, ContentClass } from '#shared/scenario/compressors.ts'
import type { PageKind } from '#shared/wire/frames.ts'
import { contentClassOf } from './content-class.ts'

export type CompressedKind = Extract<PageKind, 'zlib' | 'lz4' | 'zstd'>

export interface CompressedPage {
  readonly kind: CompressedKind
  readonly bytes: Uint8Array
}

/** Which compressor adaptive compression takes, as `compressorFor` of the simulator does; null: none. */
export const adaptiveChoice: Readonly<Record<ContentClass, CompressedKind | null>> = { zero: 'lz4', similar: 'lz4', ordinary: 'zstd', random: null }

/** Null if the page does not become smaller. The page must be a copy that nobody writes, aligned to words. */
export function compressPage(name: CompressionName, page: Uint8Array): CompressedPage | null {
  const kind = kindFor(name, page)
  if (kind === null) return null
  const bytes = compressors[kind](page)
  return bytes.byteLength < page.byteLength ? { kind, bytes } : null
}

const compressors: Readonly<Record<CompressedKind, (page: Uint8Array) => Uint8Array>> = {
  // Windows as small as the page save the work of clearing larger ones; any decoder takes them. zlib has none below 2^9.
  zlib: (page) => deflateRawSync(page, { level: 1, windowBits: Math.min(15, Math.max(9, Math.ceil(Math.log2(page.byteLength)))), chunkSize: page.byteLength }),
  // Four bytes of length, then one block.
  lz4: lz4Compress,
  zstd: (page) => zstdCompressSync(page, { params: { [constants.ZSTD_c_compressionLevel]: 1 }, pledgedSrcSize: page.byteLength, chunkSize: page.byteLength }),
}

function kindFor(name: CompressionName, page: Uint8Array): CompressedKind | null {
  if (name === 'none') return null
  if (name !== 'adaptive') return name
  return adaptiveChoice[contentClassOf(page, new Int32Array(page.buffer, page.byteOffset, page.byteLength / 4))]
}
