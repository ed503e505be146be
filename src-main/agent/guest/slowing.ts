/**
 * What slows the guest by looking at what it writes, on the clock: processes that cause too many write faults are stunned
 * (Clark et al. 2005), and virtual processors are held to the dirty limit.
 */

import { processesToStun } from '#shared/migration/policies/stun.ts'
import { nextDirtyLimit, unlimitedDirtying } from '#shared/migration/policies/throttle.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

/** A process of the guest. Its own time stands still while it sleeps. */
export interface GuestProcess {
  /** It writes, so that it is watched and has its share in the guest's work. */
  readonly isWatched: boolean
  asleep: boolean
  sleptNs: number
  /** Pages that it wrote first after a clean, from the beginning. */
  writeFaults: number
}

export class StunWatch {
  readonly #processes: readonly GuestProcess[]
  readonly #windowNs: number
  readonly #limit: number
  #nextLookNs = Infinity
  #seen: readonly number[] = []
  stunned = 0

  constructor({ optimisations }: Scenario, processes: readonly GuestProcess[]) {
    this.#processes = processes.filter(({ isWatched }) => isWatched)
    this.#windowNs = optimisations.stunWindow
    this.#limit = optimisations.stunFaults
  }

  /** Share of the guest's work that is not done. Each process has an equal share in it (lab). */
  get idleShare(): number {
    return this.#processes.filter(({ asleep }) => asleep).length / Math.max(1, this.#processes.length)
  }

  start(nowNs: number): void {
    this.#seen = this.#processes.map(({ writeFaults }) => writeFaults)
    this.#nextLookNs = nowNs + this.#windowNs
  }

  /** Looks no more; who sleeps goes on sleeping. */
  stop(): void {
    this.#nextLookNs = Infinity
  }

  wakeAll(): void {
    this.stop()
    for (const process of this.#processes) process.asleep = false
  }

  look(nowNs: number): void {
    if (nowNs < this.#nextLookNs) return
    this.#nextLookNs = nowNs + this.#windowNs
    const activity = this.#processes.map(({ asleep, writeFaults }, index) => ({ asleep, writeFaults: writeFaults - (this.#seen[index] ?? 0) }))
    this.#seen = this.#processes.map(({ writeFaults }) => writeFaults)
    for (const index of processesToStun(activity, this.#limit)) {
      const process = this.#processes[index]
      if (process === undefined) continue
      process.asleep = true
      this.stunned++
    }
  }
}

export class DirtyLimit {
  readonly #scenario: Scenario
  #state = unlimitedDirtying
  #lookedNs = 0
  #dirtied = 0
  isOn = false

  constructor(scenario: Scenario) {
    this.#scenario = scenario
  }

  /** Guest time to be slept for each page that is written first after a clean. */
  get sleepNsPerPage(): number {
    const { guest } = this.#scenario
    return this.isOn ? (this.#state.sleepNsPerByte * guest.pageSize) / guest.vcpus : 0
  }

  start(nowNs: number, dirtiedPages: number): void {
    if (this.isOn) return
    this.isOn = true
    this.#lookedNs = nowNs
    this.#dirtied = dirtiedPages
  }

  stop(): void {
    this.isOn = false
  }

  look(nowNs: number, dirtiedPages: number): void {
    const { guest, optimisations } = this.#scenario
    const passedNs = nowNs - this.#lookedNs
    if (!this.isOn || passedNs < optimisations.dirtyLimitPeriod) return
    const bytesPerSecond = ((dirtiedPages - this.#dirtied) * guest.pageSize * 1e9) / passedNs / guest.vcpus
    this.#lookedNs = nowNs
    this.#dirtied = dirtiedPages
    this.#state = nextDirtyLimit(this.#state, optimisations.dirtyLimit / 8, bytesPerSecond)
  }
}
