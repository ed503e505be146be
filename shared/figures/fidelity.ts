/**
 * What was simulated against what was measured: a mark for each point of a suite, with the intervals of both means. On
 * the diagonal the simulation tells what was measured; above it, too much. Both axes are one scale, so that a distance
 * from the diagonal means the same error everywhere. The mark is that of the backend that measured; the number beside it
 * is that of the point, so that no colour has to say which it is.
 */

import type { ChartType, Plugin } from 'chart.js'
import { type Fidelity, type PointError, type PointFidelity, simulatedBackend, suiteFidelity } from '../analysis/fidelity.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { Metric } from '../model/metrics.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { errorInWords, shareInWords } from '../models/in-words.ts'
import { bySeries, groupsOf, percent, styleOf, titleOfSeries } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { canvasFont, commonOptions, legend, letteringOf } from './house-style.ts'
import { decadesOfLinear, yScale } from './lines.ts'
import { conditionOf } from './marks.ts'
import type { SeriesStyle } from './palette.ts'
import { sizeOf } from './recipe.ts'
import { factorPaths, type Grouped, metricFor, requireFactor, requireOneSuite, selectRuns } from './selection.ts'
import { type ChartMark, type ChartSpec, penOf } from './spec.ts'
import { type AxisUnit, labelWithUnit, unitFor } from './units.ts'

/** A point of the suite as one backend measured it. */
interface Place extends Grouped {
  readonly found: PointFidelity
  readonly error: PointError
}

export function fidelity(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const selected = selectRuns(recipe, runs)
  requireOneSuite(selected)
  const { backends, comparisons } = suiteFidelity(selected, { metrics: [metricFor(recipe)], confidence: recipe.confidence })
  if (comparisons.length === 0) throw new GodwitError('figure.no-runs', notBoth(backends))
  return fidelityChart(recipe, comparisons)
}

/** Why a suite with these backends cannot be compared, and what to do. */
export function notBoth(backends: readonly string[]): string {
  const other = backends.includes(simulatedBackend) ? 'agents' : simulatedBackend
  return `What was simulated is compared with what was measured, and these runs were made by ${backends.join(' and ') || 'no backend'} only; write \`backends: [${[...new Set([simulatedBackend, ...backends, other])].join(', ')}]\` in the suite and run it again: only the runs that are lacking are made`
}

/** Of comparisons that have the recipe's metric. */
export function fidelityChart(recipe: Drawing, comparisons: readonly Fidelity[]): ChartSpec {
  const metric = metricFor(recipe)
  const places = comparisons.flatMap(({ measured, points }) => points.flatMap((found): readonly Place[] => {
    const error = found.errors[metric.key]
    return error === undefined ? [] : [{ found, error, backend: measured, suite: '', factors: found.factors }]
  }))
  if (places.length === 0) throw new GodwitError('figure.no-runs', `No point was both simulated and measured: ${comparisons[0]?.missing[0]?.reason ?? 'there are no runs'}`)
  if (recipe.series !== undefined) requireFactor(places, recipe.series, 'series')
  const unit = unitFor(metric.unit, largest(places.flatMap(({ error }) => [error.simulated.mean, error.measured.mean])))
  const axes = axesOf(places, unit)
  const seriesPaths = [...new Set([...(recipe.series === undefined ? [] : [recipe.series]), ...(comparisons.length > 1 ? ['backend'] : [])])]
  const series = groupsOf(recipe, places, seriesPaths).map(([label, group], index) => ({ label, group, style: styleOf(recipe, index, group[0]?.backend) }))
  const measured = comparisons.map((comparison) => comparison.measured).join(' or ')
  const options = commonOptions(recipe, `${errorWords(comparisons, metric)}, ${sampleWords(places, recipe.confidence)}`)
  return {
    kind: 'fidelity',
    ...fidelitySize(recipe),
    font: recipe.font,
    config: {
      type: 'scatterWithErrorBars',
      data: { datasets: series.map((one) => datasetOf(one, recipe, axes)) },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, series.length > 1 ? 'mark' : 'none', titleOfSeries(seriesPaths)) },
        scales: {
          x: scaleOf(recipe, recipe.xLabel ?? labelWithUnit(`${metric.label}, measured by ${measured}`, unit.name), axes),
          y: scaleOf(recipe, recipe.yLabel ?? labelWithUnit(`${metric.label}, simulated`, unit.name), axes),
        },
      },
      plugins: [diagonal(recipe, axes), pointNumbers(recipe, series.map(({ group }) => group.map(({ found }) => String(found.point))))],
    },
    marks: series.map(({ group }) => group.map(markOfPlace)),
    table: tableOf(series, { recipe, metric, unit, seriesPaths }),
    caption: captionOf({ comparisons, places, metric, unit, measured, seriesPaths, confidence: recipe.confidence }),
  }
}

/** Nearly square unless the recipe says otherwise, and never higher than a page leaves room for. */
function fidelitySize(recipe: Drawing) {
  const { widthCm } = sizeOf(recipe)
  return sizeOf({ ...recipe, aspect: recipe.aspect ?? (widthCm > 12 ? 1.7 : 1.15) })
}

interface Axes {
  readonly scale: 'linear' | 'log'
  readonly min: number
  readonly max: number
  readonly unit: AxisUnit
}

/** One range for both axes, from zero, or logarithmic where the means span more than a linear axis shows. */
function axesOf(places: readonly Place[], unit: AxisUnit): Axes {
  const ends = places.flatMap(({ error: { simulated, measured } }) => [simulated, measured])
  const means = ends.map(({ mean }) => mean / unit.factor)
  const [least, most] = [smallest(means), largest(means)]
  const highest = largest(ends.map(({ high, mean }) => (high ?? mean) / unit.factor))
  if (least <= 0 || Math.log10(most / least) <= decadesOfLinear) return { scale: 'linear', min: Math.min(0, least), max: (highest || 1) * 1.06, unit }
  // An interval that reaches to zero or far below its mean is cut at the axis; the table has its end.
  const lowest = smallest(ends.map(({ low, mean }) => Math.max(low ?? mean, mean / 3) / unit.factor))
  return { scale: 'log', min: lowest / 1.2, max: highest * 1.2, unit }
}

/** A suite may have more points than a call may have arguments. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}

function scaleOf(recipe: Drawing, label: string, { scale, min, max }: Axes) {
  // A logarithmic scale leaves this much room at its ends, which is in the range already.
  const room = scale === 'log' ? 1.15 : 1
  return { ...yScale({ ...recipe, yScale: scale }, label, [min * room, max / room]), min, max }
}

interface PlaceSeries {
  readonly label: string
  readonly group: readonly Place[]
  readonly style: SeriesStyle
}

function datasetOf({ label, group, style }: PlaceSeries, recipe: Drawing, { min, unit }: Axes) {
  const faint = `${style.colour}B0`
  const ends = ({ mean, low, high }: PointError['measured']) => [mean, low ?? mean, high ?? mean].map((value) => Math.max(value / unit.factor, min)) as [number, number, number]
  return {
    label,
    data: group.map(({ error }) => {
      const [x, xMin, xMax] = ends(error.measured)
      const [y, yMin, yMax] = ends(error.simulated)
      return { x, xMin, xMax, y, yMin, yMax }
    }),
    clip: 4,
    pointStyle: style.mark,
    pointRadius: group.length > 300 ? 1.5 : 2.3,
    pointBorderWidth: 0.9,
    pointBorderColor: style.colour,
    pointBackgroundColor: style.filled ? style.colour : recipe.ink.paper,
    backgroundColor: style.filled ? style.colour : recipe.ink.paper,
    borderColor: style.colour,
    errorBarColor: faint,
    errorBarWhiskerColor: faint,
    errorBarLineWidth: 0.7,
    errorBarWhiskerLineWidth: 0.7,
    errorBarWhiskerSize: 3.5,
  }
}

function markOfPlace({ found: { pairs, factors, point } }: Place): ChartMark {
  const conditions = Object.entries(factors).map(([path, value]) => conditionOf(path, value))
  return { runIds: pairs.flatMap(({ simulated, measured }) => [simulated.runId, measured.runId]), filter: conditions.length === 0 ? `point = ${point}` : conditions.join(' and ') }
}

/** "median error 4.1 %"; for several backends with their names. */
function errorWords(comparisons: readonly Fidelity[], { key }: Metric): string {
  return comparisons.map(({ measured, metrics }) => {
    const median = metrics.find(({ metric }) => metric === key)?.medianError ?? null
    const words = median === null ? 'no relative error' : `median error ${shareInWords(median)}`
    return comparisons.length > 1 ? `${measured}: ${words}` : words
  }).join(', ')
}

/** "n = 8 points of 3 pairs, 95 % interval". */
function sampleWords(places: readonly Place[], confidence: number): string {
  const counts = places.map(({ found }) => found.pairs.length)
  const [least, most] = [smallest(counts), largest(counts)]
  const pairs = `${least === most ? least : `${least} to ${most}`} ${most === 1 ? 'pair' : 'pairs'}`
  return `n = ${places.length} ${places.length === 1 ? 'point' : 'points'} of ${pairs}, ${most === 1 ? 'no interval' : `${percent(confidence)} interval`}`
}

interface CaptionParts {
  readonly comparisons: readonly Fidelity[]
  readonly places: readonly Place[]
  readonly metric: Metric
  readonly unit: AxisUnit
  readonly measured: string
  readonly seriesPaths: readonly string[]
  readonly confidence: number
}

function captionOf({ comparisons, places, metric, unit, measured, seriesPaths, confidence }: CaptionParts): string {
  const sample = sampleWords(places, confidence)
  const worst = comparisons.flatMap(({ metrics }) => metrics.find((one) => one.metric === metric.key)?.worst ?? [])
  const farthest = worst.toSorted((one, other) => Math.abs(other.relative) - Math.abs(one.relative))[0]
  const missing = comparisons.reduce((sum, comparison) => sum + comparison.missing.length, 0)
  const disagreements = comparisons.reduce((sum, comparison) => sum + comparison.disagreements.length, 0)
  return [
    `${labelWithUnit(metric.label, unit.name)}, simulated against measured by ${measured}${bySeries(seriesPaths)}: ${sample}${sample.includes('no interval') ? '' : ' (Student t)'}`,
    `${errorWords(comparisons, metric)}${farthest === undefined ? '' : `, largest ${errorInWords(farthest.relative)} at point ${farthest.point}`}`,
    ...(missing === 0 ? [] : [`${missing} ${missing === 1 ? 'point has' : 'points have'} no pair and ${missing === 1 ? 'is' : 'are'} left out`]),
    ...(disagreements === 0 ? [] : [`${disagreements} ${disagreements === 1 ? 'pair' : 'pairs'} ended differently`]),
  ].join('; ').concat('.')
}

function tableOf(series: readonly PlaceSeries[], { recipe, metric, unit, seriesPaths }: { readonly recipe: Drawing; readonly metric: Metric; readonly unit: AxisUnit; readonly seriesPaths: readonly string[] }): ChartSpec['table'] {
  const factors = factorPaths(series.flatMap(({ group }) => group))
  const several = seriesPaths.includes('backend')
  const column = (what: string): string => labelWithUnit(`${metric.key} ${what}`, unit.name)
  const ends = percent(recipe.confidence)
  const scaled = (value: number | null): number | null => (value === null ? null : value / unit.factor)
  return {
    columns: ['point', ...factors, ...(several ? ['measured by'] : []), 'pairs', ...['measured', 'simulated', 'difference'].flatMap((what) => [column(what), column(`${what} ${ends} low`), column(`${what} ${ends} high`)]), 'relative error (%)'],
    rows: series.flatMap(({ group }) => group.map(({ found, error, backend }) => [
      found.point,
      ...factors.map((path) => found.factors[path] ?? null),
      ...(several ? [backend] : []),
      found.pairs.length,
      ...[error.measured, error.simulated, error.difference].flatMap(({ mean, low, high }) => [scaled(mean), scaled(low), scaled(high)]),
      error.relative === null ? null : error.relative.mean * 100,
    ])),
  }
}

/** Where the simulation tells what was measured. */
function diagonal({ ink }: Drawing, { min, max }: Axes): Plugin<ChartType> {
  return {
    id: 'diagonal',
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales
      if (x === undefined || y === undefined) return
      const pen = penOf(chart)
      pen.save()
      pen.strokeStyle = ink.axis
      pen.lineWidth = 0.8
      pen.setLineDash([3, 2])
      pen.beginPath()
      pen.moveTo(x.getPixelForValue(min), y.getPixelForValue(min))
      pen.lineTo(x.getPixelForValue(max), y.getPixelForValue(max))
      pen.stroke()
      pen.restore()
    },
  }
}

/** Numbers beyond this many crowd the plot; the table has them all. */
const mostNumbers = 40

/** The number of each point beside its mark; one that would lie over another number or a mark is left out. */
function pointNumbers(recipe: Drawing, numbers: ReadonlyArray<readonly string[]>): Plugin<ChartType> {
  const lettering = letteringOf(recipe)
  return {
    id: 'pointNumbers',
    afterDatasetsDraw(chart) {
      if (numbers.flat().length > mostNumbers) return
      const { left: leftEnd, right, top, bottom } = chart.chartArea
      const marks = numbers.flatMap((names, dataset) => names.flatMap((name, index) => {
        const element = chart.getDatasetMeta(dataset).data[index]
        return element === undefined ? [] : [{ x: element.x, y: element.y, name }]
      }))
      const pen = penOf(chart)
      pen.save()
      pen.font = canvasFont(lettering, lettering.small)
      pen.fillStyle = recipe.ink.text
      pen.textBaseline = 'middle'
      pen.textAlign = 'left'
      const taken = marks.map(({ x, y }) => ({ left: x - 2.5, right: x + 2.5, top: y - 2.5, bottom: y + 2.5 }))
      for (const { x, y, name } of marks) {
        const width = pen.measureText(name).width
        const half = lettering.small / 2
        const boxes = [[x + 4, y + half + 2], [x - 4 - width, y - half - 2], [x + 4, y - half - 2], [x - 4 - width, y + half + 2]].map(([left = 0, middle = 0]) => ({ left, right: left + width, top: middle - half, bottom: middle + half, middle }))
        const free = boxes.find((box) => box.left >= leftEnd && box.right <= right && box.top >= top && box.bottom <= bottom && !taken.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top))
        if (free === undefined) continue
        pen.fillText(name, free.left, free.middle)
        taken.push(free)
      }
      pen.restore()
    },
  }
}
