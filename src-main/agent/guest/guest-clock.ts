/**
 * The guest's own time. The clock gives it time while the guest runs, less what is taken from it: throttling and the
 * dirty limit (really slept), costs of faults (really spun), and the shares of a migration inside the guest and of
 * threads that wait for pages. What was given and not used yet is the backlog, from which operations are due.
 */

import { nowNs } from '../clock.ts'
import { controlWord, type SharedGuest } from './shared-guest.ts'

/** A throttled guest sleeps its share of each of these (verified: QEMU's CPU_THROTTLE_TIMESLICE_NS). */
const throttleSliceNs = 10e6
/** Costs are spun together once they are this much: reading the clock takes about a tenth of it (lab). */
const spinGrainNs = 1000
/** Sleeps of the dirty limit are slept together once they are this much, at most that much at a time (lab). */
const leastSleepNs = 500_000
const mostSleepNs = 10e6
/** A guest that cannot keep up with its workload falls behind for good beyond this (lab). */
const mostBacklogNs = 100e6
/** Signs of life come at least this often (lab). */
const beatEveryNs = 500_000

export class GuestClock {
  readonly #shared: SharedGuest
  #lastNs = 0
  #backlogNs = 0
  #spinOwedNs = 0
  #sleepOwedNs = 0
  #capacity = 1
  #beats = 0
  #lastBeatNs = 0

  constructor(shared: SharedGuest) {
    this.#shared = shared
  }

  /** Nanoseconds of guest time that may be worked off now; below zero: costs are not made up for yet. */
  get backlogNs(): number {
    return this.#backlogNs
  }

  get isInterrupted(): boolean {
    return Atomics.load(this.#shared.control, controlWord.mayRun) === 0
  }

  /** The guest runs from here on. */
  start(): void {
    this.#lastNs = nowNs()
    this.beat()
  }

  /** Forgets what was given and owed: the guest stands at another moment. */
  forget(): void {
    this.#backlogNs = 0
    this.#spinOwedNs = 0
    this.#sleepOwedNs = 0
  }

  /** Brings the account to the present. */
  account(): number {
    const now = nowNs()
    const passedNs = now - this.#lastNs
    this.#lastNs = now
    const share = this.#shared.setting('throttleShare')
    this.#sleepOwedNs += (passedNs * share) / (1 - share)
    this.#backlogNs = Math.min(mostBacklogNs, this.#backlogNs + passedNs * (1 - this.#shared.setting('migrationShare')) * this.#capacity)
    if (now - this.#lastBeatNs >= beatEveryNs) this.#beatAt(now)
    return now
  }

  use(ns: number): void {
    this.#backlogNs -= ns
  }

  /** Share of the guest that can run, from now on. */
  setCapacity(share: number): void {
    this.account()
    this.#capacity = share
  }

  /** Takes this much of the guest's time, by working for it. */
  pay(ns: number): void {
    this.#backlogNs -= ns
    this.spin(ns)
  }

  /** Works for this long, without a charge. What is left when the guest is stopped is worked off later. */
  spin(ns: number): void {
    this.#spinOwedNs += ns
    if (this.#spinOwedNs < spinGrainNs) return
    let now = nowNs()
    const untilNs = now + this.#spinOwedNs
    while (now < untilNs && !this.isInterrupted) {
      now = nowNs()
      if (now - this.#lastBeatNs >= beatEveryNs) this.#beatAt(now)
    }
    this.#spinOwedNs = untilNs - now
  }

  /** To be slept off, beside throttling. */
  oweSleep(ns: number): void {
    this.#sleepOwedNs += ns
  }

  /** Nobody slows the guest any more. */
  forgiveSleep(): void {
    this.#sleepOwedNs = 0
  }

  /** Sleeps if it is time to; true if it did. The account stands at the present. */
  sleepIfOwed(): boolean {
    const share = this.#shared.setting('throttleShare')
    if (this.#sleepOwedNs < Math.max(leastSleepNs, share * throttleSliceNs)) return false
    Atomics.wait(this.#shared.control, controlWord.mayRun, 1, Math.min(this.#sleepOwedNs, mostSleepNs) / 1e6)
    const now = nowNs()
    this.#sleepOwedNs -= now - this.#lastNs
    this.#lastNs = now
    return true
  }

  /** The client of a guest sees it live. */
  beat(): void {
    this.#beatAt(nowNs())
  }

  #beatAt(now: number): void {
    if (this.#capacity === 0) return
    this.#lastBeatNs = now
    this.#shared.setFigure('beats', ++this.#beats)
  }
}
