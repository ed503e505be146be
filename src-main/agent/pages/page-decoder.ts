/**
 * Brings a page that came over the wire into memory. What comes is hostile: no coded page makes more than a page of output
 * or asks for more memory than that, and whatever is not a page in the end is an error that ends the connection.
 */

import { constants, inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { decompress as lz4Decompress } from 'lz4-wasm-nodejs'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { applyDelta } from '#shared/wire/delta.ts'
import type { PageKind } from '#shared/wire/frames.ts'

/** Length that stands before a block of lz4, little-endian. */
const lz4HeadBytes = 4
/** Least window that a zstd decoder can be held to, as a power of two (verified: ZSTD_WINDOWLOG_ABSOLUTEMIN of zstd). */
const leastWindowLog = 10

/** `page`: where it goes; for a delta, with its content of before. After an error its content is undefined. */
export function decodePage(kind: PageKind, bytes: Uint8Array, page: Uint8Array): void {
  switch (kind) {
    case 'plain':
      if (bytes.byteLength !== page.byteLength) malformed(kind, `${bytes.byteLength} B for a page of ${page.byteLength} B`)
      page.set(bytes)
      return
    case 'zero':
      if (bytes.byteLength !== 0) malformed(kind, `${bytes.byteLength} B where there should be none`)
      page.fill(0)
      return
    case 'delta':
      applyDelta(bytes, page)
      return
    case 'zlib':
    case 'lz4':
    case 'zstd':
      page.set(decompressed(kind, bytes, page.byteLength))
  }
}

type Compressed = Extract<PageKind, 'zlib' | 'lz4' | 'zstd'>

function decompressed(kind: Compressed, bytes: Uint8Array, pageBytes: number): Uint8Array {
  let output: Uint8Array
  try {
    output = decompressors[kind](bytes, pageBytes)
  } catch (error) {
    return malformed(kind, error instanceof Error ? error.message : String(error), error)
  }
  if (output.byteLength !== pageBytes) malformed(kind, `${output.byteLength} B for a page of ${pageBytes} B`)
  return output
}

const decompressors: Readonly<Record<Compressed, (bytes: Uint8Array, pageBytes: number) => Uint8Array>> = {
  zlib: (bytes, pageBytes) => whole(inflateRawSync(bytes, { maxOutputLength: pageBytes, chunkSize: pageBytes, info: true }), bytes),
  lz4: (bytes, pageBytes) => {
    // The decoder makes room for as much as the head says.
    if (bytes.byteLength < lz4HeadBytes) throw new Error('it ends before its head does')
    const said = new DataView(bytes.buffer, bytes.byteOffset, lz4HeadBytes).getUint32(0, true)
    if (said !== pageBytes) throw new Error(`it says that it becomes ${said} B`)
    return lz4Decompress(bytes)
  },
  zstd: (bytes, pageBytes) => {
    const params = { [constants.ZSTD_d_windowLogMax]: Math.max(leastWindowLog, Math.ceil(Math.log2(pageBytes))) }
    return whole(zstdDecompressSync(bytes, { maxOutputLength: pageBytes, chunkSize: pageBytes, params, info: true }), bytes)
  },
}

/** The output, if all of the input was needed for it. The types of Node know nothing of `info`. */
function whole(result: unknown, bytes: Uint8Array): Uint8Array {
  const { buffer, engine } = result as { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } }
  if (engine.bytesWritten !== bytes.byteLength) throw new Error(`${bytes.byteLength - engine.bytesWritten} B follow its end`)
  return buffer
}

function malformed(kind: PageKind, what: string, cause?: unknown): never {
  throw new GodwitError('wire.page-content', `a page coded as ${kind} is malformed: ${what}; both sides should run the same version of Godwit`, cause === undefined ? {} : { cause })
}
