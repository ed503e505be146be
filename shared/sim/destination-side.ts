/**
 * The destination as far as the simulator keeps account of it: the pages it does not hold, what it has yet to decode, the
 * guest that runs there without its memory, and what that guest asks for.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import type { PageLook } from '../migration/memory-map.ts'
import type { Purpose } from '../migration/world.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { trapCosts } from '../scenario/tracking-mechanisms.ts'
import type { TraceLibrary } from '../trace/library.ts'
import type { Connection } from './connection.ts'
import { DestinationGuest } from './guests/destination-guest.ts'
import { FaultLog } from './guests/fault-log.ts'
import type { SimGuest } from './guests/guest.ts'
import type { ReleasedMemory } from './guests/released-memory.ts'
import { accessSources } from './guests/workload-sources.ts'
import { type Kernel, type Process, Signal } from './kernel/kernel.ts'
import { mergedAccesses } from './memory/access-source.ts'

export interface DestinationSideParts {
  readonly kernel: Kernel
  readonly guest: SimGuest
  readonly connection: Connection
  readonly scenario: Scenario
  readonly seed: number
  readonly traces: TraceLibrary | undefined
  /** What the guest gave back; null: nothing ever. */
  readonly released: ReleasedMemory | null
}

export class DestinationSide {
  /** Pages whose content at the destination is missing or older than the last clean. */
  readonly stale: Bitmap
  readonly faults: FaultLog
  readonly #parts: DestinationSideParts
  readonly #asked: Signal
  #guest: DestinationGuest | null = null
  #requests: number[] = []
  #requestCount = 0
  #releasedPages = 0
  /** When all that was received so far will be decoded. */
  #decodedNs = 0

  constructor(parts: DestinationSideParts) {
    const { memory, pageSize } = parts.scenario.guest
    const pageCount = memory / pageSize
    this.#parts = parts
    this.stale = Bitmap.full(pageCount)
    this.faults = new FaultLog(pageCount)
    this.#asked = new Signal(parts.kernel)
  }

  /** The guest there, from its resumption on; null before, and after it went back. */
  get guest(): DestinationGuest | null {
    return this.#guest
  }

  /** What a page looks like now: in post-copy there is no log, and what is stale is missing. */
  pageLook(isInLog: (page: number) => boolean): PageLook {
    const { released } = this.#parts
    const isThere = this.#guest !== null
    return {
      isDirty: (page) => !isThere && isInLog(page),
      isMissing: isThere ? (page) => this.stale.has(page) : null,
      isReleased: released === null ? null : (page) => released.has(page),
    }
  }

  summary() {
    return { postcopyRequests: this.#requestCount, releasedPages: this.#releasedPages, ...this.faults.summary() }
  }

  /** Pages that are not there, now that everything should be; what the guest writes where it runs is there. */
  countMissing(): number {
    if (this.#guest === null) {
      this.#parts.guest.clean(this.stale)
      this.forgetReleased()
    }
    return this.stale.count()
  }

  /** The guest runs on the destination; pages that are stale there are missing. */
  start(): DestinationGuest {
    this.forgetReleased()
    const { kernel, guest, connection, scenario, seed, traces } = this.#parts
    this.#guest = new DestinationGuest({
      kernel,
      guest,
      accesses: mergedAccesses(accessSources(scenario, seed, traces), guest.workNs),
      missing: this.stale,
      vcpus: scenario.guest.vcpus,
      threads: scenario.guest.threads,
      asyncFaults: scenario.tracking.asyncFaults,
      costs: trapCosts(scenario.tracking),
      request: (page) => connection.afterLatency('back', () => this.#ask(page)),
      log: this.faults,
    })
    return this.#guest
  }

  /** The guest is not there any more: it goes on at the source. */
  leave(): void {
    this.#guest = null
  }

  /** Pages that have left the source arrive. */
  deliver(pages: Int32Array, purpose: Purpose, decodeNs: number): void {
    const { kernel, connection } = this.#parts
    const arrive = (): void => {
      for (const page of pages) {
        if (!this.stale.has(page)) continue
        this.stale.remove(page)
        if (purpose !== 'demand') this.faults.pushed(page, purpose === 'prediction')
        this.#guest?.arrived(page)
      }
    }
    connection.afterLatency('there', () => {
      this.decodes(decodeNs, decodeNs)
      if (decodeNs === 0) arrive()
      else kernel.schedule(decodeNs, arrive)
    })
  }

  /** What is sent now is decoded after `inNs`, if it has to be. */
  decodes(inNs: number, decodeNs: number): void {
    if (decodeNs > 0) this.#decodedNs = Math.max(this.#decodedNs, this.#parts.kernel.now + inNs)
  }

  /** Waits until everything received is decoded. */
  *decoded(): Process<void> {
    while (this.#parts.kernel.now < this.#decodedNs) yield this.#decodedNs - this.#parts.kernel.now
  }

  /** What the guest gave back is not missing, now or later. */
  forgetReleased(): void {
    const { released } = this.#parts
    if (released === null) return
    const forget = (page: number): void => {
      if (!this.stale.has(page)) return
      this.stale.remove(page)
      this.#releasedPages++
      this.#guest?.arrived(page)
    }
    for (let page = this.stale.next(0); page >= 0; page = this.stale.next(page + 1)) if (released.has(page)) forget(page)
    released.onInflated = (first, end) => {
      for (let page = first; page < end; page++) forget(page)
    }
  }

  takeRequests(): readonly number[] {
    const requests = this.#requests
    this.#requests = []
    return requests
  }

  *awaitRequest(limitNs: number | null): Process<void> {
    if (this.#requests.length === 0) yield* this.awaitNextRequest(limitNs)
  }

  *awaitNextRequest(limitNs: number | null): Process<void> {
    const { kernel } = this.#parts
    const timer = limitNs === null ? null : kernel.schedule(limitNs, () => this.#asked.fire())
    yield this.#asked
    if (timer !== null) kernel.cancel(timer)
  }

  wake(): void {
    this.#asked.fire()
  }

  /** After a lost connection it asks again for what it waits for. */
  askAgain(): void {
    this.#requests = [...(this.#guest?.pendingPages ?? [])]
  }

  #ask(page: number): void {
    this.#requestCount++
    this.#requests.push(page)
    this.#asked.fire()
  }
}
