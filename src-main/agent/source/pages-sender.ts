/** Codes batches of pages and puts them on their connections, a frame ahead of the link. */

import type { Purpose } from '#shared/migration/world.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { pagesHead } from '#shared/wire/frame-writer.ts'
import { sleep } from '../clock.ts'
import type { CodedBatch, PageCoder } from '../pages/page-coder.ts'
import type { Connections } from './connections.ts'

/** Content in a frame, at most: what a page that the guest waits for may have to wait behind on its connection. */
const frameBytes = 4 << 20
/** Pages in a frame that has to be coded, so that one is coded while another is sent. */
const codedPages = 256

interface Context {
  readonly purpose: Purpose
  readonly iteration: number
  readonly isLast: boolean
}

export class PagesSender {
  readonly #connections: Connections
  readonly #coder: PageCoder
  readonly #scenario: Scenario
  readonly #framePages: number
  readonly #cpuFrom = process.threadCpuUsage()
  #workNs = 0

  constructor(connections: Connections, coder: PageCoder, scenario: Scenario) {
    const { guest, optimisations } = scenario
    const isCoded = optimisations.zeroPages !== 'off' || optimisations.delta || optimisations.compression !== 'none'
    this.#connections = connections
    this.#coder = coder
    this.#scenario = scenario
    this.#framePages = Math.max(1, Math.min(Math.floor(frameBytes / guest.pageSize), isCoded ? codedPages : Infinity))
  }

  /** `limit` takes bytes from the rate limit and says over how many nanoseconds they must be stretched. */
  async send(pages: Int32Array, count: number, context: Context, limit: (bytes: number) => number): Promise<{ readonly bytes: number; readonly zeroPages: number }> {
    const { batchTime, perBatch, perPage } = this.#scenario.link
    if (batchTime > 0) await sleep(batchTime)
    const total = { bytes: perBatch, zeroPages: 0 }
    const sends: Array<Promise<void>> = []
    const frames = this.#frames(pages, count, context.purpose === 'demand' || context.purpose === 'prediction')
    for (const [index, frame] of frames.entries()) {
      const coded = await this.#coder.encode(frame.pages, frame.pages.length, context)
      // One frame is on its way while the next is coded, and no more.
      if (sends.length >= 2) await sends[sends.length - 2]
      const extraBytes = frame.pages.length * perPage + (index === 0 ? perBatch : 0)
      sends.push(this.#sendFrame(frame.channel, coded, context.purpose, { extraBytes, stretchNs: limit(coded.bytes + extraBytes) }))
      total.bytes += coded.bytes + frame.pages.length * perPage
      total.zeroPages += coded.zeroPages
    }
    await Promise.all(sends)
    return total
  }

  /** Processor time that the scenario charges, beside that which is really spent. */
  addSourceWork(ns: number): void {
    this.#workNs += ns
  }

  summary(sentBytes: number) {
    const { user, system } = process.threadCpuUsage(this.#cpuFrom)
    const { bytesByKind, ...counts } = this.#coder.summary()
    const { plain, zero, delta, compressed } = bytesByKind
    return { ...counts, bytesByKind: { plain, zero, delta, compressed, other: sentBytes - plain - zero - delta - compressed }, sourceCpuMs: (user + system) / 1e3 + this.#coder.threadCpuMs + this.#workNs / 1e6 }
  }

  #sendFrame(channel: number, coded: CodedBatch, purpose: Purpose, { extraBytes, stretchNs }: { readonly extraBytes: number; readonly stretchNs: number }): Promise<void> {
    const { channelRate } = this.#scenario.optimisations
    const head = pagesHead({ ...coded.table, purpose })
    const bits = (head.byteLength + coded.bytes + extraBytes) * 8
    const rates = [...(stretchNs === 0 ? [] : [(bits * 1e9) / stretchNs]), ...(channelRate === null ? [] : [channelRate])]
    return this.#connections.sendPages(channel, [head, ...coded.contents], { extraBytes, ...(rates.length === 0 ? {} : { rate: Math.min(...rates) }) })
  }

  /** Pages by connection, no frame longer than it may be, in the order given. */
  #frames(pages: Int32Array, count: number, isAsked: boolean): ReadonlyArray<{ readonly channel: number; readonly pages: Int32Array }> {
    const frames: Array<{ readonly channel: number; readonly pages: Int32Array }> = []
    const add = (channel: number, some: Int32Array): void => {
      for (let start = 0; start < some.length; start += this.#framePages) frames.push({ channel, pages: some.slice(start, start + this.#framePages) })
    }
    const all = pages.subarray(0, count)
    const byChannel = new Map<number, number[]>()
    if (this.#connections.channelCount === 1) {
      add(0, all)
      return frames
    }
    for (const page of all) {
      const channel = this.#connections.channelOf(page, isAsked)
      const found = byChannel.get(channel)
      if (found === undefined) byChannel.set(channel, [page])
      else found.push(page)
    }
    for (const [channel, some] of byChannel) add(channel, Int32Array.from(some))
    return frames
  }
}
