/** The files of a guest that is stopped and saved: written at the source, moved, read at the destination. */

import type { SavedState, Step } from '../migration/world.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Process } from './kernel/kernel.ts'

interface SavedStateParts {
  readonly scenario: Scenario
  /** Sends bytes no faster than the rate limit. */
  readonly carry: (bytes: number) => Process<void>
  readonly now: () => number
  /** The files are written: from here on the memory is read from them. */
  readonly onSaved: () => void
  /** The destination has read the files. */
  readonly onRestored: () => void
}

export class SimSavedState implements SavedState {
  readonly isShared: boolean
  readonly #parts: SavedStateParts
  #savedNs: number | null = null
  #saveNs = 0
  #moveNs = 0
  #restoreNs = 0

  constructor(parts: SavedStateParts) {
    this.#parts = parts
    this.isShared = parts.scenario.storage.kind === 'shared'
  }

  /** Time of each step, nanoseconds; 0 for those not made. */
  summary() {
    return { saveMs: this.#saveNs / 1e6, moveMs: this.#moveNs / 1e6, restoreMs: this.#restoreNs / 1e6 }
  }

  *save(): Step<void> {
    const startNs = this.#parts.now()
    yield this.#nsAt(this.#parts.scenario.storage.writeRate)
    this.#savedNs = this.#parts.now()
    this.#saveNs = this.#savedNs - startNs
    this.#parts.onSaved()
  }

  *moveConfiguration(): Step<void> {
    yield* this.#parts.carry(this.#parts.scenario.storage.configuration)
  }

  *restore(): Step<void> {
    const startNs = this.#parts.now()
    this.#moveNs = startNs - (this.#savedNs ?? startNs)
    yield* this.read()
    this.#restoreNs = this.#parts.now() - startNs
    this.#parts.onRestored()
  }

  /** Reads the files where they are; nothing if there are none. */
  *read(): Process<void> {
    if (this.#savedNs !== null) yield this.#nsAt(this.#parts.scenario.storage.readRate)
  }

  #nsAt(bitsPerSecond: number): number {
    const { guest, storage } = this.#parts.scenario
    return ((guest.memory + guest.deviceState + storage.configuration) * 8e9) / bitsPerSecond
  }
}
