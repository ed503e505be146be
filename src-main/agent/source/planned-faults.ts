/** Carries out the failures of a scenario for real: at a time, or when a stage begins. */

import type { Stage } from '#shared/migration/world.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { FaultSpec } from '#shared/scenario/sections/faults.ts'

export interface FaultActions {
  /** The cable is out, or in again; `forEver`: it stays out. */
  readonly setDark: (isDark: boolean, forEver: boolean) => void
  /** A host is to be killed. Whoever started it does so; nothing of ours runs there afterwards. */
  readonly crash: (host: 'source' | 'destination') => void
}

export class PlannedFaults {
  readonly #actions: FaultActions
  readonly #waiting: FaultSpec[]
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Losses of the link that go on now. */
  #losses = 0
  #hit = 0

  /** The migration begins now. */
  constructor({ faults }: Scenario, actions: FaultActions) {
    this.#actions = actions
    this.#waiting = faults.filter(({ phase }) => phase !== 'any')
    for (const fault of faults) if (fault.phase === 'any') this.#plan(fault)
  }

  /** Failures that came so far. */
  get hit(): number {
    return this.#hit
  }

  /** A stage begins. */
  enter(stage: Stage): void {
    for (const fault of this.#waiting.filter(({ phase }) => phase === stage)) {
      this.#waiting.splice(this.#waiting.indexOf(fault), 1)
      this.#plan(fault)
    }
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #plan(fault: FaultSpec): void {
    this.#after(fault.at ?? 0, () => {
      this.#hit++
      if (fault.kind === 'link-loss') this.#loseLink(fault)
      else this.#actions.crash(fault.kind === 'source-crash' ? 'source' : 'destination')
    })
  }

  #loseLink({ lasts }: FaultSpec): void {
    this.#losses++
    this.#actions.setDark(true, lasts === null)
    if (lasts === null) return
    this.#after(lasts, () => {
      this.#losses--
      if (this.#losses === 0) this.#actions.setDark(false, false)
    })
  }

  #after(ns: number, action: () => void): void {
    if (ns === 0) {
      action()
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ns / 1e6)
    this.#timers.add(timer)
  }
}
