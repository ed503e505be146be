/** Means of a metric over a numeric factor as lines, each in a band as wide as its interval. */

import type { ChartType, Plugin } from 'chart.js'
import type { RunRecord } from '../model/migration-stats.ts'
import { compare, type Comparison } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { commonOptions, legend } from './house-style.ts'
import { datasetOf, positionsOf, shownValues, xScale, yScale } from './lines.ts'
import { runsBesideMeans } from './overlays.ts'
import { sizeOf } from './recipe.ts'
import { type ChartSpec, penOf } from './spec.ts'

export function band(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const comparison = compare(recipe, runs)
  const positions = positionsOf(comparison)
  const options = commonOptions(recipe, comparison.note)
  return {
    kind: 'band',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: comparison.series.map((one) => datasetOf(one, positions, recipe.ink)) },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, comparison.series.length > 1 ? 'mark' : 'none', comparison.seriesTitle) },
        scales: { x: xScale(recipe, comparison, positions), y: yScale(recipe, comparison.yLabel, shownValues(comparison)) },
      },
      plugins: [bands(comparison, positions), runsBesideMeans(comparison, recipe.ink)],
    },
    marks: comparison.series.map((one) => one.cells.map((cell) => cell.mark)),
    table: comparison.table,
    caption: comparison.caption,
  }
}

/** The bands beneath the lines: a light area with thin edges, so that overlapping bands stay apart in grey as well. */
function bands({ series }: Comparison, positions: readonly number[]): Plugin<ChartType> {
  return {
    id: 'bands',
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales
      if (x === undefined || y === undefined) return
      const pen = penOf(chart)
      for (const { cells, style } of series) {
        const ends = cells.map(({ place, interval }) => ({ x: x.getPixelForValue(positions[place] ?? 0), low: y.getPixelForValue(interval.low ?? interval.mean), high: y.getPixelForValue(interval.high ?? interval.mean) }))
        const upper = ends.map((end) => ({ x: end.x, y: end.high }))
        const lower = ends.map((end) => ({ x: end.x, y: end.low }))
        pen.save()
        pen.fillStyle = `${style.colour}2E`
        pen.strokeStyle = style.colour
        pen.lineWidth = 0.4
        trace(pen, [...upper, ...lower.toReversed()])
        pen.fill()
        for (const edge of [upper, lower]) {
          trace(pen, edge)
          pen.stroke()
        }
        pen.restore()
      }
    },
  }
}

function trace(pen: ReturnType<typeof penOf>, points: ReadonlyArray<{ readonly x: number; readonly y: number }>): void {
  pen.beginPath()
  points.forEach(({ x, y }, index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)))
}
