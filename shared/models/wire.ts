/**
 * What all models share: how many bytes a set of pages is on the wire, how long they take, and the fixed times around
 * the copies. The papers call these the link speed and the overhead; here they come from the scenario, term by term
 * (lab), so that models differ in what they say of dirtying and in nothing else.
 */

import { maxMinShares } from '../sim/network/link.ts'
import type { Rate } from '../migration/policies/rate-control.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { trackingCosts } from '../scenario/tracking-mechanisms.ts'

/** Bytes of a page of zeros sent as a marker: an eight-byte header and one byte (QEMU migration/ram.c, verified). */
const zeroMarkerBytes = 9

export interface CopyOptions {
  /** Limit on the rate of page data in bits per second; null: none. */
  readonly rate: Rate
  /** Does the guest run, and use the link too? */
  readonly guestRuns: boolean
  /** Pages among them that are known to be zero. */
  readonly zeroPages?: number
  /** Bytes that the rate limiter lets pass before it begins to count. */
  readonly freeBytes?: number
}

/** Size and time of a copy; pages may be a fraction, being a mean. */
export interface Copy {
  readonly bytes: number
  readonly ns: number
}

export function guestPages({ guest }: Scenario): number {
  return guest.memory / guest.pageSize
}

export function copyPages(scenario: Scenario, pages: number, options: CopyOptions): Copy {
  const { guest, link, strategy, optimisations } = scenario
  const zeroPages = optimisations.zeroPages !== 'off' ? (options.zeroPages ?? 0) : 0
  const batches = Math.ceil(pages / strategy.batch)
  const content = (pages - zeroPages) * guest.pageSize + zeroPages * zeroMarkerBytes
  const bytes = content + pages * link.perPage + batches * link.perBatch
  return { bytes, ns: batches * link.batchTime + wireNs(scenario, bytes, options) }
}

/** Processor and device state. */
export function copyState(scenario: Scenario, options: CopyOptions): Copy {
  const bytes = scenario.guest.deviceState
  return { bytes, ns: wireNs(scenario, bytes, options) }
}

function wireNs({ link, guest }: Scenario, bytes: number, { rate, guestRuns, freeBytes = 0 }: CopyOptions): number {
  const [, , share = 0] = maxMinShares(link.bandwidth, [link.background, guestRuns ? guest.traffic : 0, Infinity])
  const limitedNs = rate === null ? 0 : (Math.max(0, bytes - freeBytes) * 8e9) / rate
  return Math.max((bytes * 8e9) / share, limitedNs)
}

/** Pages outside the working sets that hold only zeros, in the mean. */
export function expectedZeroPages(scenario: Scenario): number {
  return scenario.guest.zeroPages * (guestPages(scenario) - workingSetPages(scenario))
}

/** Pages that some process writes, as far as working sets do not overlap. */
export function workingSetPages(scenario: Scenario): number {
  const { guest } = scenario
  const pages = writers(scenario).reduce((sum, { workingSet }) => sum + Math.floor(workingSet / guest.pageSize), 0)
  return Math.min(guestPages(scenario), pages)
}

/** Writes of all processes together in pages a second, undisturbed; the same page counts as often as it is written. */
export function writesPerSecond(scenario: Scenario): number {
  return writers(scenario).reduce((sum, { writes }) => sum + writes, 0)
}

function writers({ workload }: Scenario) {
  return [workload, ...workload.processes].filter(({ kind, writes }) => kind === 'trace' || (kind !== 'idle' && writes > 0))
}

/** Request and answer of the reservation. */
export function setupNs({ link }: Scenario): number {
  return 2 * link.latency
}

/** Reading the dirty log once. */
export function logReadNs(scenario: Scenario, dirtyPages: number): number {
  const { scanPerPageNs, cleanPerPageNs } = trackingCosts(scenario.tracking)
  return scenario.tracking.readCost + scanPerPageNs * guestPages(scenario) + cleanPerPageNs * dirtyPages
}

/**
 * Downtime beside the copies: stopping the guest, reading the log (which finds so many pages dirtied since it was read
 * last), three messages of commitment, starting the guest.
 */
export function fixedDowntimeNs(scenario: Scenario, dirtyPages = 0): number {
  const { guest, link } = scenario
  return guest.suspendTime + logReadNs(scenario, dirtyPages) + 3 * link.latency + guest.resumeTime
}

/** From the resumption until the announcement of the guest's address has arrived. */
export function announcementNs({ link }: Scenario): number {
  return link.latency
}
