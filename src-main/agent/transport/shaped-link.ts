/**
 * A link as the scenario describes it, imitated by its sender. Connections take turns of a quantum each, so that a page
 * that the guest waits for, on a connection of its own, does not wait behind a large batch on another. A piece is handed
 * to its socket when its last bit would have arrived: after serialisation at the bandwidth (less what others take),
 * latency, jitter, and the time that lost packets cost. Jitter never reorders within a connection.
 *
 * The link keeps a clock of its own: when it is next free. Work that waits is served from that moment, however late the
 * timers of the host come, so the rate does not drift; a link that had nothing to do starts from now, so idle time earns
 * nothing.
 */

import { hashedUniform, streamSeed } from '#shared/sim/kernel/streams.ts'
import { maxMinShares } from '#shared/sim/network/link.ts'
import { packetBytes, retransmissionNs } from '#shared/sim/network/packet-loss.ts'
import { nowNs } from '../clock.ts'
import type { ShapedLinkOptions, ShapedLink as ShapedLinkContract } from './contract.ts'
import type { Flow, Outlet } from './flow.ts'
import { LinkFlow } from './link-flow.ts'
import { Waker } from './waker.ts'

/** A turn is about this long on a slow link (lab) ... */
const turnNs = 2e6
/** ... but neither shorter than a page nor longer than this, unless the link is so fast that turns would be all it does (lab). */
const leastTurnBytes = 4096
const mostTurnBytes = 32 << 10
const leastTurnNs = 10_000
/** Whoever sends again in the very turn in which it is told that its last send has left loses no time, even if it is told this late (lab). */
const mostCreditNs = 20e6

export class ShapedLink implements ShapedLinkContract {
  readonly #options: ShapedLinkOptions
  readonly #turnBytes: number
  readonly #jitterSeed: number
  readonly #lossSeed: number
  readonly #waker = new Waker((now) => this.#run(now))
  /** In the order of their turns; the first is being served. */
  readonly #flows: LinkFlow[] = []
  /** Bytes of its turn that the first may still send. */
  #turnLeft: number
  #freeAtNs = 0
  /** When the send left whose sender is being told; null: that is over. */
  #creditNs: number | null = null
  #guestDemand = 0
  #guestBits = 0
  #guestRate = 0
  #settledNs = nowNs()
  #jitterDraws = 0
  #lossDraws = 0
  #isRunning = false

  constructor(options: ShapedLinkOptions) {
    this.#options = options
    const bytesIn = (ns: number): number => (options.bandwidth * ns) / 8e9
    this.#turnBytes = Math.round(Math.max(leastTurnBytes, Math.min(bytesIn(turnNs), Math.max(mostTurnBytes, bytesIn(leastTurnNs)))))
    this.#turnLeft = this.#turnBytes
    this.#jitterSeed = streamSeed(options.seed, 'jitter')
    this.#lossSeed = streamSeed(options.seed, 'loss')
  }

  get capacity(): number {
    return this.#shares([Infinity]).ours
  }

  get guestBits(): number {
    this.#settleGuest(nowNs())
    return this.#guestBits
  }

  setGuestDemand(bitsPerSecond: number): void {
    this.#settleGuest(nowNs())
    this.#guestDemand = bitsPerSecond
    this.#guestRate = this.#shares(this.#demands()).guest
    this.#changed()
  }

  /** A connection that sends over this link from now on. */
  open(outlet: Outlet): Flow {
    const flow: LinkFlow = new LinkFlow(
      {
        changed: () => this.#changed(),
        arrivalNs: () => this.#creditNs ?? nowNs(),
        closed: () => {
          const index = this.#flows.indexOf(flow)
          if (index === 0) this.#turnLeft = this.#turnBytes
          if (index !== -1) this.#flows.splice(index, 1)
          this.#changed()
        },
      },
      outlet,
      () => this.#drawJitterNs(),
    )
    this.#flows.push(flow)
    return flow
  }

  #changed(): void {
    if (!this.#isRunning) this.#run(nowNs())
  }

  /** Serves what can begin by now, hands on what is due, and plans when to look again. */
  #run(now: number): void {
    this.#isRunning = true
    this.#settleGuest(now)
    let nextNs = this.#serve(now)
    let leftNs = -Infinity
    for (const flow of [...this.#flows]) leftNs = Math.max(leftNs, flow.settle(now))
    for (const flow of this.#flows) nextNs = Math.min(nextNs, flow.dueNs())
    this.#guestRate = this.#shares(this.#demands()).guest
    if (leftNs !== -Infinity) this.#credit(Math.max(leftNs, now - mostCreditNs))
    this.#isRunning = false
    this.#waker.at(nextNs)
  }

  /** Returns when the next piece can begin, or Infinity. */
  #serve(now: number): number {
    for (;;) {
      const startNs = this.#nextStartNs()
      if (startNs > now) return startNs
      this.#freeAtNs = startNs
      const [flow] = this.#flows
      if (flow === undefined) return Infinity
      this.#servePiece(flow)
    }
  }

  /** Turns to the flow whose next piece can begin first, the one whose turn it is before others; returns that moment. */
  #nextStartNs(): number {
    let bestNs = Infinity
    let best = -1
    for (const [index, flow] of this.#flows.entries()) {
      if (!flow.checkReady()) continue
      const fromNs = Math.max(this.#freeAtNs, flow.next(this.#turnBytes, this.#options.bandwidth).fromNs)
      if (fromNs >= bestNs) continue
      bestNs = fromNs
      best = index
    }
    if (best > 0) {
      this.#flows.push(...this.#flows.splice(0, best))
      this.#turnLeft = this.#turnBytes
    }
    return bestNs
  }

  #servePiece(flow: LinkFlow): void {
    const { bandwidth, latencyNs } = this.#options
    const piece = flow.next(this.#turnLeft, bandwidth)
    const endNs = this.#freeAtNs + (piece.bits * 1e9) / this.#shares(this.#demands()).ours
    const lostNs = this.#drawLossNs(piece.bits / 8)
    this.#freeAtNs = endNs
    flow.served(piece, endNs + lostNs, latencyNs)
    if (lostNs > 0) flow.stall(endNs + lostNs)
    this.#turnLeft -= piece.bytes
    if (this.#turnLeft > 0 && flow.checkReady()) return
    this.#flows.push(...this.#flows.splice(0, 1))
    this.#turnLeft = this.#turnBytes
  }

  /** Senders that were told just now may send again as if they had been told in time. */
  #credit(ns: number): void {
    this.#creditNs = ns
    setImmediate(() => {
      if (this.#creditNs === ns) this.#creditNs = null
    })
  }

  #demands(): number[] {
    const demands: number[] = []
    for (const flow of this.#flows) if (flow.checkReady()) demands.push(flow.demand)
    return demands
  }

  /** Bits per second for the guest's own traffic, and for all connections while one of them is served. */
  #shares(demands: readonly number[]): { readonly guest: number; readonly ours: number } {
    const { bandwidth, background } = this.#options
    if (background === 0 && this.#guestDemand === 0) return { guest: 0, ours: bandwidth }
    const [others = 0, guest = 0] = maxMinShares(bandwidth, [background, this.#guestDemand, ...demands])
    return { guest: this.#isDark() ? 0 : guest, ours: bandwidth - others - guest }
  }

  /** Is the cable out for all connections? */
  #isDark(): boolean {
    return this.#flows.length > 0 && this.#flows.every((flow) => flow.isHeld)
  }

  #settleGuest(now: number): void {
    this.#guestBits += (this.#guestRate * Math.max(0, now - this.#settledNs)) / 1e9
    this.#settledNs = Math.max(now, this.#settledNs)
  }

  #drawJitterNs(): number {
    const { jitterNs } = this.#options
    return jitterNs === 0 ? 0 : -Math.log(hashedUniform(this.#jitterSeed, 0, this.#jitterDraws++)) * jitterNs
  }

  /** Each packet that is lost costs a round trip and the time after which it is sent again. */
  #drawLossNs(bytes: number): number {
    const { loss, latencyNs } = this.#options
    if (loss === 0) return 0
    let lost = 0
    for (let packets = Math.ceil(bytes / packetBytes); packets > 0; packets--) if (hashedUniform(this.#lossSeed, 0, this.#lossDraws++) < loss) lost++
    return lost * (2 * latencyNs + retransmissionNs)
  }
}
