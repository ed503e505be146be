/** Means of a metric as bars, grouped over a factor, with their intervals. Bars begin at zero. */

import type { RunRecord } from '../model/migration-stats.ts'
import { type Cell, compare, type Comparison } from './comparison.ts'
import { axis, commonOptions, legend, numberAxis } from './house-style.ts'
import { hatching, runsOverBars } from './overlays.ts'
import type { Drawing } from './drawing.ts'
import { sizeOf } from './recipe.ts'
import { type ChartSpec, noMark } from './spec.ts'

export function bars(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const comparison = compare(recipe, runs)
  const { ink } = recipe
  return {
    kind: 'bars',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'barWithErrorBars',
      data: {
        labels: comparison.xs.map(({ label }) => label),
        datasets: comparison.series.map((one) => ({
          label: one.label,
          data: comparison.xs.map((_, place) => barOf(one.cells.find((cell) => cell.place === place))),
          backgroundColor: one.style.colour,
          borderWidth: 0,
          inflateAmount: 0,
          pointStyle: 'rect' as const,
          categoryPercentage: comparison.series.length > 1 ? 0.8 : 0.6,
          barPercentage: 0.9,
          maxBarThickness: 42,
          errorBarColor: ink.text,
          errorBarWhiskerColor: ink.text,
          errorBarLineWidth: 0.8,
          errorBarWhiskerLineWidth: 0.8,
          errorBarWhiskerRatio: 0.5,
        })),
      },
      options: {
        ...commonOptions(recipe, comparison.note),
        plugins: { ...commonOptions(recipe, comparison.note).plugins, legend: legend(recipe, comparison.series.length > 1 ? 'box' : 'none', comparison.seriesTitle) },
        scales: {
          x: { ...axis(recipe, { label: comparison.xLabel }), type: 'category' },
          y: { ...numberAxis(recipe, { label: comparison.yLabel, grid: true }), type: 'linear', min: 0, suggestedMax: highestShown(comparison) * 1.05 },
        },
      },
      plugins: [hatching(comparison.series, ink), runsOverBars(comparison, ink)],
    },
    marks: comparison.series.map((one) => comparison.xs.map((_, place) => one.cells.find((cell) => cell.place === place)?.mark ?? noMark)),
    table: comparison.table,
    caption: comparison.caption,
  }
}

/** A place without runs has no bar. */
function barOf(cell: Cell | undefined) {
  const { mean, low, high } = cell?.interval ?? { mean: Number.NaN, low: null, high: null }
  return { y: mean, yMin: Math.max(low ?? mean, 0), yMax: high ?? mean }
}

function highestShown({ series }: Comparison): number {
  return Math.max(...series.flatMap((one) => one.cells.flatMap((cell) => [cell.interval.high ?? cell.interval.mean, ...cell.values])))
}
