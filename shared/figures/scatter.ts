/** One metric against another: a point for each run, told apart by series. */

import type { RunRecord } from '../model/migration-stats.ts'
import { bySeries, leftOut, titleOfSeries } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { mixedInWords, seriesOfRuns, unitOf } from './grouping.ts'
import { commonOptions, legend, numberAxis } from './house-style.ts'
import { yScale } from './lines.ts'
import { markOfRun } from './marks.ts'
import { sizeOf } from './recipe.ts'
import { metricFor } from './selection.ts'
import type { ChartSpec } from './spec.ts'
import { labelWithUnit } from './units.ts'

export function scatter(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const { series, seriesPaths, selected, completed } = seriesOfRuns(recipe, runs)
  const [x, y] = [metricFor({ ...recipe, metric: recipe.xMetric ?? 'totalMs' }), metricFor({ ...recipe, metric: recipe.metric ?? 'downtimeMs' })]
  const [xUnit, yUnit] = [unitOf(x, completed), unitOf(y, completed)]
  const note = `n = ${completed.length}, a point for each run`
  const options = commonOptions(recipe, note)
  const yLabel = recipe.yLabel ?? labelWithUnit(y.label, yUnit.name)
  const at = (run: RunRecord) => ({ x: x.of(run) / xUnit.factor, y: y.of(run) / yUnit.factor })
  const [least, most] = completed.reduce(([low, high], run) => [Math.min(low, at(run).x), Math.max(high, at(run).x)], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  return {
    kind: 'scatter',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: {
        datasets: series.map(({ label, style, runs: here }) => ({
          label,
          data: here.map(at),
          pointStyle: style.mark,
          // Many points become smaller, so that they do not hide one another.
          pointRadius: completed.length > 2000 ? 0.9 : completed.length > 300 ? 1.4 : 2.1,
          pointBorderWidth: 0.7,
          pointBorderColor: style.colour,
          pointBackgroundColor: style.filled ? `${style.colour}B0` : recipe.ink.paper,
          backgroundColor: style.filled ? style.colour : recipe.ink.paper,
          borderColor: style.colour,
        })),
      },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, series.length > 1 ? 'mark' : 'none', titleOfSeries(seriesPaths)) },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? labelWithUnit(x.label, xUnit.name), grid: true }), type: 'linear', ...(least >= 0 ? { min: 0 } : {}), suggestedMax: most * 1.04 },
          y: { ...yScale(recipe, yLabel, completed.map((run) => at(run).y)) },
        },
      },
    },
    marks: series.map(({ runs: here }) => here.map(markOfRun)),
    table: {
      columns: ['run', ...(seriesPaths.length === 0 ? [] : [seriesPaths.join(', ')]), 'seed', labelWithUnit(x.key, xUnit.name), labelWithUnit(y.key, yUnit.name)],
      rows: series.flatMap(({ label, runs: here }) => here.map((run) => [run.runId, ...(seriesPaths.length === 0 ? [] : [label]), run.seed, at(run).x, at(run).y])),
    },
    caption: `${labelWithUnit(y.label, yUnit.name)} against ${labelWithUnit(x.label, xUnit.name).toLowerCase()}${bySeries(seriesPaths)}${mixedInWords(completed, seriesPaths)}: ${note}${leftOut(selected)}.`,
  }
}
