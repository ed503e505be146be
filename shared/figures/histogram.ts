/** How many runs have which value of a metric; series stand side by side in each bin. */

import { type Bin, binsOf, countInBins, placeOf } from '../analysis/histogram.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { bySeries, leftOut, titleOfSeries } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { mixedInWords, seriesOfRuns, unitOf } from './grouping.ts'
import { axis, commonOptions, legend, numberAxis } from './house-style.ts'
import { markOf } from './marks.ts'
import { hatching } from './overlays.ts'
import { sizeOf } from './recipe.ts'
import { metricFor } from './selection.ts'
import type { ChartSpec } from './spec.ts'
import { labelWithUnit } from './units.ts'

export function histogram(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const { series, seriesPaths, selected, completed } = seriesOfRuns(recipe, runs)
  const metric = metricFor(recipe)
  const unit = unitOf(metric, completed)
  const value = (run: RunRecord): number => metric.of(run) / unit.factor
  const bins = binsOf(completed.map(value), recipe.bins)
  const counts = series.map((one) => countInBins(one.runs.map(value), bins))
  const note = series.map((one) => `${series.length > 1 ? `${one.label}: ` : ''}n = ${one.runs.length}`).join(', ')
  const options = commonOptions(recipe, note)
  const label = labelWithUnit(metric.label, unit.name)
  const condition = (bin: Bin, last: boolean): string => `${metric.key} >= ${bin.from * unit.factor} and ${metric.key} ${last ? '<=' : '<'} ${bin.to * unit.factor}`
  return {
    kind: 'histogram',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'bar',
      data: {
        labels: bins.map(nameOf),
        datasets: series.map(({ label: name, style }, index) => ({
          label: name,
          data: [...(counts[index] ?? [])],
          backgroundColor: style.colour,
          borderWidth: 0,
          inflateAmount: 0,
          pointStyle: 'rect' as const,
          categoryPercentage: series.length > 1 ? 0.9 : 1,
          barPercentage: series.length > 1 ? 0.95 : 0.96,
        })),
      },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, series.length > 1 ? 'box' : 'none', titleOfSeries(seriesPaths)) },
        scales: {
          x: { ...axis(recipe, { label: recipe.xLabel ?? label }), type: 'category' },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? 'Runs', grid: true }), type: 'linear', min: 0 },
        },
      },
      plugins: [hatching(series, recipe.ink)],
    },
    marks: series.map((one) => bins.map((bin, place) => markOf(one.runs.filter((run) => placeOf(value(run), bins) === place), seriesPaths, [condition(bin, place === bins.length - 1)]))),
    table: {
      columns: [labelWithUnit(`${metric.key} from`, unit.name), labelWithUnit('to', unit.name), ...series.map((one) => (series.length > 1 ? `runs, ${one.label}` : 'runs'))],
      rows: bins.map(({ from, to }, place) => [from, to, ...counts.map((ofSeries) => ofSeries[place] ?? 0)]),
    },
    caption: `How many runs have which ${label.charAt(0).toLowerCase()}${label.slice(1)}${bySeries(seriesPaths)}${mixedInWords(completed, seriesPaths)}: ${note}, ${bins.length} bins${leftOut(selected)}.`,
  }
}

/** "0.2 to 0.4"; the dash of a range reads like a minus. */
function nameOf({ from, to }: Bin): string {
  return `${Number(from.toPrecision(4))} to ${Number(to.toPrecision(4))}`
}
