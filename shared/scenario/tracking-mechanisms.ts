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

export function trackingCosts(tracking: Scenario['tracking']): TrackingCosts {
  const own = mechanisms[tracking.mechanism]
  return {
    writeFaultNs: tracking.writeFault ?? own.writeFaultNs,
    cleanPerPageNs: tracking.cleanPerPage ?? own.cleanPerPageNs,
    scanPerPageNs: tracking.scanPerPage ?? own.scanPerPageNs,
  }
}
