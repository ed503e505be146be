/**
 * How long messages are on their way in one direction of a connection: the latency, and a further delay that varies from
 * message to message (exponentially distributed with the mean `jitter`). A connection is a line: what is sent later waits
 * behind what was sent before it.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { hashedUniform } from '../kernel/streams.ts'

export class Delays {
  readonly #latencyNs: number
  readonly #jitterNs: number
  readonly #seed: number
  #draws = 0
  /** No message arrives before this. */
  #lastArrivalNs = 0

  constructor({ latency, jitter }: Pick<Scenario['link'], 'latency' | 'jitter'>, seed: number) {
    this.#latencyNs = latency
    this.#jitterNs = jitter
    this.#seed = seed
  }

  /** Nanoseconds from now, when a message leaves, until it arrives. */
  next(nowNs: number): number {
    if (this.#jitterNs === 0) return this.#latencyNs
    const variesNs = -Math.log(hashedUniform(this.#seed, 0, this.#draws++)) * this.#jitterNs
    this.#lastArrivalNs = Math.max(this.#lastArrivalNs, Math.round(nowNs + this.#latencyNs + variesNs))
    return this.#lastArrivalNs - nowNs
  }

  /** A new connection: nothing is on its way. */
  renew(): void {
    this.#lastArrivalNs = 0
  }
}
