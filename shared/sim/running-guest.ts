/**
 * The guest as the world handles it: brought to the present before it is asked, stopped and resumed with its own traffic,
 * slowed by throttle, dirty limit and stunning, and with the memory that it gave back.
 */

import type { Scenario } from '../scenario/scenario.ts'
import { DirtyLimiter } from './guests/dirty-limiter.ts'
import type { SimGuest } from './guests/guest.ts'
import { ReleasedMemory } from './guests/released-memory.ts'
import { StunMonitor } from './guests/stun-monitor.ts'
import type { Kernel } from './kernel/kernel.ts'
import { hashedUniform, streamSeed } from './kernel/streams.ts'
import type { Link } from './network/link.ts'

export interface RunningGuestParts {
  readonly kernel: Kernel
  readonly guest: SimGuest
  readonly link: Link
  /** Number of this guest among those of the link. */
  readonly guestNumber: number
  readonly scenario: Scenario
  readonly seed: number
}

export class RunningGuest {
  /** What it gave back; null: nothing ever. */
  readonly released: ReleasedMemory | null
  readonly #parts: RunningGuestParts
  readonly #stun: StunMonitor | null
  readonly #limiter: DirtyLimiter
  readonly #zeroSeed: number
  readonly #mapSeed: number
  #releasedAtNs = -1
  #throttleShare = 0
  #trafficBitsPerSecond = 0
  #trafficMark = { timeNs: 0, bits: 0 }

  constructor(parts: RunningGuestParts) {
    const { kernel, guest, scenario, seed } = parts
    this.#parts = parts
    this.released = ReleasedMemory.of(scenario, seed)
    if (this.released !== null) guest.accompany(this.released)
    this.#stun = scenario.optimisations.stun ? new StunMonitor(kernel, guest, scenario) : null
    this.#limiter = new DirtyLimiter(kernel, guest, scenario)
    this.#zeroSeed = streamSeed(seed, 'zero pages')
    this.#mapSeed = streamSeed(seed, 'unmapped pages')
  }

  get isRunning(): boolean {
    return this.#parts.guest.running
  }

  /** The guest, brought to the present. */
  now(): SimGuest {
    const { guest, kernel } = this.#parts
    guest.advance(kernel.now)
    return guest
  }

  /** Can this page be read in this iteration? */
  isMapped(page: number, iteration: number): boolean {
    const share = this.#parts.scenario.guest.unmapped
    return share === 0 || hashedUniform(this.#mapSeed, page, iteration) >= share
  }

  /** A page outside all working sets may hold only zeros; one inside is written sooner or later. */
  isZero(page: number): boolean {
    const share = this.#parts.scenario.guest.zeroPages
    return share > 0 && !this.#parts.guest.isWritable(page) && hashedUniform(this.#zeroSeed, page, 0) < share
  }

  isReleased(page: number): boolean {
    if (this.released === null) return false
    const nowNs = this.#parts.kernel.now
    if (this.#releasedAtNs !== nowNs) {
      this.#releasedAtNs = nowNs
      this.now()
    }
    return this.released.has(page)
  }

  throttle(share: number): void {
    if (share === this.#throttleShare) return
    this.now().throttle(share)
    this.#throttleShare = Math.max(this.#throttleShare, share)
  }

  limitDirtying(): void {
    this.#limiter.start()
  }

  /** The first iteration begins: processes are watched, and the guest's own traffic is measured. */
  beginIterations(): void {
    this.#stun?.start()
    this.#trafficMark = { timeNs: this.#parts.kernel.now, bits: this.#trafficBits() }
  }

  /** The first iteration is over. */
  measureTraffic(): void {
    const ns = this.#parts.kernel.now - this.#trafficMark.timeNs
    this.#trafficBitsPerSecond = ns === 0 ? 0 : ((this.#trafficBits() - this.#trafficMark.bits) * 1e9) / ns
  }

  suspend(): void {
    this.now().suspend()
    this.#limiter.stop()
    this.#stun?.stop()
    this.#demandTraffic(0)
  }

  /** It runs again, wherever that is, untracked and at full speed. */
  resume(): void {
    this.now().resume()
    this.#stun?.wakeAll()
    this.#parts.guest.stopTracking()
    this.#parts.guest.throttle(0)
    this.#demandTraffic(this.#parts.scenario.guest.traffic)
  }

  /** The migration is over for the source: nothing slows the guest any more. */
  relieve(): void {
    this.throttle(0)
    this.#limiter.stop()
    this.#stun?.wakeAll()
  }

  balloon(): { readonly balloonBytes?: number } {
    const { balloon, guest } = this.#parts.scenario
    return this.released === null || balloon.kind === 'none' ? {} : { balloonBytes: this.released.balloonPages * guest.pageSize }
  }

  summary() {
    return {
      ...(this.released?.lostMs() ?? { balloonLostMs: 0, cacheLostMs: 0 }),
      stunnedProcesses: this.#stun?.stunned ?? 0,
      cpuThrottlePercent: this.#throttleShare * 100,
      guestTrafficBitsPerSecond: this.#trafficBitsPerSecond,
    }
  }

  #trafficBits(): number {
    return this.#parts.link.guestBits(this.#parts.guestNumber)
  }

  #demandTraffic(bitsPerSecond: number): void {
    this.#parts.link.setGuestDemand(bitsPerSecond, this.#parts.guestNumber)
  }
}
