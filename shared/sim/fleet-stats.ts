/**
 * The record of several guests as one. `totalMs` is the time from the start of the first migration to the end of the
 * last, `downtimeMs` with its parts that of the guest that stood still longest. Counts, bytes and lost work are sums;
 * set-up time, fault percentiles and throttle the largest of any guest; a mean over events is weighted by their number.
 * Rows, timeline and writable working set are those of the first guest. The whole is lost if a guest is lost, failed if
 * one failed, and names the first of them; the others are in `guests`.
 */

import type { GuestRecord, MigrationStats } from '../model/migration-stats.ts'
import { Fingerprint } from './kernel/fingerprint.ts'

export interface GuestStats {
  readonly guest: number
  readonly host: number
  readonly startNs: number
  readonly stats: MigrationStats
}

/** Numbers of which a sum would say nothing. */
const largest = ['setupMs', 'faultP50Ms', 'faultP95Ms', 'faultP99Ms', 'faultMaxMs', 'cpuThrottlePercent', 'faultsHit'] as const satisfies ReadonlyArray<keyof MigrationStats>

/** `totalNs`: from the start of the first migration to the end of the last. */
export function fleetStats(guests: readonly GuestStats[], totalNs: number): MigrationStats {
  const ordered = [...guests].sort((a, b) => a.guest - b.guest)
  const all = ordered.map(({ stats }) => stats)
  const first = all[0]
  if (first === undefined) throw new RangeError('a fleet without guests has no record')
  if (all.length === 1) return first
  const whole = summed(first, all)
  for (const key of largest) whole[key] = Math.max(...all.map((stats) => stats[key]))
  const longest = all.reduce((before, stats) => (stats.downtimeMs > before.downtimeMs ? stats : before))
  const totalMs = totalNs / 1e6
  return {
    ...whole,
    ...ending(all),
    pageBytes: first.pageBytes,
    totalMs,
    downtimeMs: longest.downtimeMs,
    downtimeParts: longest.downtimeParts,
    throughputBitsPerSecond: totalMs === 0 ? 0 : (whole.transferredBytes * 8e3) / totalMs,
    guestTrafficBitsPerSecond: whole.guestTrafficBitsPerSecond / all.length,
    faultMeanMs: whole.majorFaults === 0 ? 0 : all.reduce((sum, stats) => sum + stats.faultMeanMs * stats.majorFaults, 0) / whole.majorFaults,
    guests: ordered.map(recordOf),
    fingerprint: fingerprintOf(ordered),
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** The first record with every number, and every number in a part of it, summed over all. */
function summed(first: MigrationStats, all: readonly MigrationStats[]): Writable<MigrationStats> {
  const sumOf = (value: unknown, path: (stats: MigrationStats) => unknown): unknown => {
    if (typeof value === 'number') return all.reduce((sum, stats) => sum + Number(path(stats)), 0)
    if (!isPart(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sumOf(inner, (stats) => (path(stats) as typeof value)[key])]))
  }
  return sumOf(first, (stats) => stats) as Writable<MigrationStats>
}

/** A part of a record that holds numbers, not series. */
function isPart(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).some((inner) => typeof inner === 'number')
}

function ending(all: readonly MigrationStats[]): Pick<MigrationStats, 'outcome' | 'reason'> {
  const left = all.filter(({ outcome }) => outcome !== 'completed')
  const named = left.find(({ outcome }) => outcome === 'lost') ?? left[0]
  if (named === undefined) return { outcome: 'completed', reason: null }
  const { code = 'failed', message = '' } = named.reason ?? {}
  return { outcome: named.outcome, reason: { code, message: `${left.length} of ${all.length} guests did not arrive; guest ${all.indexOf(named)}: ${message}` } }
}

function recordOf({ guest, host, startNs, stats }: GuestStats): GuestRecord {
  const { outcome, reason, totalMs, downtimeMs, transferredBytes } = stats
  return { guest, host, outcome, reason: reason?.code ?? null, startMs: startNs / 1e6, totalMs, downtimeMs, transferredBytes }
}

function fingerprintOf(guests: readonly GuestStats[]): string {
  const fingerprint = new Fingerprint()
  for (const { startNs, stats } of guests) {
    fingerprint.add(startNs)
    fingerprint.addText(stats.fingerprint)
  }
  return fingerprint.toString()
}
