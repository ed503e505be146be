/**
 * What becomes of a batch of pages on its way to the wire: markers for zeros, deltas, compressed pages, plain ones; and
 * what that costs both hosts.
 *
 * Batches follow each other through stages that work at the same time, so the slowest one sets the pace: the migration
 * thread (looks for zeros, codes deltas), the compression threads, the connections, the destination's decoders, the link.
 * Everything before the link becomes one time over which the link stretches the batch. Only a page that the guest waits
 * for goes through the stages one after the other.
 *
 * With several connections, whole batches go to them in turn: while one is busy with the fixed time of its batch the
 * others send. A connection that carries at most R is busy for batchTime + bits / R with each batch, and n of them take an
 * n-th of that.
 */

import { DeltaCache, deltaBytes, deltaHeaderBytes } from '../migration/policies/delta-cache.ts'
import type { Purpose } from '../migration/world.ts'
import type { BytesByKind } from '../model/migration-stats.ts'
import { classifyBytesPerSecond, compressorFor, type ContentClass, contentClasses } from '../scenario/compressors.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { hashedUniform, streamSeed } from './kernel/streams.ts'

/** Bytes of a page of zeros sent as a marker: an eight-byte header and one byte (QEMU, verified). */
const zeroMarkerBytes = 9
/** Length before a compressed page (recalled: QEMU's compressed pages of old). */
const compressedHeaderBytes = 4

type PageKind = 'plain' | 'zero' | 'delta' | 'compressed'

/** A batch ready for the link. */
export interface BatchLoad {
  /** All bytes of the batch on the wire. */
  readonly bytes: number
  readonly zeroPages: number
  /** Nanoseconds that pass before the first byte leaves. */
  readonly pauseNs: number
  /** Least time that sending the batch takes, nanoseconds, however fast the link is. */
  readonly stretchNs: number
  /** From the arrival at the destination until the pages are there. */
  readonly decodeNs: number
  /** Bytes of the pages, without those of `link.perPage` and `link.perBatch`. */
  readonly byKind: Readonly<Record<PageKind, number>>
}

interface PageCosts {
  readonly bytes: number
  readonly isCompressed: boolean
  readonly encodeNs: number
  readonly decodeNs: number
}

export interface BatchContext {
  readonly purpose: Purpose
  readonly iteration: number
  /** The guest is stopped and this is its last copy. */
  readonly isLast: boolean
}

export class DataPath {
  readonly #scenario: Scenario
  readonly #isZero: (page: number) => boolean
  readonly #cache: DeltaCache | null
  /** Costs of a page that is no delta, by class; null: all go plain at no cost. */
  readonly #costs: Readonly<Record<ContentClass, PageCosts>> | null
  readonly #contentSeed: number
  readonly #deltaSeed: number
  readonly #deltaPageNs: number
  readonly #scanPageNs: number
  readonly #sent: Record<PageKind, number> = { plain: 0, zero: 0, delta: 0, compressed: 0 }
  #compressedPages = 0
  #deltaHits = 0
  #deltaMisses = 0
  #deltaOverflows = 0
  #deltaSavedBytes = 0
  #sourceCpuNs = 0
  #destinationCpuNs = 0

  constructor(scenario: Scenario, seed: number, isZero: (page: number) => boolean) {
    const { guest, optimisations } = scenario
    this.#scenario = scenario
    this.#isZero = isZero
    this.#cache = optimisations.delta ? new DeltaCache(optimisations.deltaCache / guest.pageSize) : null
    this.#costs = optimisations.compression === 'none' ? null : pageCosts(scenario)
    this.#contentSeed = streamSeed(seed, 'page content')
    this.#deltaSeed = streamSeed(seed, 'changed bytes')
    this.#deltaPageNs = (guest.pageSize * 8e9) / optimisations.deltaRate
    const { zeroPages, zeroScanRate } = optimisations
    this.#scanPageNs = zeroPages === 'off' || zeroScanRate === null ? 0 : (guest.pageSize * 8e9) / zeroScanRate
  }

  /** Codes a batch. The processor time is spent whether or not the link then carries it. */
  load(pages: Int32Array, count: number, context: BatchContext): BatchLoad {
    const { link, optimisations, guest } = this.#scenario
    const marksZeros = optimisations.zeroPages !== 'off'
    const byKind: Record<PageKind, number> = { plain: 0, zero: 0, delta: 0, compressed: 0 }
    let zeroPages = 0
    let deltaNs = 0
    let compressNs = 0
    let decompressNs = 0
    let deltaPages = 0
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      if (marksZeros && this.#isZero(page)) {
        zeroPages++
        continue
      }
      if (this.#cache !== null) {
        const coded = this.#delta(this.#cache, page, context)
        if (coded.tried) deltaNs += this.#deltaPageNs
        if (coded.bytes !== null) {
          byKind.delta += coded.bytes
          deltaPages++
          continue
        }
      }
      if (this.#costs === null) {
        byKind.plain += guest.pageSize
        continue
      }
      const costs = this.#costs[this.#classOf(page)]
      byKind[costs.isCompressed ? 'compressed' : 'plain'] += costs.bytes
      if (costs.isCompressed) this.#compressedPages++
      compressNs += costs.encodeNs
      decompressNs += costs.decodeNs
    }
    byKind.zero = zeroPages * zeroMarkerBytes
    const bytes = byKind.plain + byKind.zero + byKind.delta + byKind.compressed + count * link.perPage + link.perBatch
    const decodeDeltasNs = deltaPages * this.#deltaPageNs
    const channel = this.#channelNs(bytes, count)
    this.#sourceCpuNs += count * this.#scanPageNs + deltaNs + compressNs + channel.cpuNs
    this.#destinationCpuNs += decompressNs + decodeDeltasNs
    const threads = Math.min(optimisations.compressionThreads, count)
    // Whole nanoseconds, as the kernel counts them: commitment and arrival must agree on the moment.
    const decodeNs = Math.ceil(decompressNs / threads + decodeDeltasNs)
    const scan = this.#scanStages(count, channel.used)
    const threadNs = compressNs / threads
    const serialNs = scan.serialNs + deltaNs
    const stages = { zeroPages, bytes, decodeNs, byKind }
    if (context.purpose === 'demand' || context.purpose === 'prediction') {
      return { ...stages, pauseNs: link.batchTime + serialNs + scan.channelNs + threadNs, stretchNs: channel.sendNs }
    }
    const pauseNs = channel.used === 1 ? link.batchTime : 0
    const overlapNs = channel.used === 1 ? 0 : link.batchTime / channel.used
    return { ...stages, pauseNs, stretchNs: Math.max(serialNs, threadNs, channel.sendNs + overlapNs + scan.channelNs, decodeNs) }
  }

  /** The link has carried the batch. */
  carried(load: BatchLoad): void {
    for (const kind of ['plain', 'zero', 'delta', 'compressed'] as const) this.#sent[kind] += load.byKind[kind]
  }

  /** Other work of the source's processors for the migration, such as reading the log. */
  addSourceWork(ns: number): void {
    this.#sourceCpuNs += ns
  }

  /** `sentBytes`: everything that was put on the wire, page data among it. */
  summary(sentBytes: number) {
    const { plain, zero, delta, compressed } = this.#sent
    const bytesByKind: BytesByKind = { plain, zero, delta, compressed, other: sentBytes - plain - zero - delta - compressed }
    return {
      bytesByKind,
      compressedPages: this.#compressedPages,
      deltaHits: this.#deltaHits,
      deltaMisses: this.#deltaMisses,
      deltaOverflows: this.#deltaOverflows,
      deltaSavedBytes: this.#deltaSavedBytes,
      sourceCpuMs: this.#sourceCpuNs / 1e6,
      destinationCpuMs: this.#destinationCpuNs / 1e6,
    }
  }

  /**
   * As in QEMU, deltas begin after the first iteration, which fills no cache; never in post-copy, which QEMU forbids
   * together with them; and nothing enters the cache in the last copy, because nothing will be sent again.
   */
  #delta(cache: DeltaCache, page: number, { purpose, iteration, isLast }: BatchContext): { readonly tried: boolean; readonly bytes: number | null } {
    if (purpose !== 'copy' || iteration === 0) return { tried: false, bytes: null }
    if (!cache.find(page, iteration)) {
      this.#deltaMisses++
      if (!isLast) cache.insert(page, iteration)
      return { tried: false, bytes: null }
    }
    const { guest, optimisations } = this.#scenario
    // Between nothing and twice the mean, the same for every page (lab).
    const share = 2 * optimisations.deltaChanged * hashedUniform(this.#deltaSeed, page, iteration)
    const runs = deltaBytes(guest.pageSize, share * guest.pageSize, optimisations.deltaRun)
    this.#deltaHits++
    if (runs === null) {
      this.#deltaOverflows++
      return { tried: true, bytes: null }
    }
    const bytes = runs + deltaHeaderBytes
    this.#deltaSavedBytes += guest.pageSize - bytes
    return { tried: true, bytes }
  }

  #classOf(page: number): ContentClass {
    if (this.#isZero(page)) return 'zero'
    const { similarPages, randomPages } = this.#scenario.guest
    const drawn = hashedUniform(this.#contentSeed, page, 0)
    if (drawn < similarPages) return 'similar'
    return drawn < similarPages + randomPages ? 'random' : 'ordinary'
  }

  /** How many connections share the batch, how long they take if the link does not hold them up, and their processor time. */
  #channelNs(bytes: number, count: number): { readonly used: number; readonly sendNs: number; readonly cpuNs: number } {
    const { link, optimisations } = this.#scenario
    const { channelRate } = optimisations
    const used = Math.min(optimisations.channels, count)
    const oneNs = channelRate === null ? 0 : (bytes * 8e9) / channelRate
    if (used === 1) return { used, sendNs: oneNs, cpuNs: link.batchTime + oneNs }
    const busyNs = channelRate === null ? (bytes * 8e9) / link.bandwidth : oneNs
    return { used, sendNs: busyNs / used, cpuNs: link.batchTime + oneNs }
  }

  /** Looking for zeros: by the migration thread, or by the threads of the connections. */
  #scanStages(count: number, channels: number): { readonly serialNs: number; readonly channelNs: number } {
    const scanNs = count * this.#scanPageNs
    return this.#scenario.optimisations.zeroPages === 'multifd' ? { serialNs: 0, channelNs: scanNs / channels } : { serialNs: scanNs, channelNs: 0 }
  }
}

function pageCosts({ guest, optimisations }: Scenario): Readonly<Record<ContentClass, PageCosts>> {
  const { pageSize } = guest
  const lookNs = optimisations.compression === 'adaptive' ? (pageSize * 1e9) / classifyBytesPerSecond : 0
  const costsOf = (content: ContentClass): PageCosts => {
    const compressor = compressorFor(optimisations.compression, content)
    if (compressor === null) return { bytes: pageSize, isCompressed: false, encodeNs: lookNs, decodeNs: 0 }
    const { compressionRate } = optimisations
    const encodeNs = lookNs + (pageSize * 1e9) / (compressionRate === null ? compressor.encodeBytesPerSecond : compressionRate / 8)
    const bytes = Math.ceil(pageSize / compressor.ratio[content]) + compressedHeaderBytes
    if (bytes >= pageSize) return { bytes: pageSize, isCompressed: false, encodeNs, decodeNs: 0 }
    return { bytes, isCompressed: true, encodeNs, decodeNs: (pageSize * 1e9) / compressor.decodeBytesPerSecond }
  }
  return Object.fromEntries(contentClasses.map((content) => [content, costsOf(content)])) as Record<ContentClass, PageCosts>
}
