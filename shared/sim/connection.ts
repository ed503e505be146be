/** The connection of a migration over the link: messages, page data under a rate limit, and what is lost with it. */

import { TokenBucket } from '../migration/policies/token-bucket.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Kernel, Process } from './kernel/kernel.ts'
import { streamSeed } from './kernel/streams.ts'
import { Delays } from './network/delays.ts'
import type { Link } from './network/link.ts'
import { expectedLossNs } from './network/packet-loss.ts'

/** There: from the source to the destination. */
export type Direction = 'there' | 'back'

export class Connection {
  readonly #kernel: Kernel
  readonly #link: Link
  readonly #options: Scenario['link']
  readonly #delays: Readonly<Record<Direction, Delays>>
  readonly #bucket: TokenBucket
  /** Number of the connection; what was on its way over an earlier one is gone. */
  #number = 0
  #sentBytes = 0

  constructor(kernel: Kernel, link: Link, { link: options, strategy }: Scenario, seed: number) {
    this.#kernel = kernel
    this.#link = link
    this.#options = options
    this.#delays = { there: new Delays(options, streamSeed(seed, 'jitter there')), back: new Delays(options, streamSeed(seed, 'jitter back')) }
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
    const lossNs = expectedLossNs(bytes, this.#options)
    if (lossNs > 0) yield lossNs
  }

  /** Time until what is sent now arrives, if the link does not fail. */
  delayNs(direction: Direction): number {
    return this.#delays[direction].next(this.#kernel.now)
  }

  /** A control message: leaves when the link is up and is on its way for a delay, longer if the link fails meanwhile. */
  *message(direction: Direction): Process<void> {
    yield* this.#link.ready()
    yield this.delayNs(direction)
    yield* this.#link.ready()
  }

  /** What is on its way arrives after its delay, or when the link is back; if the connection is given up before, never. */
  afterLatency(direction: Direction, arrive: () => void): void {
    const number = this.#number
    // It waits in line with everything else that is on its way, so that nothing sent later comes before it.
    const whenBack = (): void => {
      if (!this.#link.isUp) this.#link.whenBack(whenBack)
      else if (number === this.#number) arrive()
    }
    this.#kernel.schedule(this.delayNs(direction), () => {
      if (this.#link.isUp) arrive()
      else whenBack()
    })
  }

  /** A new connection takes the place of the one that was lost. */
  renew(): void {
    this.#number++
    this.#delays.there.renew()
    this.#delays.back.renew()
  }
}
