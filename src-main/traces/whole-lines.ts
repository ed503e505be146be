/** A text of any length in blocks of whole lines, read once and never held as a whole. */

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { GodwitError } from '#shared/model/godwit-error.ts'

const blockBytes = 1 << 20
/** A line longer than this is none of a trace. */
const longestLine = 1 << 16
const newline = 10

/** The bytes of a file, unpacked if its name ends with .gz; `-` is standard input. A chunk is valid until the next is asked for. */
export async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    for await (const chunk of process.stdin) yield chunk as Uint8Array
    return
  }
  const handle = await openToRead(file)
  try {
    yield* file.endsWith('.gz') ? unpacked(file, handle) : blocksOf(handle)
  } finally {
    await handle.close()
  }
}

async function openToRead(file: string): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(file, constants.O_RDONLY)
  } catch (error) {
    throw new GodwitError('trace.read', `"${file}" cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  if (!(await handle.stat()).isDirectory()) return handle
  await handle.close()
  throw new GodwitError('trace.read', `"${file}" is a folder; name a file in it`)
}

async function* blocksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(blockBytes)
  for (;;) {
    const { bytesRead } = await handle.read(block, 0, block.length, null)
    if (bytesRead === 0) return
    yield block.subarray(0, bytesRead)
  }
}

async function* unpacked(file: string, handle: FileHandle): AsyncGenerator<Uint8Array> {
  const source = handle.createReadStream({ autoClose: false, highWaterMark: blockBytes })
  const unpacking = createGunzip({ chunkSize: blockBytes })
  source.on('error', (error) => unpacking.destroy(error))
  source.pipe(unpacking)
  try {
    for await (const chunk of unpacking) yield chunk as Uint8Array
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('Z_')) throw error
    throw new GodwitError('trace.read', `"${file}" cannot be unpacked: it is no gzip file, or it is cut short`, { cause: error })
  } finally {
    source.destroy()
    unpacking.destroy()
  }
}

export interface Lines {
  /** Ends with a line feed, unless `isCutShort`. Valid until the next is asked for. */
  readonly bytes: Uint8Array
  /** The last line of the text if it does not end with a line feed. */
  readonly isCutShort: boolean
}

/** Throws `trace.line` if a line is longer than any of a trace. */
export async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  let begun = new Uint8Array(0)
  for await (const chunk of chunks) {
    const first = chunk.indexOf(newline)
    if (first < 0) {
      begun = joined(begun, chunk)
      continue
    }
    const start = begun.length === 0 ? 0 : first + 1
    if (start > 0) yield { bytes: joined(begun, chunk.subarray(0, start)), isCutShort: false }
    const end = chunk.lastIndexOf(newline) + 1
    if (end > start) yield { bytes: chunk.subarray(start, end), isCutShort: false }
    begun = chunk.slice(end)
    requireShort(begun)
  }
  if (begun.length > 0) yield { bytes: begun, isCutShort: true }
}

function joined(begun: Uint8Array, more: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(begun.length + more.length)
  bytes.set(begun)
  bytes.set(more, begun.length)
  requireShort(bytes)
  return bytes
}

function requireShort(line: Uint8Array): void {
  if (line.length > longestLine) throw new GodwitError('trace.line', `the file has a line of more than ${longestLine / 1024} KiB; that is no output of valgrind or perf`)
}
