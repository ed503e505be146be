/** Results as rows of text: a table for the terminal, the same numbers for CSV and JSON. */

import Table from 'cli-table3'
import type { IntervalResult } from '#shared/analysis/interval.ts'
import { incompleteInWords, type PointSummary } from '#shared/analysis/summarise.ts'
import { type AxisUnit, labelWithUnit, unitFor } from '#shared/figures/units.ts'
import { type Metric, metrics as allMetrics } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import type { CsvCell } from '../export/csv.ts'

export const pointsHeader = ['suite', 'point', 'factors', 'backend', 'metric', 'unit', 'n', 'mean', 'low', 'high', 'halfWidth', 'standardDeviation'] as const

/** One row for each metric of a point. */
export function pointRows(summary: PointSummary, metrics: readonly Metric[]): ReadonlyArray<readonly CsvCell[]> {
  const { suite, point, factors, backend } = summary
  return metrics.map(({ key, unit }) => {
    const interval = summary.metrics[key]
    const numbers = interval?.ok === true ? [interval.n, interval.mean, interval.low, interval.high, interval.halfWidth, interval.standardDeviation] : [0]
    return [suite, point, factorsInWords(factors), backend, key, unit, ...numbers, ...Array<null>(6 - numbers.length).fill(null)]
  })
}

export function pointsTable(summaries: readonly PointSummary[], metrics: readonly Metric[]): string {
  const factors = [...new Set(summaries.flatMap((summary) => Object.keys(summary.factors)))]
  const backends = new Set(summaries.map(({ backend }) => backend))
  const units = new Map(metrics.map((metric) => [metric.key, unitFor(metric.unit, largestMean(summaries, metric))]))
  const unitOf = ({ key }: Metric): AxisUnit => units.get(key) ?? { name: '', factor: 1 }
  const notes = summaries.map(({ outcomes }) => incompleteInWords(outcomes))
  const hasNotes = notes.some((note) => note !== '')
  const table = new Table({
    head: ['point', ...factors, ...(backends.size > 1 ? ['backend'] : []), 'n', ...metrics.map((metric) => labelWithUnit(metric.label, unitOf(metric).name)), ...(hasNotes ? ['not completed'] : [])],
    colAligns: ['right', ...factors.map(() => 'right' as const), ...(backends.size > 1 ? ['left' as const] : []), 'right', ...metrics.map(() => 'right' as const), ...(hasNotes ? ['left' as const] : [])],
    style: { head: [], border: [], compact: true },
  })
  summaries.forEach((summary, row) => {
    table.push([
      String(summary.point),
      ...factors.map((factor) => String(summary.factors[factor] ?? '')),
      ...(backends.size > 1 ? [summary.backend] : []),
      String(summary.outcomes.completed),
      ...metrics.map((metric) => intervalInWords(summary.metrics[metric.key], unitOf(metric))),
      ...(hasNotes ? [notes[row] ?? ''] : []),
    ])
  })
  return `${table.toString()}\nMean and 95 % Student-t interval over the n completed runs of each point.\n`
}

export function runsHeader(factors: readonly string[]): readonly string[] {
  return ['runId', 'suite', 'point', ...factors, 'repetition', 'seed', 'backend', 'outcome', 'reason', 'stopRule', ...allMetrics.map(({ key }) => key), 'fingerprint', ...provenanceKeys]
}

export function runRow(run: RunRecord, factors: readonly string[]): readonly CsvCell[] {
  return [
    run.runId,
    run.suite,
    run.point,
    ...factors.map((factor) => run.factors[factor]),
    run.repetition,
    run.seed,
    run.backend,
    run.outcome,
    run.reason?.message,
    run.stopRule,
    ...allMetrics.map((metric) => metric.of(run)),
    run.fingerprint,
    ...provenanceKeys.map((key) => run.provenance[key]),
  ]
}

export function runsTable(runs: readonly RunRecord[], metrics: readonly Metric[]): string {
  const units = metrics.map((metric) => unitFor(metric.unit, Math.max(0, ...runs.map(metric.of))))
  const table = new Table({
    head: ['run', 'point', 'repetition', 'seed', 'backend', 'outcome', ...metrics.map((metric, column) => labelWithUnit(metric.label, units[column]?.name ?? '')), 'reason'],
    style: { head: [], border: [], compact: true },
  })
  for (const run of runs) {
    const numbers = metrics.map((metric, column) => formatNumber(metric.of(run) / (units[column]?.factor ?? 1)))
    table.push([run.runId.slice(0, 12), String(run.point), String(run.repetition), String(run.seed), run.backend, run.outcome, ...numbers, run.reason?.message ?? ''])
  }
  return `${table.toString()}\n`
}

/** A run as `--json` prints it: all but the sampled series, which are many times the rest. */
export function runJson(run: RunRecord, { timelines = false }: { readonly timelines?: boolean } = {}): string {
  if (timelines) return JSON.stringify(run)
  return JSON.stringify({ ...run, timeline: undefined, wws: undefined })
}

const provenanceKeys = ['scenarioHash', 'programVersion', 'modelVersion', 'node', 'os', 'host', 'backendVersion', 'startedAt', 'wallMs'] as const

export function factorsInWords(factors: PointSummary['factors']): string {
  return Object.entries(factors)
    .map(([field, value]) => `${field} = ${String(value)}`)
    .join('; ')
}

function largestMean(summaries: readonly PointSummary[], { key }: Metric): number {
  const means = summaries.map(({ metrics }) => metrics[key]).map((interval) => (interval?.ok === true ? interval.mean : 0))
  return means.reduce((largest, mean) => Math.max(largest, Math.abs(mean)), 0)
}

export function intervalInWords(interval: IntervalResult | undefined, { factor }: AxisUnit): string {
  if (interval === undefined || !interval.ok) return '-'
  const mean = formatNumber(interval.mean / factor)
  return interval.halfWidth === null ? mean : `${mean} ± ${spread(interval.halfWidth / factor, interval.mean / factor)}`
}

/** A half-width in two digits; what is no more than rounding of the mean is zero. */
export function spread(halfWidth: number, mean: number): string {
  return formatNumber(halfWidth <= Math.abs(mean) * 1e-9 ? 0 : Number(halfWidth.toPrecision(2)))
}
