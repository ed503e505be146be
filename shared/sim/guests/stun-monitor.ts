/**
 * The monitor that stuns rogue processes (Clark et al. 2005): while memory is copied it looks at each process once in a
 * window and puts to sleep those that caused too many write faults. They wake when the guest is resumed.
 */

import { processesToStun } from '../../migration/policies/stun.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import type { Entry, Kernel } from '../kernel/kernel.ts'
import { ProcessSource } from '../memory/process-source.ts'
import type { SimGuest } from './guest.ts'

interface Watched {
  readonly sources: ProcessSource[]
  asleep: boolean
  writeFaults: number
}

export class StunMonitor {
  readonly #kernel: Kernel
  readonly #guest: SimGuest
  readonly #windowNs: number
  readonly #limit: number
  readonly #processes: readonly Watched[]
  #planned: Entry | null = null
  #stunned = 0

  constructor(kernel: Kernel, guest: SimGuest, { optimisations }: Scenario) {
    this.#kernel = kernel
    this.#guest = guest
    this.#windowNs = optimisations.stunWindow
    this.#limit = optimisations.stunFaults
    const byProcess = new Map<number, Watched>()
    for (const source of guest.sources) {
      if (!(source instanceof ProcessSource)) continue
      const watched = byProcess.get(source.process) ?? { sources: [], asleep: false, writeFaults: 0 }
      watched.sources.push(source)
      byProcess.set(source.process, watched)
    }
    this.#processes = [...byProcess.values()]
  }

  /** Processes put to sleep so far. */
  get stunned(): number {
    return this.#stunned
  }

  start(): void {
    this.#guest.advance(this.#kernel.now)
    for (const process of this.#processes) process.writeFaults = writeFaultsOf(process)
    this.#plan()
  }

  /** Looks no more; who sleeps goes on sleeping. */
  stop(): void {
    if (this.#planned !== null) this.#kernel.cancel(this.#planned)
    this.#planned = null
  }

  /** The guest has been resumed, and stands at the present. */
  wakeAll(): void {
    this.stop()
    for (const process of this.#processes) {
      process.asleep = false
      for (const source of process.sources) source.wake()
    }
    this.#guest.setIdleShare(0)
  }

  #plan(): void {
    this.#planned = this.#kernel.schedule(this.#windowNs, () => {
      this.#look()
      this.#plan()
    })
  }

  #look(): void {
    this.#guest.advance(this.#kernel.now)
    const activity = this.#processes.map((process) => {
      const before = process.writeFaults
      process.writeFaults = writeFaultsOf(process)
      return { asleep: process.asleep, writeFaults: process.writeFaults - before }
    })
    for (const index of processesToStun(activity, this.#limit)) {
      const process = this.#processes[index]
      if (process === undefined) continue
      process.asleep = true
      this.#stunned++
      for (const source of process.sources) source.sleep()
    }
    // Each process has an equal share in the guest's work (lab).
    this.#guest.setIdleShare(this.#processes.filter(({ asleep }) => asleep).length / Math.max(1, this.#processes.length))
  }
}

function writeFaultsOf({ sources }: Watched): number {
  return sources.reduce((sum, { writeFaults }) => sum + writeFaults, 0)
}
