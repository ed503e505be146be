/** The dirty log of a guest that is hosted here. Reading it takes at least as long as the scenario's mechanism says. */

import type { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { DirtyLog } from '#shared/migration/world.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { migrationTrackingCosts } from '#shared/scenario/tracking-mechanisms.ts'
import { nowNs, sleepUntil } from '../clock.ts'
import type { HostedGuest } from '../guest/contract.ts'

/** `onRead` is told which pages were found dirty, and the processor time that the mechanism takes for it. */
export function agentDirtyLog(guest: HostedGuest, scenario: Scenario, onRead: (dirty: Bitmap, costNs: number) => void): DirtyLog {
  const costs = migrationTrackingCosts(scenario)
  return {
    *start() {
      guest.startTracking(costs.writeFaultNs)
      if (scenario.strategy.kind === 'self') guest.setMigrationShare(scenario.strategy.selfProcessor)
    },
    *stop() {
      guest.stopTracking()
      guest.setMigrationShare(0)
    },
    peek: (page) => guest.isDirty(page),
    *readAndClear(into) {
      const fromNs = nowNs()
      const dirty = guest.takeDirty(into)
      const costNs = scenario.tracking.readCost + costs.scanPerPageNs * guest.pageCount + costs.cleanPerPageNs * dirty
      onRead(into, costNs)
      yield sleepUntil(fromNs + costNs)
      return dirty
    },
  }
}
