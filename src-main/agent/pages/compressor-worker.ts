/** A thread that compresses pages, each by itself. */

import { parentPort, workerData } from 'node:worker_threads'
import { pageKinds } from '#shared/wire/frames.ts'
import { compressPage } from './compress-page.ts'
import type { CompressorAnswer, CompressorData, CompressorRequest } from './compressor-messages.ts'

function serve({ compression, memory, pageBytes }: CompressorData): void {
  const port = parentPort
  if (port === null) return
  // The guest may write while its page is read, and compressors read more than once: they get a copy.
  const page = new Uint8Array(pageBytes)
  // Read as a whole, not request by request: the clock of processor time may be coarser than a request is long.
  const cpuFrom = process.threadCpuUsage()
  let scratch = new Uint8Array(0)

  const read = (where: number, { copies, pagesPerCopy }: CompressorRequest): void => {
    const index = where < 0 ? -1 - where : where
    const source = where < 0 ? copies[Math.floor(index / pagesPerCopy)] : memory
    const start = (where < 0 ? index % pagesPerCopy : index) * pageBytes
    if (source !== undefined) page.set(source.subarray(start, start + pageBytes))
  }

  port.on('message', (request: CompressorRequest) => {
    const { id, where } = request
    const kinds = new Uint8Array(where.length).fill(pageKinds.indexOf('plain'))
    const lengths = new Uint32Array(where.length)
    if (scratch.byteLength < where.length * pageBytes) scratch = new Uint8Array(where.length * pageBytes)
    let used = 0
    for (const [i, source] of where.entries()) {
      read(source, request)
      const compressed = compressPage(compression, page)
      if (compressed === null) continue
      kinds[i] = pageKinds.indexOf(compressed.kind)
      lengths[i] = compressed.bytes.byteLength
      scratch.set(compressed.bytes, used)
      used += compressed.bytes.byteLength
    }
    const bytes = scratch.slice(0, used)
    const { user, system } = process.threadCpuUsage(cpuFrom)
    port.postMessage({ id, kinds, lengths, bytes, cpuUs: user + system } satisfies CompressorAnswer, [bytes.buffer])
  })
}

serve(workerData as CompressorData)
