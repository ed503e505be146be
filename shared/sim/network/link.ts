/**
 * The link between source and destination as a fluid: its bandwidth is shared max-min fairly between the transfers of
 * the migration, the traffic of others, and the guest's own traffic, each of which asks for no more than its demand.
 */

import type { Kernel, Process } from '../kernel/kernel.ts'
import { type Entry, Signal } from '../kernel/kernel.ts'

interface Transfer {
  readonly demand: number
  remainingBits: number
  rate: number
  completion: Entry | null
  readonly done: Signal
}

/** Shares `capacity` so that nobody gets more than it asks and nobody could get more without one that has less losing. */
export function maxMinShares(capacity: number, demands: readonly number[]): number[] {
  const shares = new Array<number>(demands.length).fill(0)
  const ascending = demands.map((_, index) => index).sort((a, b) => (demands[a] ?? 0) - (demands[b] ?? 0))
  let left = capacity
  ascending.forEach((index, served) => {
    const share = Math.min(demands[index] ?? 0, left / (demands.length - served))
    shares[index] = share
    left -= share
  })
  return shares
}

export class Link {
  readonly #kernel: Kernel
  readonly #bandwidth: number
  readonly #background: number
  readonly #recovered: Signal
  readonly #transfers: Transfer[] = []
  #up = true
  #guestDemand = 0
  #guestRate = 0
  #guestBits = 0
  #settledNs = 0

  constructor(kernel: Kernel, options: { readonly bandwidth: number; readonly background: number }) {
    this.#kernel = kernel
    this.#bandwidth = options.bandwidth
    this.#background = options.background
    this.#recovered = new Signal(kernel)
  }

  get isUp(): boolean {
    return this.#up
  }

  /** Bits of the guest's own traffic carried so far. */
  guestBits(): number {
    this.#settle()
    return this.#guestBits
  }

  /** What the guest would send now if it had the link to itself, in bits per second. */
  setGuestDemand(bitsPerSecond: number): void {
    this.#settle()
    this.#guestDemand = bitsPerSecond
    this.#share()
  }

  fail(): void {
    this.#settle()
    this.#up = false
    this.#share()
  }

  recover(): void {
    this.#settle()
    this.#up = true
    this.#share()
    this.#recovered.fire()
  }

  /** Waits while the link is down. */
  *ready(): Process<void> {
    while (!this.#up) yield this.#recovered
  }

  /** Carries `bytes`, asking for at most `demand` bits per second, and returns when the last bit has left. */
  *carry(bytes: number, demand: number): Process<void> {
    if (bytes === 0) return
    const transfer: Transfer = { demand, remainingBits: bytes * 8, rate: 0, completion: null, done: new Signal(this.#kernel) }
    this.#settle()
    this.#transfers.push(transfer)
    this.#share()
    try {
      yield transfer.done
    } finally {
      this.#settle()
      this.#transfers.splice(this.#transfers.indexOf(transfer), 1)
      if (transfer.completion !== null) this.#kernel.cancel(transfer.completion)
      this.#share()
    }
  }

  /** Accounts for what was carried since the rates last changed. */
  #settle(): void {
    const seconds = (this.#kernel.now - this.#settledNs) / 1e9
    this.#settledNs = this.#kernel.now
    if (seconds === 0) return
    this.#guestBits += this.#guestRate * seconds
    for (const transfer of this.#transfers) transfer.remainingBits = Math.max(0, transfer.remainingBits - transfer.rate * seconds)
  }

  /** Shares the bandwidth anew and plans when each transfer will be done. */
  #share(): void {
    const demands = [this.#background, this.#guestDemand, ...this.#transfers.map((transfer) => transfer.demand)]
    const [, guestRate = 0, ...rates] = maxMinShares(this.#up ? this.#bandwidth : 0, demands)
    this.#guestRate = guestRate
    this.#transfers.forEach((transfer, index) => {
      const rate = rates[index] ?? 0
      if (rate === transfer.rate && transfer.completion !== null) return
      transfer.rate = rate
      if (transfer.completion !== null) this.#kernel.cancel(transfer.completion)
      transfer.completion = rate === 0 ? null : this.#kernel.schedule((transfer.remainingBits * 1e9) / rate, () => transfer.done.fire())
    })
  }
}
