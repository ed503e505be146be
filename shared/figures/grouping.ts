/** Runs sorted by series and by value on the x axis, for figures that show more of a group than its mean. */

import { completedOf, countOutcomes, incompleteInWords } from '../analysis/summarise.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { Metric } from '../model/metrics.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { chooseSeries, chooseX, groupsOf, requireUnmixed, styleOf, xAxis, type XValue } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { markOf } from './marks.ts'
import type { SeriesStyle } from './palette.ts'
import { distinctValues, factorPaths, requireFactor, selectRuns, valueOf } from './selection.ts'
import type { ChartMark } from './spec.ts'
import { type AxisUnit, unitFor } from './units.ts'

export interface RunGroup {
  /** Place of its x value. */
  readonly place: number
  readonly runs: readonly RunRecord[]
  readonly mark: ChartMark
}

export interface SeriesOfRuns {
  readonly label: string
  readonly style: SeriesStyle
  readonly runs: readonly RunRecord[]
  readonly groups: readonly RunGroup[]
}

export interface Grouping {
  readonly x: string
  readonly xs: readonly XValue[]
  readonly xLabel: string
  readonly seriesPaths: readonly string[]
  readonly series: readonly SeriesOfRuns[]
  /** All runs that the recipe selects, those that did not complete among them. */
  readonly selected: readonly RunRecord[]
  readonly completed: readonly RunRecord[]
}

/** Groups over a factor; refused where a group would mix runs that differ in another factor. */
export function groupRuns(recipe: Drawing, runs: readonly RunRecord[]): Grouping {
  const selected = selectRuns(recipe, runs)
  const x = chooseX(recipe, selected)
  const seriesPaths = chooseSeries(recipe, selected, x)
  requireUnmixed(selected, [x, ...seriesPaths])
  const completed = requireCompleted(selected)
  const axis = xAxis(completed, x)
  const series = seriesOf(recipe, completed, seriesPaths).map((one) => ({
    ...one,
    groups: axis.values.flatMap(({ value }, place) => {
      const here = one.runs.filter((run) => valueOf(run, x) === value)
      return here.length === 0 ? [] : [{ place, runs: here, mark: markOf(here, [x, ...seriesPaths]) }]
    }),
  }))
  return { x, xs: axis.values, xLabel: axis.label, seriesPaths, series, selected, completed }
}

/** Series without an x axis: all completed runs that the recipe selects. */
export function seriesOfRuns(recipe: Drawing, runs: readonly RunRecord[]): Pick<Grouping, 'seriesPaths' | 'selected' | 'completed' | 'series'> {
  const selected = selectRuns(recipe, runs)
  const several = distinctValues(selected, 'suite').length > 1 && recipe.series === undefined
  const seriesPaths = several ? ['suite'] : chooseSeries(recipe, selected, '')
  const completed = requireCompleted(selected)
  return { seriesPaths, selected, completed, series: seriesOf(recipe, completed, seriesPaths).map((one) => ({ ...one, groups: [] })) }
}

/** "taken together over link.bandwidth": the factors that vary within a series, for the caption. */
export function mixedInWords(runs: readonly RunRecord[], seriesPaths: readonly string[]): string {
  const mixed = factorPaths(runs).filter((path) => !seriesPaths.includes(path) && distinctValues(runs, path).length > 1)
  return mixed.length === 0 ? '' : `, taken together over ${mixed.join(' and ')}`
}

/** The unit in which the largest of these values is short. */
export function unitOf(metric: Metric, runs: readonly RunRecord[]): AxisUnit {
  return unitFor(metric.unit, runs.reduce((most, run) => Math.max(most, Math.abs(metric.of(run))), 0))
}

function seriesOf(recipe: Drawing, completed: readonly RunRecord[], seriesPaths: readonly string[]) {
  return groupsOf(recipe, completed, seriesPaths).map(([label, group], index) => ({
    label,
    style: styleOf(recipe, index, seriesPaths.includes('backend') ? group[0]?.backend : undefined),
    runs: group,
  }))
}

function requireCompleted(selected: readonly RunRecord[]): readonly RunRecord[] {
  const completed = completedOf(selected)
  if (completed.length > 0) return completed
  throw new GodwitError('figure.no-runs', `There is nothing to draw: ${incompleteInWords(countOutcomes(selected))}`)
}

/** Both factors of a figure over two; each must be varied. */
export function requireTwoFactors(recipe: Drawing, runs: readonly RunRecord[]): { readonly x: string; readonly y: string } {
  const selected = selectRuns(recipe, runs)
  const varied = factorPaths(selected).filter((path) => distinctValues(selected, path).length > 1)
  const [first, second] = varied.filter((path) => path !== recipe.x && path !== recipe.series)
  const x = recipe.x ?? (recipe.series === undefined ? second : first)
  const y = recipe.series ?? first
  if (x === undefined || y === undefined || x === y) {
    throw new GodwitError('figure.factor', `A heat map needs two factors; name them as x and series; varied are ${varied.join(', ') || 'none'}`)
  }
  requireFactor(selected, x, 'x')
  requireFactor(selected, y, 'series')
  return { x, y }
}
