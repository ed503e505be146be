/**
 * The simulated disk of a guest: the blocks of its base disk and of its layers, one file after the other. The guest writes
 * blocks of the last file as it writes pages of its memory, and the same lazy source says which. The disk keeps its own
 * account of what the destination lacks, so that a strategy that forgets a block is found out at commitment.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import type { SourceDisk, Step } from '../migration/world.ts'
import { diskFiles } from '../scenario/disk-files.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { SimGuest } from './guests/guest.ts'
import type { Process } from './kernel/kernel.ts'
import { streamSeed } from './kernel/streams.ts'
import { steady } from './memory/intensity.ts'
import { PoissonSource } from './memory/write-source.ts'

/** Bytes asked of the link at a time, and in how many parts a large disk goes at most (lab): few enough to cost little, enough for a smooth timeline. */
const chunkBytes = 4 * 2 ** 20
const mostChunks = 2048

interface DiskParts {
  readonly scenario: Scenario
  readonly seed: number
  /** The guest, brought to the present. */
  readonly guestNow: () => SimGuest
  /** Sends bytes, stretched over at least `stretchNs`; returns when the last has left. */
  readonly carry: (bytes: number, stretchNs: number) => Process<void>
  readonly now: () => number
  /** Called after each chunk with the bytes that the destination lacks. */
  readonly onChunk: (missingBytes: number) => void
}

export class SimDisk implements SourceDisk {
  readonly files: readonly number[]
  readonly rounds: number
  readonly blocksLeft: number
  readonly #parts: DiskParts
  readonly #blockBytes: number
  /** What storage and rate limit let pass, bits per second. */
  readonly #bitsPerSecond: number
  /** Blocks whose content at the destination is missing or old, as far as is known. */
  readonly #missing: Bitmap
  #missingBlocks: number
  readonly #blocksPerChunk: number
  readonly #writes: PoissonSource
  readonly #written: Bitmap
  #tracked = false
  #sentBytes = 0
  #ns = 0

  constructor(parts: DiskParts) {
    const { disk, storage, strategy } = parts.scenario
    this.#parts = parts
    this.files = diskFiles(disk)
    this.rounds = disk.rounds
    this.blocksLeft = disk.blocksLeft
    this.#blockBytes = disk.blockSize
    this.#bitsPerSecond = Math.min(storage.readRate, storage.writeRate, strategy.maxRate ?? Infinity)
    const blocks = this.files.reduce((sum, file) => sum + file, 0)
    this.#missing = Bitmap.full(blocks)
    this.#missingBlocks = blocks
    this.#blocksPerChunk = Math.max(1, Math.floor(chunkBytes / disk.blockSize), Math.ceil(blocks / mostChunks))
    this.#written = new Bitmap(blocks)
    const firstPage = blocks - (this.files.at(-1) ?? 0)
    const range = { firstPage, pages: Math.floor(disk.workingSet / disk.blockSize) }
    this.#writes = new PoissonSource(range, steady(range.pages === 0 ? 0 : disk.blocksPerSecond), 'equal', streamSeed(parts.seed, 'disk writes'))
  }

  /** Bytes of the disk put on the wire, and the time that took, nanoseconds. */
  summary() {
    return { diskBytes: this.#sentBytes, diskMs: this.#ns / 1e6 }
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.#missing.size * this.#blockBytes
  }

  startTracking(): void {
    this.#readLog(new Bitmap(this.#missing.size))
    this.#tracked = true
  }

  *sendFile(file: number): Step<void> {
    const first = this.files.slice(0, file).reduce((sum, blocks) => sum + blocks, 0)
    const end = first + (this.files[file] ?? 0)
    for (let block = first; block < end; block += this.#blocksPerChunk) {
      const after = Math.min(end, block + this.#blocksPerChunk)
      for (let sent = block; sent < after; sent++) this.#hasGone(sent)
      yield* this.#send(after - block)
    }
  }

  takeWritten(): number {
    if (this.#tracked) {
      const found = new Bitmap(this.#missing.size)
      this.#readLog(found)
      this.#written.addAll(found)
      this.#missing.addAll(found)
      this.#missingBlocks = this.#missing.count()
    }
    return this.#written.count()
  }

  *sendWritten(): Step<void> {
    let blocks = 0
    for (let block = this.#written.next(0); block >= 0; block = this.#written.next(block + 1)) {
      this.#hasGone(block)
      if (++blocks < this.#blocksPerChunk) continue
      yield* this.#send(blocks)
      blocks = 0
    }
    this.#written.clear()
    if (blocks > 0) yield* this.#send(blocks)
  }

  /** Blocks that the destination lacks, those written since among them while the guest is at the source. */
  countMissing(guestIsAtSource: boolean): number {
    if (guestIsAtSource) this.takeWritten()
    return this.#missingBlocks
  }

  #hasGone(block: number): void {
    if (!this.#missing.has(block)) return
    this.#missing.remove(block)
    this.#missingBlocks--
  }

  *#send(blocks: number): Process<void> {
    const bytes = blocks * this.#blockBytes
    const startNs = this.#parts.now()
    yield* this.#parts.carry(bytes, (bytes * 8e9) / this.#bitsPerSecond)
    this.#sentBytes += bytes
    this.#ns += this.#parts.now() - startNs
    this.#parts.onChunk(this.#missingBlocks * this.#blockBytes)
  }

  #readLog(into: Bitmap): void {
    this.#writes.advance(this.#parts.guestNow().workNs)
    this.#writes.clean(into)
  }
}
