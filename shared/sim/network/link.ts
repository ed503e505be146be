/**
 * The link between source and destination as a fluid: its bandwidth is shared max-min fairly between the transfers of
 * migrations, the traffic of others, and each guest's own traffic, all of which ask for no more than their demands.
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
  #reverse: Link | null = null
  /** The guests' own traffic, each at its number. */
  readonly #guests: Array<{ demand: number; rate: number; bits: number }> = []
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

  /** The other direction: the link is full duplex, carries as much each way, and fails as a whole. */
  get reverse(): Link {
    if (this.#reverse === null) {
      this.#reverse = new Link(this.#kernel, { bandwidth: this.#bandwidth, background: this.#background })
      if (!this.#up) this.#reverse.fail()
    }
    return this.#reverse
  }

  /** Bits of a guest's own traffic carried so far. */
  guestBits(guest = 0): number {
    this.#settle()
    return this.#guests[guest]?.bits ?? 0
  }

  /** What a guest would send now if it had the link to itself, in bits per second. */
  setGuestDemand(bitsPerSecond: number, guest = 0): void {
    this.#settle()
    while (this.#guests.length <= guest) this.#guests.push({ demand: 0, rate: 0, bits: 0 })
    const traffic = this.#guests[guest]
    if (traffic !== undefined) traffic.demand = bitsPerSecond
    this.#share()
  }

  fail(): void {
    this.#settle()
    this.#up = false
    this.#share()
    this.#reverse?.fail()
  }

  recover(): void {
    this.#settle()
    this.#up = true
    this.#share()
    this.#recovered.fire()
    this.#reverse?.recover()
  }

  /** Waits while the link is down. */
  *ready(): Process<void> {
    while (!this.#up) yield this.#recovered
  }

  /** Calls back when the link, now down, is up again, in the order of asking. */
  whenBack(callback: () => void): void {
    this.#recovered.wait(callback)
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
    for (const guest of this.#guests) guest.bits += guest.rate * seconds
    for (const transfer of this.#transfers) transfer.remainingBits = Math.max(0, transfer.remainingBits - transfer.rate * seconds)
  }

  /** Shares the bandwidth anew and plans when each transfer will be done. */
  #share(): void {
    const capacity = this.#up ? this.#bandwidth : 0
    if (this.#transfers.length < 2 && this.#isQuiet()) {
      const [only] = this.#transfers
      if (only !== undefined) this.#setRate(only, Math.min(only.demand, capacity))
      return
    }
    const asking = [...this.#guests, ...this.#transfers]
    const [, ...rates] = maxMinShares(capacity, [this.#background, ...asking.map(({ demand }) => demand)])
    this.#guests.forEach((guest, index) => void (guest.rate = rates[index] ?? 0))
    this.#transfers.forEach((transfer, index) => this.#setRate(transfer, rates[this.#guests.length + index] ?? 0))
  }

  /** Does nothing but transfers use the link? Then a single one, by far the most frequent case, has it to itself. */
  #isQuiet(): boolean {
    if (this.#background > 0) return false
    for (const guest of this.#guests) if (guest.demand > 0 || guest.rate > 0) return false
    return true
  }

  #setRate(transfer: Transfer, rate: number): void {
    if (rate === transfer.rate && transfer.completion !== null) return
    transfer.rate = rate
    if (transfer.completion !== null) this.#kernel.cancel(transfer.completion)
    transfer.completion = rate === 0 ? null : this.#kernel.schedule((transfer.remainingBits * 1e9) / rate, () => transfer.done.fire())
  }
}
