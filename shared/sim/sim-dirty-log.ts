/** The dirty log of the simulated source: what it finds is exact, what it costs is the mechanism's. */

import type { Bitmap } from '../migration/memory/bitmap.ts'
import type { DirtyLog, Step } from '../migration/world.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { TrackingCosts } from '../scenario/tracking-mechanisms.ts'
import type { SimGuest } from './guests/guest.ts'

export interface SimDirtyLogParts {
  readonly scenario: Scenario
  readonly costs: TrackingCosts
  /** The guest, brought to the present. */
  readonly guestNow: () => SimGuest
  readonly now: () => number
  /** Pages found dirty, and the processor time that it took. */
  readonly onRead: (dirty: Bitmap, costNs: number) => void
}

export class SimDirtyLog implements DirtyLog {
  readonly #parts: SimDirtyLogParts
  readonly #pageCount: number
  #guest: SimGuest
  #examinedAtNs = -1

  constructor(parts: SimDirtyLogParts) {
    const { memory, pageSize } = parts.scenario.guest
    this.#parts = parts
    this.#pageCount = memory / pageSize
    this.#guest = parts.guestNow()
  }

  *start(): Step<void> {
    this.#parts.guestNow().startTracking()
  }

  *stop(): Step<void> {
    this.#parts.guestNow().stopTracking()
  }

  peek(page: number): boolean {
    const nowNs = this.#parts.now()
    if (this.#examinedAtNs !== nowNs) {
      this.#examinedAtNs = nowNs
      this.#guest = this.#parts.guestNow()
    }
    return this.#guest.isDirty(page)
  }

  *readAndClear(into: Bitmap): Step<number> {
    const { scenario, costs, guestNow, onRead } = this.#parts
    into.clear()
    const dirty = guestNow().clean(into)
    const costNs = scenario.tracking.readCost + costs.scanPerPageNs * this.#pageCount + costs.cleanPerPageNs * dirty
    onRead(into, costNs)
    yield costNs
    return dirty
  }
}
