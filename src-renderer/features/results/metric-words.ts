/** The value of a metric with its unit, as a run's page writes it. */

import { unitFor } from '#shared/figures/units.ts'
import type { Metric } from '#shared/model/metrics.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { digitsFor, fixed } from './result-columns.ts'

export function metricParts(metric: Metric, run: MigrationStats): { readonly text: string; readonly unit: string } {
  const value = metric.of(run)
  const { name, factor } = unitFor(metric.unit, value)
  return { text: fixed(value / factor, digitsFor(value / factor, metric.unit === '' || name === 'B')), unit: name }
}

export function metricWords(metric: Metric, run: MigrationStats): string {
  const { text, unit } = metricParts(metric, run)
  return unit === '' ? text : `${text} ${unit}`
}
