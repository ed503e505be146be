/**
 * Tells when a suite has repetitions enough: when the 95 % interval of the mean of a metric is as narrow as asked for at
 * every point and backend. Excluded runs and runs that did not complete do not count, as in every mean.
 */

import { meanInterval } from '#shared/analysis/interval.ts'
import { emptyStats } from '#shared/model/empty-stats.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { metricOf, metrics } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { RunRow, StopWhenNarrow } from '#shared/rpc/app-contract.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'

/** Two values may be equal by chance; from three on an interval says something. */
const leastRepetitions = 3

export interface NarrownessWatch {
  /** Takes a run in; true once all is narrow enough. */
  readonly add: (run: RunRecord | RunRow) => boolean
  readonly isNarrow: () => boolean
}

export function watchNarrowness(plan: SuitePlan, { metric: key, relativeHalfWidth }: StopWhenNarrow): NarrownessWatch {
  const metric = requireMetric(key)
  const values = new Map(plan.runs.map(({ point, backend }) => [groupOf(point.index, backend), [] as number[]]))
  const wide = new Set(values.keys())
  return {
    add: (run) => {
      const group = groupOf(run.point, run.backend)
      const known = values.get(group)
      if (known === undefined || run.outcome !== 'completed' || ('exclusion' in run && run.exclusion !== null)) return wide.size === 0
      // A metric never reads the rows and series that a row lacks.
      known.push(metric.of({ ...emptyStats, ...run }))
      if (isNarrow(known, relativeHalfWidth)) wide.delete(group)
      else wide.add(group)
      return wide.size === 0
    },
    isNarrow: () => wide.size === 0,
  }
}

export function requireMetric(key: string) {
  const metric = metricOf(key)
  if (metric !== undefined) return metric
  throw new GodwitError('queue.metric', `"${key}" is not a metric; there are ${metrics.map((known) => known.key).join(', ')}`)
}

function isNarrow(values: readonly number[], relativeHalfWidth: number): boolean {
  if (values.length < leastRepetitions) return false
  const interval = meanInterval(values)
  return interval.ok && interval.halfWidth !== null && interval.halfWidth <= relativeHalfWidth * Math.abs(interval.mean)
}

function groupOf(point: number, backend: string): string {
  return `${point} ${backend}`
}
