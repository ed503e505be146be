/** Simulated beside measured as text for the terminal: how far the simulation is off, metric by metric and point by point. */

import Table from 'cli-table3'
import type { Fidelity, MetricFidelity, PointError, PointFidelity } from '#shared/analysis/fidelity.ts'
import { type AxisUnit, labelWithUnit, unitFor } from '#shared/figures/units.ts'
import { type Metric, metricOf } from '#shared/model/metrics.ts'
import { errorInWords, shareInWords } from '#shared/models/in-words.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import { factorsInWords, intervalInWords } from './result-tables.ts'

const style = { head: [], border: [], compact: true }

/** One row a metric. */
export function metricsTable({ metrics }: Fidelity): string {
  const notes = metrics.map(noteOf)
  const hasNotes = notes.some((note) => note !== '')
  const table = new Table({
    head: ['metric', 'n', 'median error', 'mean error', 'bias', 'worst point', ...(hasNotes ? ['left out'] : [])],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left', ...(hasNotes ? ['left' as const] : [])],
    style,
  })
  metrics.forEach(({ metric, points, medianError, meanError, bias, worst }, row) => {
    table.push([
      metricOf(metric)?.label ?? metric,
      String(points),
      medianError === null ? '-' : shareInWords(medianError),
      meanError.ok ? `${shareInWords(meanError.mean)}${halfWidth(meanError.halfWidth)}` : '-',
      bias.ok ? `${errorInWords(bias.mean)}${halfWidth(bias.halfWidth)}` : '-',
      worst === null ? '-' : `${errorInWords(worst.relative)} at point ${worst.point}${inBrackets(factorsInWords(worst.factors))}`,
      ...(hasNotes ? [notes[row] ?? ''] : []),
    ])
  })
  return `${table.toString()}\n`
}

export const explanation =
  'Errors of the simulation, (simulated - measured) / measured, of the means over the pairs of each of the n points; median and mean are of their sizes, the bias keeps their signs. Intervals: 95 % Student t.\n'

/** A table for each metric with a row for each point. */
export function pointTables({ points, metrics }: Fidelity): string {
  return metrics.flatMap(({ metric }) => metricOf(metric) ?? []).map((metric) => `\n${metric.label}\n${pointsTable(points, metric)}`).join('')
}

function pointsTable(points: readonly PointFidelity[], metric: Metric): string {
  const errors = points.flatMap(({ errors: { [metric.key]: error } }) => error ?? [])
  const unit = unitFor(metric.unit, Math.max(0, ...errors.flatMap(({ simulated, measured }) => [simulated.mean, measured.mean])))
  const factors = [...new Set(points.flatMap((point) => Object.keys(point.factors)))]
  const table = new Table({
    head: ['point', ...factors, 'pairs', ...['measured', 'simulated', 'difference'].map((what) => labelWithUnit(what, unit.name)), 'error'],
    colAligns: ['right', ...factors.map(() => 'right' as const), 'right', 'right', 'right', 'right', 'right'],
    style,
  })
  for (const { point, factors: values, pairs, errors: { [metric.key]: error } } of points) {
    if (error !== undefined) table.push([String(point), ...factors.map((factor) => String(values[factor] ?? '')), String(pairs.length), ...errorCells(error, unit)])
  }
  return `${table.toString()}\n`
}

function errorCells({ simulated, measured, difference, relative }: PointError, unit: AxisUnit): readonly string[] {
  const signed = intervalInWords(difference, unit)
  return [intervalInWords(measured, unit), intervalInWords(simulated, unit), difference.mean > 0 ? `+${signed}` : signed, errorInWords(relative?.mean ?? null)]
}

/** What no error was taken of, a line each. */
export function leftOutInWords({ measured, missing, disagreements, unpaired }: Fidelity): string {
  return [
    ...missing.map(({ point, factors, reason }) => `Missing: point ${point}${inBrackets(factorsInWords(factors))}: ${reason}.`),
    ...disagreements.map(({ point, factors, repetition, simulated, measured: other }) => `Disagreement: point ${point}${inBrackets(factorsInWords(factors))}, repetition ${repetition}: simulated ${ended(simulated)}, ${measured} ${ended(other)}.`),
    ...(unpaired === 0 ? [] : [`${unpaired} ${unpaired === 1 ? 'run is' : 'runs are'} in no pair: not made on both sides, or not completed on both.`]),
  ].map((line) => `${line}\n`).join('')
}

function ended({ outcome, reason }: { readonly outcome: string; readonly reason: string }): string {
  return reason === '' ? outcome : `${outcome} (${reason})`
}

function noteOf({ bothZero, onlySimulated }: MetricFidelity): string {
  return [
    ...(bothZero === 0 ? [] : [`both zero at ${pointsInWords(bothZero)}`]),
    ...(onlySimulated === 0 ? [] : [`measured zero, simulated not at ${pointsInWords(onlySimulated)}`]),
  ].join('; ')
}

function pointsInWords(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? 'point' : 'points'}`
}

function halfWidth(value: number | null): string {
  return value === null ? '' : ` ± ${shareInWords(value)}`
}

function inBrackets(words: string): string {
  return words === '' ? '' : ` (${words})`
}
