/** The mean of a metric over two factors, as lightness of one hue; the number stands in its cell where it fits. */

import type { ChartType, Plugin } from 'chart.js'
import { type IntervalResult, meanInterval } from '../analysis/interval.ts'
import { completedOf, groupBy } from '../analysis/summarise.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { countWords } from './box.ts'
import { leftOut, requireUnmixed, xAxis } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { requireTwoFactors, unitOf } from './grouping.ts'
import { axis, canvasFont, commonOptions, legend, letteringOf } from './house-style.ts'
import { markOf } from './marks.ts'
import { shade } from './palette.ts'
import { sizeOf } from './recipe.ts'
import { distinctValues, metricFor, selectRuns, valueOf } from './selection.ts'
import { type ChartMark, type ChartSpec, penOf } from './spec.ts'
import { labelWithUnit, shortNumber } from './units.ts'

interface HeatCell {
  readonly x: string
  readonly y: string
  readonly interval: IntervalResult & { readonly ok: true }
  readonly mark: ChartMark
}

export function heatMap(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const { x, y } = requireTwoFactors(recipe, runs)
  const selected = selectRuns(recipe, runs)
  requireUnmixed(selected, [x, y])
  requireOneBackend(selected, [x, y])
  const completed = completedOf(selected)
  if (completed.length === 0) throw new GodwitError('figure.no-runs', `There is no mean to draw${leftOut(selected)}`)
  const metric = metricFor(recipe)
  const unit = unitOf(metric, completed)
  const [columns, rows] = [xAxis(completed, x), xAxis(completed, y)]
  const groups = groupBy(completed, (run) => JSON.stringify([valueOf(run, x), valueOf(run, y)]))
  const cells = rows.values.flatMap((row) =>
    columns.values.flatMap((column): readonly HeatCell[] => {
      const here = groups.get(JSON.stringify([column.value, row.value]))
      const interval = here === undefined ? undefined : meanInterval(here.map((run) => metric.of(run) / unit.factor), recipe.confidence)
      return here === undefined || interval?.ok !== true ? [] : [{ x: column.label, y: row.label, interval, mark: markOf(here, [x, y]) }]
    }),
  )
  const means = cells.map(({ interval }) => interval.mean)
  const [least, most] = [Math.min(...means), Math.max(...means)]
  const shareOf = (cell: HeatCell): number => (most > least ? (cell.interval.mean - least) / (most - least) : 0.5)
  const what = labelWithUnit(metric.label, unit.name)
  const n = countWords(cells.map(({ interval }) => interval.n))
  const [low, high] = recipe.ground === 'dark' ? ['dark', 'light'] : ['light', 'dark']
  const options = commonOptions(recipe, `${what}: mean, ${n}, ${low} ${shortNumber(least)} to ${high} ${shortNumber(most)}`)
  return {
    kind: 'heat-map',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'matrix',
      data: {
        datasets: [
          {
            label: what,
            data: cells.map((cell) => ({ x: cell.x, y: cell.y, v: cell.interval.mean })),
            backgroundColor: cells.map((cell) => shade(shareOf(cell), recipe.ground)),
            borderColor: recipe.ink.paper,
            borderWidth: 0.6,
            width: ({ chart }) => ((chart.chartArea as typeof chart.chartArea | undefined)?.width ?? 0) / columns.values.length,
            height: ({ chart }) => ((chart.chartArea as typeof chart.chartArea | undefined)?.height ?? 0) / rows.values.length,
          },
        ],
      },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, 'none') },
        scales: {
          x: { ...axis(recipe, { label: recipe.xLabel ?? columns.label }), type: 'category', labels: columns.values.map(({ label }) => label), offset: true },
          y: { ...axis(recipe, { label: recipe.yLabel ?? rows.label }), type: 'category', labels: rows.values.map(({ label }) => label), reverse: true, offset: true },
        },
      },
      plugins: [numbers(cells.map((cell) => ({ text: shortNumber(cell.interval.mean), dark: shareOf(cell) > 0.45 })), recipe)],
    },
    marks: [cells.map((cell) => cell.mark)],
    table: {
      columns: [x, y, 'n', ...['mean', 'low', 'high'].map((end) => labelWithUnit(`${metric.key} ${end}`, unit.name))],
      rows: cells.map((cell) => [cell.x, cell.y, cell.interval.n, cell.interval.mean, cell.interval.low, cell.interval.high]),
    },
    caption: `${what} over ${lower(columns.label)} and ${lower(rows.label)}: mean, ${n}, from ${shortNumber(least)} to ${shortNumber(most)}; intervals (Student t) stand in the data${leftOut(selected)}.`,
  }
}

function requireOneBackend(runs: readonly RunRecord[], shown: readonly string[]): void {
  const backends = distinctValues(runs, 'backend')
  if (backends.length < 2 || shown.includes('backend')) return
  throw new GodwitError('figure.mixed', `The runs come from several backends (${backends.join(', ')}), so a mean would mix them; choose one by "where"`)
}

function lower(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1)
}

/** Writes each mean in the middle of its cell, if it fits, in letters that stand out from it. */
function numbers(texts: ReadonlyArray<{ readonly text: string; readonly dark: boolean }>, recipe: Drawing): Plugin<ChartType> {
  const lettering = letteringOf(recipe)
  const onFull = recipe.ground === 'dark' ? recipe.ink.paper : '#FFFFFF'
  return {
    id: 'numbers',
    afterDatasetsDraw(chart) {
      const pen = penOf(chart)
      pen.save()
      pen.font = canvasFont(lettering, lettering.small)
      pen.textAlign = 'center'
      pen.textBaseline = 'middle'
      chart.getDatasetMeta(0).data.forEach((element, index) => {
        const { text, dark } = texts[index] ?? { text: '', dark: false }
        const { x, y, width, height } = element.getProps(['x', 'y', 'width', 'height'] as never[], true) as unknown as { x: number; y: number; width: number; height: number }
        if (pen.measureText(text).width > width - 2 || lettering.small > height - 1) return
        pen.fillStyle = dark ? onFull : recipe.ink.text
        pen.fillText(text, x + width / 2, y + height / 2)
      })
      pen.restore()
    },
  }
}
