/** Predictions beside results as rows of text: a table for the terminal, the same numbers for CSV. */

import Table from 'cli-table3'
import { type AxisUnit, labelWithUnit, unitFor } from '#shared/figures/units.ts'
import { type Metric, metricOf } from '#shared/model/metrics.ts'
import type { MetricErrors, ModelSummary, PointPredictions, Prediction } from '#shared/models/comparison.ts'
import { errorInWords, shareInWords, valueInWords } from '#shared/models/in-words.ts'
import { modelNames, models } from '#shared/models/index.ts'
import { predictedMetrics } from '#shared/models/model.ts'
import type { CsvCell } from '../export/csv.ts'
import { factorsInWords, intervalInWords } from './result-tables.ts'

/** The dictionary's entries of what models predict. */
export const comparedMetrics: readonly Metric[] = predictedMetrics.flatMap((key) => metricOf(key) ?? [])

export const predictionsHeader = ['suite', 'point', 'factors', 'model', 'answer', 'reason', 'metric', 'unit', 'n', 'simulated', 'predicted', 'relativeError'] as const

/** One row for each model and metric of a point. */
export function predictionRows({ point, predictions }: PointPredictions): ReadonlyArray<readonly CsvCell[]> {
  return modelNames.flatMap((name) => {
    const { answer, errors } = predictions[name]
    return predictedMetrics.map((key): readonly CsvCell[] => {
      const simulated = point.metrics[key]
      const isTold = answer.kind === 'completes'
      return [
        point.suite, point.point, factorsInWords(point.factors), name, answer.kind, isTold ? null : answer.reason, key, metricOf(key)?.unit,
        simulated?.ok === true ? simulated.n : 0, simulated?.ok === true ? simulated.mean : null, isTold ? answer[key] : null, errors[key],
      ]
    })
  })
}

/** A row for what was simulated at each point, and one for each model beneath it. */
export function predictionsTable(points: readonly PointPredictions[]): string {
  const factors = [...new Set(points.flatMap(({ point }) => Object.keys(point.factors)))]
  const units = comparedMetrics.map((metric) => unitFor(metric.unit, largestSimulated(points, metric)))
  const table = new Table({
    head: ['point', ...factors, 'n', 'model', ...comparedMetrics.flatMap((metric, column) => [labelWithUnit(metric.label, units[column]?.name ?? ''), 'error'])],
    colAligns: ['right', ...factors.map(() => 'right' as const), 'right', 'left', ...comparedMetrics.flatMap(() => ['right' as const, 'right' as const])],
    style: { head: [], border: [], compact: true },
  })
  for (const { point, predictions } of points) {
    const values = factors.map((factor) => String(point.factors[factor] ?? ''))
    table.push([String(point.point), ...values, String(point.outcomes.completed), 'simulated', ...comparedMetrics.flatMap((metric, column) => [intervalInWords(point.metrics[metric.key], units[column] ?? plain), ''])])
    for (const name of modelNames) table.push(['', ...values.map(() => ''), '', name, ...predictionCells(predictions[name], units)])
  }
  return `${table.toString()}\n`
}

/** How far each model is from the simulator over all points: mean absolute error, and on how many points that rests. */
export function modelsTable(summaries: readonly ModelSummary[]): string {
  const table = new Table({
    head: ['model', 'known', ...comparedMetrics.map(({ label }) => label), 'points', 'says it fails', 'does not apply'],
    colAligns: ['left', 'left', ...comparedMetrics.map(() => 'right' as const), 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { model, metrics, fails, failsRightly, notApplicable } of summaries) {
    const points = Math.max(...predictedMetrics.map((key) => metrics[key].points))
    table.push([
      model,
      models[model].tag,
      ...predictedMetrics.map((key) => metricErrorsInWords(metrics[key], models[model].bound)),
      String(points),
      fails === 0 ? '0' : `${fails} (${failsRightly} did)`,
      String(notApplicable.reduce((sum, reason) => sum + reason.points, 0)),
    ])
  }
  return `${table.toString()}\n${explanation}\n${reasonsInWords(summaries)}`
}

const explanation =
  'Mean absolute error against the mean of the completed runs, and the largest; for a bound, at how many points it does not hold. Known: source = in the source documents; verified = read in the code named; recalled = widely quoted, not read in the original; lab = our own.'

const plain: AxisUnit = { name: '', factor: 1 }

function predictionCells({ answer, errors }: Prediction, units: readonly AxisUnit[]): readonly string[] {
  if (answer.kind !== 'completes') return [answer.kind === 'fails' ? 'fails' : 'does not apply', ...Array<string>(2 * predictedMetrics.length - 1).fill('')]
  return predictedMetrics.flatMap((key, column) => [valueInWords(answer[key] / (units[column] ?? plain).factor), errorInWords(errors[key])])
}

function metricErrorsInWords({ points, meanAbsolute, largest, broken }: MetricErrors, bound: 'lower' | 'upper' | null): string {
  if (meanAbsolute === null) return '-'
  if (bound === null) return `${shareInWords(meanAbsolute)} (${shareInWords(largest ?? 0)})`
  return broken === 0 ? 'holds' : `broken at ${broken} of ${points}`
}

/** Each reason once, with the models and points that it is about. */
function reasonsInWords(summaries: readonly ModelSummary[]): string {
  const byReason = new Map<string, string[]>()
  for (const { model, notApplicable } of summaries) {
    for (const { reason, points } of notApplicable) byReason.set(reason, [...(byReason.get(reason) ?? []), `${model} at ${points} ${points === 1 ? 'point' : 'points'}`])
  }
  return [...byReason].map(([reason, where]) => `Does not apply: ${reason} (${where.join(', ')}).\n`).join('')
}

function largestSimulated(points: readonly PointPredictions[], { key }: Metric): number {
  return points.reduce((largest, { point }) => {
    const interval = point.metrics[key]
    return interval?.ok === true ? Math.max(largest, interval.mean) : largest
  }, 0)
}
