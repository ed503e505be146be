/**
 * From runs to what a table or a figure says about them: per point and backend the mean of each metric with its
 * interval, and how the runs ended. Only completed runs enter a mean; the others are counted beside it.
 */

import type { Metric } from '../model/metrics.ts'
import type { Outcome, RunRecord, Scalar } from '../model/migration-stats.ts'
import { type IntervalResult, meanInterval } from './interval.ts'

export type OutcomeCounts = Readonly<Record<Outcome, number>>

export interface PointSummary {
  readonly suite: string
  readonly point: number
  readonly backend: string
  readonly factors: Readonly<Record<string, Scalar>>
  readonly runs: number
  readonly outcomes: OutcomeCounts
  /** By metric key; over completed runs. */
  readonly metrics: Readonly<Record<string, IntervalResult>>
}

export interface SummaryOptions {
  readonly metrics: readonly Metric[]
  /** Confidence of the intervals, a fraction of one. */
  readonly confidence?: number
}

/** One summary for each suite, point and backend, in the order in which they first appear. */
export function summarise(runs: readonly RunRecord[], { metrics, confidence = 0.95 }: SummaryOptions): readonly PointSummary[] {
  const groups = groupBy(runs, (run) => JSON.stringify([run.suite, run.point, run.backend]))
  return [...groups.values()].map((group) => {
    const [first] = group
    return {
      suite: first.suite,
      point: first.point,
      backend: first.backend,
      factors: first.factors,
      runs: group.length,
      outcomes: countOutcomes(group),
      metrics: Object.fromEntries(metrics.map((metric) => [metric.key, summariseMetric(group, metric, confidence)])),
    }
  })
}

/** The mean of one metric over the completed runs among these. */
export function summariseMetric(runs: readonly RunRecord[], metric: Metric, confidence = 0.95): IntervalResult {
  return meanInterval(completedOf(runs).map(metric.of), confidence)
}

export function completedOf(runs: readonly RunRecord[]): readonly RunRecord[] {
  return runs.filter((run) => run.outcome === 'completed')
}

export function countOutcomes(runs: readonly RunRecord[]): OutcomeCounts {
  const counts = { completed: 0, failed: 0, lost: 0, cancelled: 0, crashed: 0, invalid: 0 }
  for (const run of runs) counts[run.outcome] += 1
  return counts
}

/** Runs that are not in any mean, in words: "3 of 20 runs did not complete (2 failed, 1 lost)"; empty if all completed. */
export function incompleteInWords(outcomes: OutcomeCounts): string {
  const parts = Object.entries(outcomes).filter(([outcome, count]) => outcome !== 'completed' && count > 0)
  if (parts.length === 0) return ''
  const incomplete = parts.reduce((sum, [, count]) => sum + count, 0)
  const detail = parts.map(([outcome, count]) => `${count} ${outcome}`).join(', ')
  return `${incomplete} of ${incomplete + outcomes.completed} runs did not complete (${detail})`
}

type NonEmpty<Item> = readonly [Item, ...Item[]]

/** Groups in the order in which their keys first appear; no group is empty. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, NonEmpty<Item>> {
  const groups = new Map<string, [Item, ...Item[]]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
