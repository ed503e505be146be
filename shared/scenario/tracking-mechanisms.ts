/**
 * What each tracking mechanism costs, where the scenario does not say otherwise. All figures are lab defaults of the
 * order that such operations have on current processors; a calibrated host profile replaces them.
 */

import type { Scenario } from './scenario.ts'

/** Costs in nanoseconds. */
export interface TrackingCosts {
  /** Guest time lost at the first write to a page after a clean. */
  readonly writeFaultNs: number
  /** To clean one dirty page when the log is read and cleared. */
  readonly cleanPerPageNs: number
  /** To look at one page of the guest when the log is read. */
  readonly scanPerPageNs: number
}

type Mechanism = Scenario['tracking']['mechanism']

/** A buffer-full exit of the page-modification log is shared by the 512 pages that it logs (verified: Intel SDM). */
const pmlBufferPages = 512

const mechanisms: Readonly<Record<Mechanism, TrackingCosts>> = {
  shadow: { writeFaultNs: 5000, cleanPerPageNs: 20, scanPerPageNs: 0 },
  hap: { writeFaultNs: 2000, cleanPerPageNs: 20, scanPerPageNs: 0 },
  pml: { writeFaultNs: 4000 / pmlBufferPages, cleanPerPageNs: 20, scanPerPageNs: 0 },
  'dirty-ring': { writeFaultNs: 1000, cleanPerPageNs: 100, scanPerPageNs: 0 },
  'soft-dirty': { writeFaultNs: 1000, cleanPerPageNs: 10, scanPerPageNs: 10 },
}

/**
 * Self migration has no log of the hypervisor: the guest write-protects its own page tables, takes the faults itself, and
 * walks the tables to read the log (lab).
 */
const ownPageTables: TrackingCosts = { writeFaultNs: 700, cleanPerPageNs: 10, scanPerPageNs: 2 }

/** Costs while this scenario's migration tracks writes; self migration tracks in its own way, whatever the mechanism. */
export function migrationTrackingCosts({ strategy, tracking }: Pick<Scenario, 'strategy' | 'tracking'>): TrackingCosts {
  return written(tracking, strategy.kind === 'self' ? ownPageTables : mechanisms[tracking.mechanism])
}

export function trackingCosts(tracking: Scenario['tracking']): TrackingCosts {
  return written(tracking, mechanisms[tracking.mechanism])
}

function written(tracking: Scenario['tracking'], own: TrackingCosts): TrackingCosts {
  return {
    writeFaultNs: tracking.writeFault ?? own.writeFaultNs,
    cleanPerPageNs: tracking.cleanPerPage ?? own.cleanPerPageNs,
    scanPerPageNs: tracking.scanPerPage ?? own.scanPerPageNs,
  }
}

/** What a fault costs in post-copy, nanoseconds. */
export interface TrapCosts {
  /** From the access until the request leaves. */
  readonly majorNs: number
  /** From the arrival of the page until the guest goes on. */
  readonly placeNs: number
  /** Guest time lost at the first access to a page that is there. */
  readonly minorNs: number
}

type Trap = Scenario['tracking']['trap']

/** All figures are lab defaults. With userfaultfd a page is mapped as it is placed, so that nothing faults on it later. */
const traps: Readonly<Record<Trap, TrapCosts & { readonly missesNonPageable: boolean }>> = {
  shadow: { majorNs: 8000, placeNs: 4000, minorNs: 2000, missesNonPageable: false },
  'page-tracking': { majorNs: 5000, placeNs: 3000, minorNs: 1000, missesNonPageable: true },
  'pseudo-paging': { majorNs: 15_000, placeNs: 5000, minorNs: 4000, missesNonPageable: true },
  userfaultfd: { majorNs: 10_000, placeNs: 5000, minorNs: 0, missesNonPageable: false },
  'user-pager': { majorNs: 25_000, placeNs: 10_000, minorNs: 2000, missesNonPageable: false },
}

export function trapCosts({ trap, trapFault, placePage, minorFault }: Scenario['tracking']): TrapCosts {
  const own = traps[trap]
  return { majorNs: trapFault ?? own.majorNs, placeNs: placePage ?? own.placeNs, minorNs: minorFault ?? own.minorNs }
}

/** Does memory that the guest cannot page out escape this mechanism, so that it has to be sent in the downtime? */
export function missesNonPageable({ trap }: Scenario['tracking']): boolean {
  return traps[trap].missesNonPageable
}
