/** How the metrics of two runs differ. */

import { unitFor } from '#shared/figures/units.ts'
import { type Metric, metrics } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { digitsFor, fixed } from './result-columns.ts'

export interface MetricDifference {
  readonly metric: Metric
  readonly unit: string
  readonly one: string
  readonly other: string
  /** Of the other against this one, with its sign. */
  readonly change: string
  readonly judgement: 'better' | 'worse' | 'neither'
}

/** The metrics that differ, in the order of the dictionary; all numbers in one unit each. */
export function metricDifferences(one: RunRecord, other: RunRecord): readonly MetricDifference[] {
  return metrics.flatMap((metric) => {
    const [a, b] = [metric.of(one), metric.of(other)]
    if (a === b) return []
    const largest = Math.max(Math.abs(a), Math.abs(b))
    const { name, factor } = unitFor(metric.unit, largest)
    const digits = digitsFor(largest / factor, name === '' || name === 'B' || name === 'pages')
    const judgement = metric.better === 'neither' ? 'neither' : b < a === (metric.better === 'lower') ? 'better' : 'worse'
    return [{ metric, unit: name, one: fixed(a / factor, digits), other: fixed(b / factor, digits), change: changeInWords(a, b), judgement }]
  })
}

export function changeInWords(from: number, to: number): string {
  if (from === 0) return to === 0 ? 'none' : 'from none'
  const percent = ((to - from) / Math.abs(from)) * 100
  const digits = Math.abs(percent) >= 100 ? 0 : Math.abs(percent) >= 1 ? 1 : 2
  return `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${fixed(Math.abs(percent), digits)} %`
}
