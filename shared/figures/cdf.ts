/** The empirical distribution of a metric: the share of runs up to each value, as steps. */

import type { RunRecord } from '../model/migration-stats.ts'
import { bySeries, leftOut, mostSinglePoints, titleOfSeries } from './comparison.ts'
import { type Drawing, lineLook } from './drawing.ts'
import { mixedInWords, seriesOfRuns, unitOf } from './grouping.ts'
import { commonOptions, legend, numberAxis } from './house-style.ts'
import { markOfRun } from './marks.ts'
import { sizeOf } from './recipe.ts'
import { metricFor } from './selection.ts'
import { type ChartSpec, noMark } from './spec.ts'
import { labelWithUnit } from './units.ts'

export function cdf(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const { series, seriesPaths, selected, completed } = seriesOfRuns(recipe, runs)
  const metric = metricFor(recipe)
  const unit = unitOf(metric, completed)
  const sorted = series.map((one) => ({ ...one, runs: one.runs.toSorted((a, b) => metric.of(a) - metric.of(b)) }))
  const note = series.map((one) => `${series.length > 1 ? `${one.label}: ` : ''}n = ${one.runs.length}`).join(', ')
  const options = commonOptions(recipe, note)
  const label = labelWithUnit(metric.label, unit.name)
  const share = (index: number, of: number): number => ((index + 1) / of) * 100
  const value = (run: RunRecord): number => metric.of(run) / unit.factor
  const least = Math.min(...sorted.map((one) => (one.runs[0] === undefined ? 0 : value(one.runs[0]))))
  const most = Math.max(...sorted.map((one) => value(one.runs.at(-1) as RunRecord)))
  return {
    kind: 'cdf',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: {
        datasets: sorted.map(({ label: name, style, runs: here }) => ({
          label: name,
          // The distribution begins at zero, at its smallest value.
          data: [{ x: here[0] === undefined ? 0 : value(here[0]), y: 0 }, ...here.map((run, index) => ({ x: value(run), y: share(index, here.length) }))],
          stepped: 'before' as const,
          clip: 4,
          ...lineLook(recipe.ink, style),
          pointRadius: [0, ...here.map(() => (here.length <= mostSinglePoints ? 1.8 : 0))],
        })),
      },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, series.length > 1 ? 'mark' : 'none', titleOfSeries(seriesPaths)) },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? label }), type: 'linear', ...(least >= 0 && least < most / 2 ? { min: 0 } : {}), suggestedMax: most * 1.03 },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? 'Share of runs (%)', grid: true }), type: 'linear', min: 0, max: 100 },
        },
      },
    },
    marks: sorted.map(({ runs: here }) => [noMark, ...here.map(markOfRun)]),
    table: {
      columns: [...(seriesPaths.length === 0 ? [] : [seriesPaths.join(', ')]), labelWithUnit(metric.key, unit.name), 'share of runs up to it (%)'],
      rows: sorted.flatMap(({ label: name, runs: here }) => here.map((run, index) => [...(seriesPaths.length === 0 ? [] : [name]), value(run), share(index, here.length)])),
    },
    caption: `Share of runs (%) up to each ${label.charAt(0).toLowerCase()}${label.slice(1)}${bySeries(seriesPaths)}${mixedInWords(completed, seriesPaths)}: ${note}${leftOut(selected)}.`,
  }
}
