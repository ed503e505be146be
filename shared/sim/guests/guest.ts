/**
 * The simulated guest: its memory as seen by the dirty log, and its own time.
 *
 * Guest time is work done, in nanoseconds of undisturbed running. It falls behind the clock while the guest is
 * suspended, while it is throttled, and by the cost of each first write to a page while writes are tracked. That cost
 * is spread over time by expectation: if F(g) is the number of pages expected to be dirtied by guest time g since the
 * log was last cleared, the work done when the guest had K nanoseconds to itself is the solution of g + cost F(g) = K.
 */

import { Bitmap } from '../../migration/memory/bitmap.ts'
import type { WriteSource } from '../memory/write-source.ts'

export interface GuestOptions {
  readonly pages: number
  readonly vcpus: number
  /** Guest time lost at the first write to a page after a clean, while writes are tracked. */
  readonly writeFaultNs: number
  /** Share of the guest's processor that a migration inside the guest takes; 0 without one. */
  readonly migrationShare?: number
}

interface Activity {
  /** Goes on to a guest time; returns the guest time lost to it, nanoseconds. */
  advance(guestNs: number): number
}

export class SimGuest {
  readonly pages: number
  readonly #sources: readonly WriteSource[]
  readonly #vcpus: number
  readonly #trapNs: number
  /** Guest time lost at the first write to a page after a clean: the trap, and a sleep that is imposed. */
  #faultCostNs: number
  #running = true
  #tracked = false
  #throttleShare = 0
  #migrationShare: number
  /** Share of the guest that is not blocked by missing pages. */
  #capacity = 1
  /** Guest time lost that was not made up for by the clock yet. */
  #debtNs = 0
  #clockNs = 0
  /** Work done: never falls, never grows faster than the clock. */
  #workNs = 0
  /** Since the log was last cleared (or tracking began): work done until then, and time the guest has had to itself. */
  #baseWorkNs = 0
  #ownTimeNs = 0
  /** Pages expected dirty at that moment. */
  #baseDirty = 0
  /** Work counted by `workNs` that sleeping processes did not do. */
  #idleWorkNs = 0
  #idleShare = 0
  #released: Activity | null = null
  /** Pages found dirty by all clears so far. */
  #cleanedPages = 0

  constructor(sources: readonly WriteSource[], options: GuestOptions) {
    this.#sources = sources
    this.pages = options.pages
    this.#vcpus = options.vcpus
    this.#trapNs = options.writeFaultNs
    this.#faultCostNs = options.writeFaultNs / options.vcpus
    this.#migrationShare = options.migrationShare ?? 0
  }

  get workNs(): number {
    return this.#workNs
  }

  /** Work done by the processes that are awake; equal to `workNs` while none sleeps. */
  get serviceNs(): number {
    return this.#workNs - this.#idleWorkNs
  }

  get sources(): readonly WriteSource[] {
    return this.#sources
  }

  get running(): boolean {
    return this.#running
  }

  /** Pages dirtied so far: counted where the log was read, expected since. */
  get dirtiedPages(): number {
    return this.#cleanedPages + (this.#tracked ? this.#expectedDirty(this.#workNs) : 0)
  }

  /** Something that goes along with the guest's time and costs it some. */
  accompany(activity: Activity): void {
    this.#released = activity
  }

  /** Brings the guest to the present. Every other call speaks of that moment. */
  advance(clockNs: number): void {
    const passedNs = clockNs - this.#clockNs
    this.#clockNs = clockNs
    if (!this.#running || passedNs === 0) return
    const givenNs = passedNs * (1 - this.#throttleShare) * (1 - this.#migrationShare) * this.#capacity
    const paidNs = Math.min(this.#debtNs, givenNs)
    this.#debtNs -= paidNs
    const gainedNs = givenNs - paidNs
    this.#ownTimeNs += gainedNs
    const workBeforeNs = this.#workNs
    this.#workNs = this.#tracked && this.#faultCostNs > 0 ? this.#solveWork(gainedNs) : this.#workNs + gainedNs
    this.#idleWorkNs += (this.#workNs - workBeforeNs) * this.#idleShare
    for (const source of this.#sources) source.advance(this.#workNs)
    if (this.#released !== null) this.lose(this.#released.advance(this.#workNs))
  }

  suspend(): void {
    this.#running = false
  }

  resume(): void {
    this.#running = true
  }

  throttle(share: number): void {
    this.#throttleShare = share
  }

  /** Processes that do this share of the work are asleep from now on. */
  setIdleShare(share: number): void {
    this.#idleShare = share
  }

  /** From now on the virtual processor that dirties a page sleeps this long. */
  setSleepPerDirtyPage(ns: number): void {
    const costNs = (this.#trapNs + ns) / this.#vcpus
    if (costNs === this.#faultCostNs) return
    this.#faultCostNs = costNs
    this.#baseWorkNs = this.#workNs
    this.#ownTimeNs = 0
    this.#baseDirty = this.#expectedDirty(this.#workNs)
  }

  /** Sets the share of the guest that can run, 0 to 1. */
  setCapacity(share: number): void {
    this.#capacity = share
  }

  /** Costs the guest this much of its time, from now on. */
  lose(ns: number): void {
    this.#debtNs += ns
  }

  /** Clock time until the guest has done this much work, if nothing changes; with tracking that costs, the least it can be. */
  clockNsUntil(workNs: number): number {
    const speed = this.#running ? (1 - this.#throttleShare) * (1 - this.#migrationShare) * this.#capacity : 0
    return speed === 0 ? Infinity : (workNs - this.#workNs + this.#debtNs) / speed
  }

  /** Begins to track writes: from here on they are recorded, and cost. */
  startTracking(): void {
    this.#forgetWrites(new Bitmap(this.pages))
    this.#tracked = true
  }

  /** Ends the tracking, and with it what a migration inside the guest takes. */
  stopTracking(): void {
    this.#tracked = false
    this.#migrationShare = 0
  }

  /** Was the page written since the log was last cleared? */
  isDirty(page: number): boolean {
    for (const source of this.#sources) {
      if (page >= source.firstPage && page < source.endPage && source.isDirty(page)) return true
    }
    return false
  }

  /** Is the page part of a working set? Pages that are not are never written. */
  isWritable(page: number): boolean {
    return this.#sources.some((source) => page >= source.firstPage && page < source.endPage)
  }

  /** Adds the dirty pages to `into`, clears the log, and returns their number. */
  clean(into: Bitmap): number {
    this.#forgetWrites(into)
    const dirty = into.count()
    this.#cleanedPages += dirty
    return dirty
  }

  /** Pages dirty now, where working sets do not overlap; otherwise at most that many pages more. */
  countDirty(): number {
    return this.#sources.reduce((sum, source) => sum + source.countDirty(), 0)
  }

  #forgetWrites(into: Bitmap): void {
    for (const source of this.#sources) source.clean(into)
    this.#baseWorkNs = this.#workNs
    this.#ownTimeNs = 0
    this.#baseDirty = 0
  }

  #expectedDirty(workNs: number): number {
    let pages = 0
    for (const source of this.#sources) pages += source.expectedDirty(workNs)
    return pages
  }

  /** Solves work + cost x F(work) = own time, between the work done so far and that plus `gainedNs`. */
  #solveWork(gainedNs: number): number {
    const excess = (workNs: number): number =>
      workNs - this.#baseWorkNs + this.#faultCostNs * (this.#expectedDirty(workNs) - this.#baseDirty) - this.#ownTimeNs
    let low = this.#workNs
    let high = this.#workNs + gainedNs
    let excessLow = excess(low)
    let excessHigh = excess(high)
    if (excessLow >= 0) return low
    if (excessHigh <= 0) return high
    // Regula falsi with the Illinois correction: F is concave but for steps, so a few rounds do.
    for (let round = 0; round < 60 && high - low > 1e-3; round++) {
      const middle = (low * excessHigh - high * excessLow) / (excessHigh - excessLow)
      const excessMiddle = excess(middle)
      if (Math.abs(excessMiddle) < 1e-3) return middle
      if (excessMiddle < 0) {
        low = middle
        excessLow = excessMiddle
        excessHigh /= 2
      } else {
        high = middle
        excessHigh = excessMiddle
        excessLow /= 2
      }
    }
    return low
  }
}
