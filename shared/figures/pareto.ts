/**
 * Two metrics against each other, a point for each setting, with intervals in both directions. The settings that no
 * other beats form the front: they are joined by steps, and their marks are full.
 */

import type { ChartType, Plugin } from 'chart.js'
import { meanInterval } from '../analysis/interval.ts'
import { paretoFront } from '../analysis/pareto.ts'
import { groupBy } from '../analysis/summarise.ts'
import type { Metric } from '../model/metrics.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { bySeries, leftOut, meanWords, titleOfSeries } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { seriesOfRuns, unitOf } from './grouping.ts'
import { canvasFont, commonOptions, legend, letteringOf, numberAxis } from './house-style.ts'
import { yScale } from './lines.ts'
import { markOf } from './marks.ts'
import type { SeriesStyle } from './palette.ts'
import { sizeOf } from './recipe.ts'
import { distinctValues, factorPaths, metricFor, valueOf } from './selection.ts'
import { type ChartMark, type ChartSpec, penOf } from './spec.ts'
import { type AxisUnit, labelWithUnit } from './units.ts'

interface Setting {
  readonly series: number
  readonly label: string
  readonly style: SeriesStyle
  readonly x: Ends
  readonly y: Ends
  readonly n: number
  readonly mark: ChartMark
}

interface Ends {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export function pareto(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const grouped = seriesOfRuns(recipe, runs)
  const [x, y] = [metricFor({ ...recipe, metric: recipe.xMetric ?? 'totalMs' }), metricFor({ ...recipe, metric: recipe.metric ?? 'downtimeMs' })]
  const [xUnit, yUnit] = [unitOf(x, grouped.completed), unitOf(y, grouped.completed)]
  const settings = settingsOf(recipe, grouped, { x, y, xUnit, yUnit })
  const front = paretoFront(settings.map((setting) => ({ x: setting.x.mean, y: setting.y.mean })), { x: wantedEnd(x), y: wantedEnd(y) })
  const words = `${settings.length} settings, ${meanWords(settings.map(({ n }) => n), recipe.confidence)}, full marks: the front`
  const options = commonOptions(recipe, words)
  const shownX = settings.flatMap((setting) => [setting.x.low, setting.x.high])
  return {
    kind: 'pareto',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatterWithErrorBars',
      data: { datasets: grouped.series.map(({ label, style }, series) => datasetOf({ label, style, front, recipe }, settings.map((setting, place) => ({ ...setting, place })).filter((setting) => setting.series === series))) },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, grouped.series.length > 1 ? 'mark' : 'none', titleOfSeries(grouped.seriesPaths)) },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? labelWithUnit(x.label, xUnit.name), grid: true }), type: 'linear', min: Math.min(0, ...shownX), suggestedMax: Math.max(...shownX) * 1.05 },
          y: yScale(recipe, recipe.yLabel ?? labelWithUnit(y.label, yUnit.name), settings.flatMap((setting) => [setting.y.low, setting.y.high])),
        },
      },
      plugins: [frontLine(front.map((place) => settings[place]).filter((setting) => setting !== undefined), recipe)],
    },
    marks: grouped.series.map((_, series) => settings.filter((setting) => setting.series === series).map((setting) => setting.mark)),
    table: {
      columns: ['setting', ...(grouped.seriesPaths.length === 0 ? [] : [grouped.seriesPaths.join(', ')]), 'n', ...endColumns(x, xUnit), ...endColumns(y, yUnit), 'on the front'],
      rows: settings.map((setting, place) => [setting.label, ...(grouped.seriesPaths.length === 0 ? [] : [grouped.series[setting.series]?.label ?? '']), setting.n, setting.x.mean, setting.x.low, setting.x.high, setting.y.mean, setting.y.low, setting.y.high, front.includes(place)]),
    },
    caption: `${labelWithUnit(y.label, yUnit.name)} against ${labelWithUnit(x.label, xUnit.name).toLowerCase()}${bySeries(grouped.seriesPaths)}, a point for each setting: ${words} (${front.length} that no other setting beats in both)${leftOut(grouped.selected)}.`,
  }
}

interface Axes {
  readonly x: Metric
  readonly y: Metric
  readonly xUnit: AxisUnit
  readonly yUnit: AxisUnit
}

/** A setting is a point of the suite on one backend; its name says in what it differs from the others. */
function settingsOf(recipe: Drawing, { series, seriesPaths, completed }: ReturnType<typeof seriesOfRuns>, { x, y, xUnit, yUnit }: Axes): readonly Setting[] {
  const varied = factorPaths(completed).filter((path) => distinctValues(completed, path).length > 1)
  const inName = varied.filter((path) => !seriesPaths.includes(path))
  const paths = [...new Set([...varied, ...seriesPaths])]
  return series.flatMap(({ runs, style }, place) =>
    [...groupBy(runs, (run) => JSON.stringify(paths.map((path) => valueOf(run, path)))).values()].map((group) => ({
      series: place,
      label: inName.map((path) => String(valueOf(group[0], path))).join(', '),
      style,
      x: endsOf(group, x, { unit: xUnit, confidence: recipe.confidence }),
      y: endsOf(group, y, { unit: yUnit, confidence: recipe.confidence }),
      n: group.length,
      mark: markOf(group, paths),
    })),
  )
}

function endsOf(runs: readonly RunRecord[], metric: Metric, { unit, confidence }: { readonly unit: AxisUnit; readonly confidence: number }): Ends {
  const interval = meanInterval(runs.map((run) => metric.of(run) / unit.factor), confidence)
  if (!interval.ok) return { mean: 0, low: 0, high: 0 }
  return { mean: interval.mean, low: interval.low ?? interval.mean, high: interval.high ?? interval.mean }
}

function wantedEnd({ better }: Metric): 'lower' | 'higher' {
  return better === 'higher' ? 'higher' : 'lower'
}

function endColumns({ key }: Metric, { name }: AxisUnit): readonly string[] {
  return ['mean', 'low', 'high'].map((end) => labelWithUnit(`${key} ${end}`, name))
}

function datasetOf({ label, style, front, recipe }: { readonly label: string; readonly style: SeriesStyle; readonly front: readonly number[]; readonly recipe: Drawing }, settings: ReadonlyArray<Setting & { readonly place: number }>) {
  const faint = `${style.colour}80`
  return {
    label,
    data: settings.map((setting) => ({ x: setting.x.mean, xMin: setting.x.low, xMax: setting.x.high, y: setting.y.mean, yMin: setting.y.low, yMax: setting.y.high })),
    pointStyle: style.mark,
    pointRadius: settings.map(({ place }) => (front.includes(place) ? 2.7 : 2)),
    pointBorderWidth: 0.8,
    pointBorderColor: style.colour,
    backgroundColor: settings.map(({ place }) => (front.includes(place) ? style.colour : recipe.ink.paper)),
    borderColor: style.colour,
    errorBarColor: faint,
    errorBarWhiskerColor: faint,
    errorBarLineWidth: 0.6,
    errorBarWhiskerLineWidth: 0.6,
    errorBarWhiskerSize: 3,
  }
}

/** Names beyond this many crowd the plot; the table has them all. */
const mostNames = 8

/** Steps from setting to setting of the front, and their names where there is room. */
function frontLine(front: readonly Setting[], recipe: Drawing): Plugin<ChartType> {
  const lettering = letteringOf(recipe)
  return {
    id: 'front',
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales
      if (x === undefined || y === undefined) return
      const points = front.map((setting) => ({ x: x.getPixelForValue(setting.x.mean), y: y.getPixelForValue(setting.y.mean), label: setting.label }))
      const pen = penOf(chart)
      pen.save()
      pen.strokeStyle = recipe.ink.axis
      pen.lineWidth = 0.7
      pen.setLineDash([2, 1.5])
      pen.beginPath()
      points.forEach((point, index) => {
        const before = points[index - 1]
        if (before === undefined) pen.moveTo(point.x, point.y)
        else {
          pen.lineTo(point.x, before.y)
          pen.lineTo(point.x, point.y)
        }
      })
      pen.stroke()
      pen.setLineDash([])
      if (points.length <= mostNames) writeNames(pen, points, { right: chart.chartArea.right, font: canvasFont(lettering, lettering.small), height: lettering.small, colour: recipe.ink.text })
      pen.restore()
    },
  }
}

interface NameStyle {
  readonly right: number
  readonly font: string
  readonly height: number
  readonly colour: string
}

/** A name that would lie over another is left to the table. */
function writeNames(pen: ReturnType<typeof penOf>, points: ReadonlyArray<{ readonly x: number; readonly y: number; readonly label: string }>, { right, font, height, colour }: NameStyle): void {
  pen.font = font
  pen.fillStyle = colour
  pen.textBaseline = 'bottom'
  pen.textAlign = 'left'
  const taken: Array<{ readonly left: number; readonly right: number; readonly bottom: number }> = []
  for (const { x, y, label } of points) {
    const width = pen.measureText(label).width
    const left = Math.min(x + 4, right - width - 1)
    const bottom = y - 3
    if (taken.some((other) => left < other.right + 2 && left + width + 2 > other.left && Math.abs(bottom - other.bottom) < height)) continue
    pen.fillText(label, left, bottom)
    taken.push({ left, right: left + width, bottom })
  }
}
