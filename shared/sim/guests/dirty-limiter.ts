/**
 * QEMU's dirty limit in the guest: from the moment it is set, the dirty rate is read once a period, and a virtual
 * processor sleeps for each page that it dirties. One that dirties nothing does not sleep.
 */

import { nextDirtyLimit, unlimitedDirtying } from '../../migration/policies/throttle.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import type { Entry, Kernel } from '../kernel/kernel.ts'
import type { SimGuest } from './guest.ts'

export class DirtyLimiter {
  readonly #kernel: Kernel
  readonly #guest: SimGuest
  readonly #scenario: Scenario
  #state = unlimitedDirtying
  #dirtied = 0
  #planned: Entry | null = null

  constructor(kernel: Kernel, guest: SimGuest, scenario: Scenario) {
    this.#kernel = kernel
    this.#guest = guest
    this.#scenario = scenario
  }

  start(): void {
    if (this.#planned !== null) return
    this.#guest.advance(this.#kernel.now)
    this.#dirtied = this.#guest.dirtiedPages
    this.#plan()
  }

  stop(): void {
    if (this.#planned !== null) this.#kernel.cancel(this.#planned)
    this.#planned = null
    this.#guest.setSleepPerDirtyPage(0)
  }

  #plan(): void {
    this.#planned = this.#kernel.schedule(this.#scenario.optimisations.dirtyLimitPeriod, () => {
      this.#adjust()
      this.#plan()
    })
  }

  #adjust(): void {
    const { guest, optimisations } = this.#scenario
    this.#guest.advance(this.#kernel.now)
    const before = this.#dirtied
    this.#dirtied = this.#guest.dirtiedPages
    const bytes = Math.max(0, this.#dirtied - before) * guest.pageSize
    const bytesPerSecond = (bytes * 1e9) / optimisations.dirtyLimitPeriod / guest.vcpus
    this.#state = nextDirtyLimit(this.#state, optimisations.dirtyLimit / 8, bytesPerSecond)
    this.#guest.setSleepPerDirtyPage(this.#state.sleepNsPerByte * guest.pageSize)
  }
}
