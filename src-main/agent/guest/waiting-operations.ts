/**
 * Operations that wait for a page that is missing. Each blocks a context of the guest: a virtual processor, or with
 * asynchronous page faults a thread. The others go on.
 */

import { FaultLog } from '#shared/sim/guests/fault-log.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { trapCosts } from '#shared/scenario/tracking-mechanisms.ts'
import type { FaultReport } from '#shared/wire/messages.ts'
import { nowNs } from '../clock.ts'
import type { GuestClock } from './guest-clock.ts'
import { controlWord, hasBit, removeBit, type SharedGuest } from './shared-guest.ts'

export interface Operation {
  readonly stream: number
  readonly k: number
}

interface Waiting {
  readonly sinceNs: number
  readonly operations: Operation[]
}

interface WaitingParts {
  readonly scenario: Scenario
  readonly shared: SharedGuest
  readonly clock: GuestClock
  /** Asks for a page. */
  readonly request: (page: number) => void
}

export class WaitingOperations {
  readonly #parts: WaitingParts
  readonly #costs: ReturnType<typeof trapCosts>
  readonly #contexts: number
  readonly #vcpus: number
  readonly #waiting = new Map<number, Waiting>()
  #blocked = 0
  #log: FaultLog
  #resumedNs: number | null = null

  constructor(parts: WaitingParts) {
    const { vcpus, threads } = parts.scenario.guest
    this.#parts = parts
    this.#costs = trapCosts(parts.scenario.tracking)
    this.#vcpus = vcpus
    this.#contexts = parts.scenario.tracking.asyncFaults ? Math.max(vcpus, threads) : vcpus
    this.#log = new FaultLog(parts.shared.pageCount)
  }

  get isAllBlocked(): boolean {
    return this.#blocked >= this.#contexts
  }

  get deferred(): ReadonlyArray<readonly [number, number]> {
    return [...this.#waiting.values()].flatMap(({ operations }) => operations.map(({ stream, k }) => [stream, k] as const))
  }

  /** Times of faults are counted from the first start. */
  started(): void {
    this.#resumedNs ??= nowNs()
  }

  /** An operation touches a page that is missing. */
  defer(page: number, operation: Operation): void {
    const { clock, request } = this.#parts
    const known = this.#waiting.get(page)
    this.#setBlocked(this.#blocked + 1)
    if (known !== undefined) {
      known.operations.push(operation)
      return
    }
    this.#waiting.set(page, { sinceNs: nowNs(), operations: [operation] })
    this.#log.faulted()
    this.#tellCounts()
    clock.spin(this.#costs.majorNs)
    request(page)
  }

  /** The operation goes on where it was: nothing is asked again. */
  forget(): void {
    this.#waiting.clear()
    this.#setBlocked(0)
  }

  /** Operations whose pages have come by now are made by `perform`. */
  goOn(perform: (page: number, operation: Operation) => void): void {
    if (this.#waiting.size === 0) return
    const { shared, clock } = this.#parts
    const present = shared.bits('present')
    for (const [page, { sinceNs, operations }] of [...this.#waiting]) {
      if (!hasBit(present, page)) continue
      clock.spin(this.#costs.placeNs)
      this.#waiting.delete(page)
      this.#log.served(page, sinceNs - (this.#resumedNs ?? 0), nowNs() - (this.#resumedNs ?? 0))
      // Whoever waited for it has paid for its first access.
      removeBit(shared.bits('fresh'), page)
      for (const operation of operations) perform(page, operation)
      this.#setBlocked(this.#blocked - operations.length)
    }
  }

  /** The page is there. Its first access costs, if it came unasked. */
  touch(page: number): void {
    const { shared, clock } = this.#parts
    if (!hasBit(shared.bits('fresh'), page) || !removeBit(shared.bits('fresh'), page)) return
    this.#log.pushed(page, hasBit(shared.bits('predicted'), page))
    this.#log.accessed(page)
    this.#tellCounts()
    if (this.#costs.minorNs > 0) clock.pay(this.#costs.minorNs)
  }

  report(): FaultReport {
    return { ...this.#log.summary(), record: this.#log.record() ?? null }
  }

  #tellCounts(): void {
    const { majorFaults, minorFaults } = this.#log.counts
    this.#parts.shared.setFigure('majorFaults', majorFaults)
    this.#parts.shared.setFigure('minorFaults', minorFaults)
  }

  #setBlocked(blocked: number): void {
    this.#blocked = blocked
    Atomics.store(this.#parts.shared.control, controlWord.blocked, blocked)
    const usable = Math.min(this.#vcpus, this.#contexts)
    this.#parts.clock.setCapacity(Math.max(0, Math.min(this.#vcpus, this.#contexts - blocked)) / usable)
  }
}
