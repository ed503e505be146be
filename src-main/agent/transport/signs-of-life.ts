/** Notices that a peer is silent for too long, and says something before the peer thinks so of us. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import { nowNs } from '../clock.ts'

/** A ping is sent when nothing was for this share of the timeout. */
const pingShare = 1 / 4

export class SignsOfLife {
  readonly #options: { readonly ping: () => void; readonly silent: (error: GodwitError) => void }
  #timeoutNs = Infinity
  #timer: NodeJS.Timeout | null = null
  #heardNs = 0
  #saidNs = 0

  constructor(options: { readonly ping: () => void; readonly silent: (error: GodwitError) => void }) {
    this.#options = options
  }

  setTimeout(ns: number | null): void {
    this.stop()
    this.#timeoutNs = ns ?? Infinity
    if (ns === null) return
    this.#heardNs = nowNs()
    this.#timer = setInterval(() => this.#look(), Math.max(1, Math.floor((ns * pingShare) / 2e6)))
  }

  heard(): void {
    if (this.#timer !== null) this.#heardNs = nowNs()
  }

  said(): void {
    if (this.#timer !== null) this.#saidNs = nowNs()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #look(): void {
    const now = nowNs()
    if (now - this.#saidNs >= this.#timeoutNs * pingShare) this.#options.ping()
    if (now - this.#heardNs < this.#timeoutNs) return
    // If this thread itself was busy for so long, the peer's words wait in the socket: read them first.
    setImmediate(() => {
      if (this.#timer === null || nowNs() - this.#heardNs < this.#timeoutNs) return
      const seconds = this.#timeoutNs / 1e9
      this.#options.silent(new GodwitError('agent.silent', `nothing came from the peer for ${seconds} s; it has stopped, or the network between is out`))
    })
  }
}
