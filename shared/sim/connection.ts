/** The connection of a migration over the link: messages, page data under a rate limit, and what is lost with it. */

import { TokenBucket } from '../migration/policies/token-bucket.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Kernel, Process } from './kernel/kernel.ts'
import type { Link } from './network/link.ts'

export class Connection {
  readonly #kernel: Kernel
  readonly #link: Link
  readonly #latencyNs: number
  readonly #bucket: TokenBucket
  /** Number of the connection; what was on its way over an earlier one is gone. */
  #number = 0
  #sentBytes = 0

  constructor(kernel: Kernel, link: Link, { link: { latency }, strategy }: Scenario) {
    this.#kernel = kernel
    this.#link = link
    this.#latencyNs = latency
    this.#bucket = new TokenBucket(strategy.burst)
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  limitRate(bitsPerSecond: number | null): void {
    this.#bucket.setRate(bitsPerSecond, this.#kernel.now)
  }

  /** Time over which the rate limit stretches these bytes. */
  limitNs(bytes: number): number {
    return this.#bucket.take(bytes, this.#kernel.now)
  }

  /** Sends bytes, stretched over at least `stretchNs`; returns when the last one has left. */
  *carry(bytes: number, stretchNs: number): Process<void> {
    yield* this.#link.carry(bytes, stretchNs === 0 ? Infinity : (bytes * 8e9) / stretchNs)
    this.#sentBytes += bytes
  }

  /** A control message: leaves when the link is up and takes the latency, longer if the link fails on its way. */
  *message(): Process<void> {
    yield* this.#link.ready()
    yield this.#latencyNs
    yield* this.#link.ready()
  }

  /** What is on its way arrives after the latency, or when the link is back; if the connection is given up before, never. */
  afterLatency(arrive: () => void): void {
    const number = this.#number
    // It waits in line with everything else that is on its way, so that nothing sent later comes before it.
    const whenBack = (): void => {
      if (!this.#link.isUp) this.#link.whenBack(whenBack)
      else if (number === this.#number) arrive()
    }
    this.#kernel.schedule(this.#latencyNs, () => {
      if (this.#link.isUp) arrive()
      else whenBack()
    })
  }

  /** A new connection takes the place of the one that was lost. */
  renew(): void {
    this.#number++
  }
}
