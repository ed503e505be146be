/** Parts of a whole as stacked bars over a factor: means of the parts, the interval of their sum. */

import type { ChartType, Plugin } from 'chart.js'
import { meanInterval } from '../analysis/interval.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { bySeries, leftOut, meanWords } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { groupRuns } from './grouping.ts'
import { axis, commonOptions, legend, numberAxis } from './house-style.ts'
import { hatching } from './overlays.ts'
import type { Hatch } from './palette.ts'
import { type FigureKind, sizeOf } from './recipe.ts'
import { type ChartSpec, penOf } from './spec.ts'
import { labelWithUnit, unitFor } from './units.ts'

export interface Part {
  readonly label: string
  readonly colour: string
  readonly hatch: Hatch
  readonly of: (run: RunRecord) => number
}

export interface Stack {
  readonly kind: FigureKind
  /** What the parts sum to, in ms. */
  readonly whole: string
  readonly parts: readonly Part[]
}

/** Each combination of x and series is a bar of its own; parts that no run has are left out. */
export function stacked(recipe: Drawing, runs: readonly RunRecord[], { kind, whole, parts: allParts }: Stack): ChartSpec {
  const grouping = groupRuns(recipe, runs)
  const parts = allParts.filter((part) => grouping.completed.some((run) => part.of(run) > 0))
  const sumOf = (run: RunRecord): number => allParts.reduce((sum, part) => sum + part.of(run), 0)
  const several = grouping.series.length > 1
  const bars = grouping.xs.flatMap((x, place) =>
    grouping.series.flatMap(({ label, groups }) => {
      const group = groups.find((candidate) => candidate.place === place)
      return group === undefined ? [] : [{ x: x.label, series: label, group }]
    }),
  )
  const largest = Math.max(...bars.map(({ group }) => meanOf(group.runs, sumOf)))
  const unit = unitFor('ms', largest)
  const sums = bars.map(({ group }) => meanInterval(group.runs.map((run) => sumOf(run) / unit.factor), recipe.confidence))
  const note = `${meanWords(bars.map(({ group }) => group.runs.length), recipe.confidence)}${sums.some((sum) => sum.ok && sum.low !== null) ? ' of the sum' : ''}`
  const options = commonOptions(recipe, note)
  const xAxis = axis(recipe, { label: recipe.xLabel ?? (several ? `${grouping.xLabel}${bySeries(grouping.seriesPaths)}` : grouping.xLabel) })
  return {
    kind,
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'bar',
      data: {
        // Two lines where there are series.
        labels: bars.map(({ x, series }) => (several ? [x, series] : x)),
        datasets: parts.map((part) => ({
          label: part.label,
          data: bars.map(({ group }) => meanOf(group.runs, part.of) / unit.factor),
          backgroundColor: part.colour,
          borderColor: recipe.ink.paper,
          borderWidth: 0.3,
          inflateAmount: 0,
          pointStyle: 'rect' as const,
          categoryPercentage: 0.75,
          maxBarThickness: 42,
        })),
      },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, 'box') },
        scales: {
          x: { ...xAxis, type: 'category', stacked: true, ticks: { ...xAxis.ticks, autoSkip: false, maxRotation: 90 } },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? labelWithUnit(whole, unit.name), grid: true }), type: 'linear', stacked: true, min: 0, suggestedMax: Math.max(...sums.map((sum) => (sum.ok ? (sum.high ?? sum.mean) : 0))) * 1.03 },
        },
      },
      plugins: [hatching(parts.map(({ hatch, colour }) => ({ style: { hatch, colour, mark: 'rect', filled: true, dash: [] } })), recipe.ink), whiskers(sums, recipe)],
    },
    marks: parts.map(() => bars.map(({ group }) => group.mark)),
    table: {
      columns: [grouping.x, ...(grouping.seriesPaths.length === 0 ? [] : [grouping.seriesPaths.join(', ')]), 'n', ...allParts.map((part) => labelWithUnit(part.label, unit.name)), ...['', ' low', ' high'].map((end) => labelWithUnit(`${whole.toLowerCase()}${end}`, unit.name))],
      rows: bars.map(({ x, series, group }, index) => {
        const sum = sums[index]
        return [x, ...(grouping.seriesPaths.length === 0 ? [] : [series]), group.runs.length, ...allParts.map((part) => meanOf(group.runs, part.of) / unit.factor), ...(sum?.ok === true ? [sum.mean, sum.low, sum.high] : [null, null, null])]
      }),
    },
    caption: `${labelWithUnit(whole, unit.name)} in its parts over ${grouping.xLabel.charAt(0).toLowerCase()}${grouping.xLabel.slice(1)}${bySeries(grouping.seriesPaths)}: ${note}${leftOut(grouping.selected)}.`,
  }
}

function meanOf(runs: readonly RunRecord[], of: (run: RunRecord) => number): number {
  return runs.reduce((sum, run) => sum + of(run), 0) / runs.length
}

/** The interval of the sum at the top of each bar. */
function whiskers(sums: ReadonlyArray<ReturnType<typeof meanInterval>>, { ink }: Drawing): Plugin<ChartType> {
  return {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      const y = chart.scales['y']
      const bars = chart.getDatasetMeta(0).data
      if (y === undefined) return
      const pen = penOf(chart)
      pen.save()
      pen.strokeStyle = ink.text
      pen.lineWidth = 0.8
      sums.forEach((sum, index) => {
        const bar = bars[index]
        if (bar === undefined || !sum.ok || sum.low === null || sum.high === null) return
        const [top, bottom] = [y.getPixelForValue(sum.high), y.getPixelForValue(Math.max(sum.low, 0))]
        pen.beginPath()
        pen.moveTo(bar.x, top)
        pen.lineTo(bar.x, bottom)
        for (const end of [top, bottom]) {
          pen.moveTo(bar.x - 2.5, end)
          pen.lineTo(bar.x + 2.5, end)
        }
        pen.stroke()
      })
      pen.restore()
    },
  }
}
