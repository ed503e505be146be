/** The page faults of a timeline: those in a range, those that belong together, and the scale of their latencies. */

import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { formatQuantity } from '#shared/units/quantity.ts'

type WithFaults = { readonly timeline: Pick<MigrationStats['timeline'], 'faults' | 'timeMs'> }

/** One of the faults that the record kept; see FaultRecord. */
export interface DrawnFault {
  readonly timeMs: number
  readonly page: number
  readonly latencyMs: number
}

export interface FaultCluster {
  readonly fromMs: number
  readonly toMs: number
  readonly latenciesMs: readonly number[]
}

export interface LatencyScale {
  /** Powers of ten of a millisecond, whole numbers. */
  readonly lowest: number
  readonly highest: number
}

/** Faults this much nearer to each other than the whole is long belong together. */
const clusterShare = 0.02

export function faultsOf({ timeline: { faults } }: WithFaults): readonly DrawnFault[] {
  return faults === undefined ? [] : faults.timeMs.map((timeMs, index) => ({ timeMs, page: faults.page[index] ?? 0, latencyMs: faults.latencyMs[index] ?? 0 })).sort((one, other) => one.timeMs - other.timeMs)
}

export function faultsWithin(stats: WithFaults, range: { readonly fromMs: number; readonly toMs: number }): readonly DrawnFault[] {
  return faultsOf(stats).filter(({ timeMs }) => timeMs >= range.fromMs && timeMs <= range.toMs)
}

/** What the keyboard steps to instead of thousands of faults: at most 1 / `clusterShare` of them. */
export function faultClusters(stats: WithFaults): readonly FaultCluster[] {
  const faults = faultsOf(stats)
  const last = faults.at(-1)
  if (last === undefined) return []
  const gapMs = clusterShare * Math.max(last.timeMs, stats.timeline.timeMs.at(-1) ?? 0)
  const clusters: Array<{ fromMs: number; toMs: number; latenciesMs: number[] }> = []
  for (const { timeMs, latencyMs } of faults) {
    const open = clusters.at(-1)
    if (open === undefined || timeMs - open.toMs > gapMs) clusters.push({ fromMs: timeMs, toMs: timeMs, latenciesMs: [latencyMs] })
    else {
      open.toMs = timeMs
      open.latenciesMs.push(latencyMs)
    }
  }
  return clusters
}

export function latencyRange({ latenciesMs }: Pick<FaultCluster, 'latenciesMs'>): string {
  const sorted = latenciesMs.toSorted((one, other) => one - other)
  const words = (ms: number | undefined): string => formatQuantity((ms ?? 0) * 1e6, 'nanoseconds')
  return `${words(sorted[0])} to ${words(sorted.at(-1))}`
}

/** Whole decades around the latencies of what is drawn, at least one; null without faults. */
export function latencyScale(shown: ReadonlyArray<readonly DrawnFault[]>): LatencyScale | null {
  let [least, most] = [Infinity, 0]
  for (const faults of shown) {
    for (const { latencyMs } of faults) {
      if (latencyMs > 0) least = Math.min(least, latencyMs)
      most = Math.max(most, latencyMs)
    }
  }
  if (most === 0) return null
  const lowest = Math.floor(Math.log10(least) + 1e-9)
  return { lowest, highest: Math.max(lowest + 1, Math.ceil(Math.log10(most) - 1e-9)) }
}

/** Place of a latency between the bottom (0) and the top (1) of its scale. */
export function latencyShare({ lowest, highest }: LatencyScale, latencyMs: number): number {
  return Math.min(1, Math.max(0, (Math.log10(Math.max(latencyMs, 1e-9)) - lowest) / (highest - lowest)))
}
