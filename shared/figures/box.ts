/** The spread of a metric over a factor: median, quartiles, whiskers after Tukey, outliers, and single runs when few. */

import { quartilesOf } from '../analysis/quartiles.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { bySeries, leftOut, mostSinglePoints, titleOfSeries } from './comparison.ts'
import type { Drawing } from './drawing.ts'
import { groupRuns, type RunGroup, unitOf } from './grouping.ts'
import { axis, commonOptions, legend, numberAxis } from './house-style.ts'
import { sizeOf } from './recipe.ts'
import { metricFor } from './selection.ts'
import { type ChartSpec, noMark } from './spec.ts'
import { labelWithUnit } from './units.ts'

export function box(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const grouping = groupRuns(recipe, runs)
  const metric = metricFor(recipe)
  const unit = unitOf(metric, grouping.completed)
  const valuesOf = (group: RunGroup): readonly number[] => group.runs.map((run) => metric.of(run) / unit.factor)
  const counts = grouping.series.flatMap(({ groups }) => groups.map((group) => group.runs.length))
  const note = `median, quartiles, whiskers to 1.5 of their distance, ${countWords(counts)}`
  const options = commonOptions(recipe, note)
  const few = Math.max(...counts) <= mostSinglePoints
  return {
    kind: 'box',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'boxplot',
      data: {
        labels: grouping.xs.map(({ label }) => label),
        datasets: grouping.series.map(({ label, style, groups }) => ({
          label,
          data: grouping.xs.map((_, place) => boxOf(groups.find((group) => group.place === place), valuesOf)) as never,
          backgroundColor: `${style.colour}38`,
          borderColor: style.colour,
          medianColor: recipe.ink.text,
          borderWidth: 0.9,
          pointStyle: style.mark,
          itemRadius: few ? 1.1 : 0,
          itemStyle: style.mark,
          itemBackgroundColor: recipe.ink.paper,
          itemBorderColor: recipe.ink.axis,
          itemBorderWidth: 0.4,
          outlierRadius: few ? 0 : 1.1,
          outlierStyle: style.mark,
          outlierBackgroundColor: recipe.ink.paper,
          outlierBorderColor: style.colour,
          outlierBorderWidth: 0.5,
          meanRadius: 0,
          categoryPercentage: grouping.series.length > 1 ? 0.8 : 0.6,
          barPercentage: 0.85,
          maxBarThickness: 36,
        })),
      },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, grouping.series.length > 1 ? 'mark' : 'none', titleOfSeries(grouping.seriesPaths)) },
        scales: {
          x: { ...axis(recipe, { label: recipe.xLabel ?? grouping.xLabel }), type: 'category' },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? labelWithUnit(metric.label, unit.name), grid: true }), type: 'linear' },
        },
      },
    },
    marks: grouping.series.map(({ groups }) => grouping.xs.map((_, place) => groups.find((group) => group.place === place)?.mark ?? noMark)),
    table: {
      columns: [grouping.x, ...(grouping.seriesPaths.length === 0 ? [] : [grouping.seriesPaths.join(', ')]), 'n', ...['minimum', 'lower quartile', 'median', 'upper quartile', 'maximum', 'mean'].map((what) => labelWithUnit(`${metric.key} ${what}`, unit.name))],
      rows: grouping.series.flatMap(({ label, groups }) =>
        groups.map((group) => {
          const { n, min, q1, median, q3, max, mean } = quartilesOf(valuesOf(group))
          return [grouping.xs[group.place]?.label ?? '', ...(grouping.seriesPaths.length === 0 ? [] : [label]), n, min, q1, median, q3, max, mean]
        }),
      ),
    },
    caption: `${labelWithUnit(metric.label, unit.name)} over ${grouping.xLabel.charAt(0).toLowerCase()}${grouping.xLabel.slice(1)}${bySeries(grouping.seriesPaths)}: ${note}${leftOut(grouping.selected)}.`,
  }
}

/** The library would count quartiles by itself; given ready, figure and table cannot differ. */
function boxOf(group: RunGroup | undefined, valuesOf: (group: RunGroup) => readonly number[]) {
  if (group === undefined) return null
  const values = valuesOf(group)
  return { ...quartilesOf(values), items: [...values] }
}

/** "n = 10" or "n = 3 to 10". */
export function countWords(counts: readonly number[]): string {
  const least = Math.min(...counts)
  const most = Math.max(...counts)
  return least === most ? `n = ${least}` : `n = ${least} to ${most}`
}
