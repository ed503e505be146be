/** What bars and lines have in common: runs grouped by factor and series, with the mean of each group. */

import { completedOf, countOutcomes, groupBy, incompleteInWords } from '../analysis/summarise.ts'
import { type IntervalResult, meanInterval } from '../analysis/interval.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { Metric } from '../model/metrics.ts'
import type { RunRecord, Scalar } from '../model/migration-stats.ts'
import { lookUpField } from '../scenario/field-index.ts'
import { type Dimension, parseQuantity } from '../units/quantity.ts'
import { type Differences, differencesFrom } from './baseline.ts'
import { type Drawing, stylesOf } from './drawing.ts'
import { markOf } from './marks.ts'
import { backendMarks, type SeriesStyle, seriesStyles } from './palette.ts'
import type { Recipe } from './recipe.ts'
import { distinctValues, factorPaths, type Grouped, metricFor, requireFactor, requireOneSuite, selectRuns, valueOf } from './selection.ts'
import type { ChartMark, ChartSpec } from './spec.ts'
import { type AxisUnit, labelWithUnit, unitFor, unitForFactor } from './units.ts'

export interface Cell {
  /** Place of its x value in `Comparison.xs`. */
  readonly place: number
  /** In the unit of the y axis. */
  readonly interval: IntervalResult & { readonly ok: true }
  readonly values: readonly number[]
  readonly mark: ChartMark
  /** Cells of the data beside those of the mean. */
  readonly differences: readonly Scalar[]
}

export interface Series {
  readonly label: string
  readonly style: SeriesStyle
  readonly cells: readonly Cell[]
}

export interface XValue {
  readonly label: string
  /** In the unit of the x axis; undefined where the factor is not a number. */
  readonly position: number | undefined
}

export interface Comparison {
  readonly metric: Metric
  readonly unit: AxisUnit
  readonly xs: readonly XValue[]
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly Series[]
  /** What the names of the series are values of; empty for one series. */
  readonly seriesTitle: string
  /** Short text for inside the figure: n and interval. */
  readonly note: string
  readonly table: ChartSpec['table']
  readonly caption: string
}

/** Single runs are shown beside their mean up to this many. */
export const mostSinglePoints = 20

export function compare(recipe: Drawing, runs: readonly RunRecord[]): Comparison {
  const metric = metricFor(recipe)
  const selected = selectRuns(recipe, runs)
  const x = chooseX(recipe, selected)
  const seriesPaths = chooseSeries(recipe, selected, x)
  requireUnmixed(selected, [x, ...seriesPaths])
  const completed = completedOf(selected)
  if (completed.length === 0) {
    throw new GodwitError('figure.no-runs', `There is no mean to draw: ${incompleteInWords(countOutcomes(selected))}`)
  }

  const xs = xAxis(completed, x)
  const groups = groupsOf(recipe, completed, seriesPaths)
  const means = groups.flatMap(([, group]) => [...groupBy(group, (run) => String(valueOf(run, x))).values()].map((cell) => meanInterval(cell.map(metric.of))))
  const unit = unitFor(metric.unit, Math.max(...means.map((mean) => (mean.ok ? Math.abs(mean.mean) : 0))))
  const differences = differencesFrom(recipe, { completed, x, metric, unit })
  const series = groups.map(([label, group], index): Series => ({
    label,
    style: styleOf(recipe, index, seriesPaths.includes('backend') ? group[0]?.backend : undefined),
    cells: xs.values.flatMap(({ value }, place) => cellOf(group.filter((run) => valueOf(run, x) === value), { place, metric, unit, confidence: recipe.confidence, paths: [x, ...seriesPaths], differences })),
  }))
  const words = sampleWords(series, recipe.confidence)
  return {
    metric,
    unit,
    xs: xs.values,
    xLabel: recipe.xLabel ?? xs.label,
    yLabel: recipe.yLabel ?? labelWithUnit(metric.label, unit.name),
    series,
    seriesTitle: titleOfSeries(seriesPaths),
    note: words,
    table: tableOf(xs, { x, seriesPaths }, series, { metric, unit, confidence: recipe.confidence, differences }),
    caption: captionOf({ metric, unit, xLabel: xs.label, seriesPaths, words: `${words}${studentT(words)}${recipe.baseline === undefined ? '' : `; differences from ${recipe.baseline} are paired by seed`}`, selected }),
  }
}

export function chooseX(recipe: Recipe, runs: readonly RunRecord[]): string {
  if (recipe.x !== undefined) {
    requireFactor(runs, recipe.x, 'x')
    return recipe.x
  }
  const varied = factorPaths(runs).filter((path) => path !== recipe.series && distinctValues(runs, path).length > 1)
  if (varied.length === 1 && varied[0] !== undefined) return varied[0]
  if (varied.length > 1) throw new GodwitError('figure.factor', `x is not given, and several factors are varied: ${varied.join(', ')}; name one of them as x`)
  return distinctValues(runs, 'suite').length > 1 && recipe.series !== 'suite' ? 'suite' : 'backend'
}

/** The factor asked for, and the backend besides where there are several. */
export function chooseSeries(recipe: Recipe, runs: readonly RunRecord[], x: string): readonly string[] {
  if (recipe.series !== undefined) requireFactor(runs, recipe.series, 'series')
  const paths = recipe.series === undefined ? [] : [recipe.series]
  const severalBackends = distinctValues(runs, 'backend').length > 1
  return severalBackends && x !== 'backend' && recipe.series !== 'backend' ? [...paths, 'backend'] : paths
}

/** A mean over runs that differ in something the figure does not show would be a mean of nothing. */
export function requireUnmixed(runs: readonly RunRecord[], shown: readonly string[]): void {
  if (!shown.includes('suite')) requireOneSuite(runs)
  const groups = groupBy(runs, (run) => JSON.stringify(shown.map((path) => valueOf(run, path))))
  for (const path of factorPaths(runs)) {
    if (shown.includes(path)) continue
    const mixed = [...groups.values()].find((group) => distinctValues(group, path).length > 1)
    if (mixed === undefined) continue
    throw new GodwitError('figure.mixed', `"${path}" varies as well (${distinctValues(mixed, path).map(String).join(', ')}), so a mean would mix its values; use it as series, or choose one value by "where"`)
  }
}

/** The runs of each series with its name, in the order asked for. */
export function groupsOf<Run extends Grouped>(recipe: Drawing, runs: readonly Run[], seriesPaths: readonly string[]): ReadonlyArray<readonly [label: string, runs: readonly Run[]]> {
  const ordered = recipe.order === 'suite' ? runs : inOrderOf(runs, seriesPaths)
  const groups = [...groupBy(ordered, (run) => seriesPaths.map((path) => String(valueOf(run, path))).join(', ')).entries()]
  if (groups.length > seriesStyles.length) {
    throw new GodwitError('figure.series', `${groups.length} series are more than a reader can tell apart; at most ${seriesStyles.length} are drawn: narrow them by "where"`)
  }
  return recipe.order === 'falling' ? groups.reverse() : groups
}

/** Runs so that series come in rising order of a numeric factor, and otherwise in the order of the suite. */
export function inOrderOf<Run extends Grouped>(runs: readonly Run[], paths: readonly string[]): readonly Run[] {
  const [path] = paths
  const dimension = path === undefined ? undefined : dimensionOf(path)
  if (path === undefined || dimension === undefined) return runs
  const rank = (run: Run): number => numberOf(valueOf(run, path), dimension) ?? Number.POSITIVE_INFINITY
  return runs.toSorted((one, other) => (rank(one) === rank(other) ? 0 : rank(one) - rank(other)))
}

export interface XAxisValues {
  readonly values: ReadonlyArray<XValue & { readonly value: Scalar }>
  readonly label: string
}

export function xAxis(runs: readonly RunRecord[], path: string): XAxisValues {
  const values = distinctValues(runs, path)
  const dimension = dimensionOf(path)
  const numbers = values.map((value) => numberOf(value, dimension))
  const name = nameOfPath(path)
  const known = numbers.filter((number) => number !== undefined)
  if (dimension === undefined || known.length !== values.length) {
    return { values: values.map((value, index) => ({ value, label: shortNames(values)[index] ?? '', position: undefined })), label: name }
  }
  const unit = unitForFactor(dimension, known)
  const placed = values.map((value, index) => {
    const position = Number(((known[index] ?? 0) / unit.factor).toPrecision(12))
    return { value, position, label: String(Number(position.toPrecision(4))) }
  })
  return { values: placed.toSorted((one, other) => one.position - other.position), label: labelWithUnit(name, unit.name) }
}

/** Names for an axis; what all have before a slash, such as the publication of presets, is left out. */
function shortNames(values: readonly Scalar[]): readonly string[] {
  const names = values.map((value) => (value === null ? 'none' : String(value)))
  const groups = new Set(names.map((name) => name.slice(0, name.lastIndexOf('/') + 1)))
  const [common = ''] = groups
  return groups.size === 1 ? names.map((name) => name.slice(common.length)) : names
}

function dimensionOf(path: string): Dimension | 'count' | undefined {
  const found = lookUpField(path)
  return found.ok ? found.field.meta.dimension : undefined
}

function numberOf(value: Scalar, dimension: Dimension | 'count' | undefined): number | undefined {
  if (dimension === undefined || value === null || typeof value === 'boolean') return undefined
  if (dimension === 'count') return Number.isFinite(Number(value)) ? Number(value) : undefined
  const parsed = parseQuantity(value, dimension)
  return parsed.ok ? parsed.value : undefined
}

/** "workload.workingSet" becomes "Workload working set". */
export function nameOfPath(path: string): string {
  const words = path.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[.]+/g, ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

interface CellContext {
  readonly place: number
  readonly metric: Metric
  readonly unit: AxisUnit
  readonly confidence: number
  readonly paths: readonly string[]
  readonly differences: Differences
}

function cellOf(runs: readonly RunRecord[], { place, metric, unit, confidence, paths, differences }: CellContext): readonly Cell[] {
  const values = runs.map((run) => metric.of(run) / unit.factor)
  const interval = meanInterval(values, confidence)
  return interval.ok ? [{ place, values, interval, mark: markOf(runs, paths), differences: differences.of(runs) }] : []
}

/** Backends keep their marks wherever they are drawn. */
export function styleOf(recipe: Drawing, index: number, backend: string | undefined): SeriesStyle {
  const style = stylesOf(recipe)[index]
  if (style === undefined) throw new RangeError(`There is no style for series ${index}`)
  return { ...style, ...(backend === undefined ? {} : backendMarks[backend]) }
}

function sampleWords(series: readonly Series[], confidence: number): string {
  return meanWords(series.flatMap((one) => one.cells.map((cell) => cell.values.length)), confidence)
}

/** "mean, n = 10, 95 % interval". */
export function meanWords(counts: readonly number[], confidence: number): string {
  const least = Math.min(...counts)
  const most = Math.max(...counts)
  const n = least === most ? `n = ${least}` : `n = ${least} to ${most}`
  return most === 1 ? `${n}, no interval` : `mean, ${n}, ${percent(confidence)} interval`
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}

interface TablePaths {
  readonly x: string
  readonly seriesPaths: readonly string[]
}

function tableOf(xs: XAxisValues, { x, seriesPaths }: TablePaths, series: readonly Series[], { metric, unit, confidence, differences }: Omit<CellContext, 'place' | 'paths'>): ChartSpec['table'] {
  const column = (what: string): string => labelWithUnit(`${metric.key} ${what}`, unit.name)
  const ends = percent(confidence)
  return {
    columns: [x, ...(seriesPaths.length === 0 ? [] : [seriesPaths.join(', ')]), 'n', column('mean'), column(`${ends} low`), column(`${ends} high`), column('standard deviation'), ...differences.columns],
    rows: series.flatMap((one) =>
      one.cells.map(({ place, interval, differences: own }) => [
        xs.values[place]?.value ?? null,
        ...(seriesPaths.length === 0 ? [] : [one.label]),
        interval.n,
        interval.mean,
        interval.low,
        interval.high,
        interval.standardDeviation,
        ...own,
      ]),
    ),
  }
}

interface CaptionParts {
  readonly metric: Metric
  readonly unit: AxisUnit
  readonly xLabel: string
  readonly seriesPaths: readonly string[]
  readonly words: string
  readonly selected: readonly RunRecord[]
}

function captionOf({ metric, unit, xLabel, seriesPaths, words, selected }: CaptionParts): string {
  return `${labelWithUnit(metric.label, unit.name)} over ${xLabel.charAt(0).toLowerCase()}${xLabel.slice(1)}${bySeries(seriesPaths)}: ${words}${leftOut(selected)}.`
}

function studentT(words: string): string {
  return words.includes('interval') && !words.includes('no interval') ? ' (Student t)' : ''
}

/** "; 2 of 24 runs did not complete (2 failed) and are left out", or nothing. */
export function leftOut(selected: readonly RunRecord[]): string {
  const incomplete = incompleteInWords(countOutcomes(selected))
  return incomplete === '' ? '' : `; ${incomplete} and are left out`
}

/** "Link bandwidth, backend", to stand above the names of series. */
export function titleOfSeries(seriesPaths: readonly string[]): string {
  const [first, ...rest] = seriesPaths.map(nameOfPath)
  return first === undefined ? '' : [first, ...rest.map((name) => name.toLowerCase())].join(', ')
}

/** ", by link bandwidth and backend", or nothing. */
export function bySeries(seriesPaths: readonly string[]): string {
  return seriesPaths.length === 0 ? '' : `, by ${seriesPaths.map((path) => nameOfPath(path).toLowerCase()).join(' and ')}`
}
