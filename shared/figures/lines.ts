/** Means of a metric over a numeric factor as lines, with intervals and the points of single runs. */

import { GodwitError } from '../model/godwit-error.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { compare, type Comparison, type Series } from './comparison.ts'
import { commonOptions, legend, numberAxis, ticksAt } from './house-style.ts'
import { runsBesideMeans } from './overlays.ts'
import { type Drawing, lineLook } from './drawing.ts'
import type { Inks } from './palette.ts'
import { sizeOf } from './recipe.ts'
import type { ChartSpec } from './spec.ts'

/** A factor whose values span more than this many decades is drawn on a logarithmic axis. */
export const decadesOfLinear = 1.5

export function lines(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const comparison = compare(recipe, runs)
  const known = positionsOf(comparison)
  return {
    kind: 'lines',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatterWithErrorBars',
      data: { datasets: comparison.series.map((one) => datasetOf(one, known, recipe.ink)) },
      options: {
        ...commonOptions(recipe, comparison.note),
        plugins: { ...commonOptions(recipe, comparison.note).plugins, legend: legend(recipe, comparison.series.length > 1 ? 'mark' : 'none', comparison.seriesTitle) },
        scales: { x: xScale(recipe, comparison, known), y: yScale(recipe, comparison.yLabel, shownValues(comparison)) },
      },
      plugins: [runsBesideMeans(comparison, recipe.ink)],
    },
    marks: comparison.series.map((one) => one.cells.map((cell) => cell.mark)),
    table: comparison.table,
    caption: comparison.caption,
  }
}

/** The places of the x values; refused where the factor is not a number. */
export function positionsOf({ xs, xLabel }: Comparison): readonly number[] {
  const positions = xs.map(({ position }) => position)
  const known = positions.filter((position) => position !== undefined)
  if (known.length === positions.length) return known
  throw new GodwitError('figure.factor', `Lines need a numeric factor; ${xLabel.toLowerCase()} has the values ${xs.map(({ label }) => label).join(', ')}: draw bars instead`)
}

export function datasetOf({ label, style, cells }: Series, positions: readonly number[], ink: Inks) {
  return {
    label,
    data: cells.map(({ place, interval }) => {
      const x = positions[place] ?? 0
      return { x, xMin: x, xMax: x, y: interval.mean, yMin: interval.low ?? interval.mean, yMax: interval.high ?? interval.mean }
    }),
    // Marks that stand on an axis are drawn whole.
    clip: 4,
    ...lineLook(ink, style),
    pointRadius: 2.1,
    pointBorderWidth: 0.9,
    errorBarColor: style.colour,
    errorBarWhiskerColor: style.colour,
    errorBarLineWidth: 0.8,
    errorBarWhiskerLineWidth: 0.8,
    errorBarWhiskerSize: 5,
  }
}

export function xScale(recipe: Drawing, { xLabel, xs }: Comparison, positions: readonly number[]) {
  const least = Math.min(...positions)
  const most = Math.max(...positions)
  const logarithmic = least > 0 && Math.log10(most / least) > decadesOfLinear
  const margin = most > least ? 0.04 : 0.5
  const range = logarithmic
    ? { min: least / (most / least) ** margin, max: most * (most / least) ** margin }
    : { min: least - (most - least || Math.abs(most) || 1) * margin, max: most + (most - least || Math.abs(most) || 1) * margin }
  const labels = new Map(positions.map((position, place) => [position, xs[place]?.label ?? '']))
  const base = numberAxis(recipe, { label: xLabel })
  // With few values the axis names just those that were measured.
  if (positions.length > 12) return { ...base, type: logarithmic ? ('logarithmic' as const) : ('linear' as const), ...range }
  return {
    ...base,
    type: logarithmic ? ('logarithmic' as const) : ('linear' as const),
    ...range,
    afterBuildTicks: ticksAt(positions),
    ticks: { ...base.ticks, callback: (value: string | number) => labels.get(Number(value)) ?? '' },
  }
}

/** All values that a figure of means shows: the means, the ends of their intervals, and single runs. */
export function shownValues({ series }: Comparison): readonly number[] {
  return series.flatMap((one) => one.cells.flatMap((cell) => [...cell.values, cell.interval.low ?? cell.interval.mean, cell.interval.high ?? cell.interval.mean]))
}

/** The y axis for these values, from zero, or logarithmic if the recipe says so. */
export function yScale(recipe: Drawing, yLabel: string, shown: readonly number[]) {
  const base = numberAxis(recipe, { label: yLabel, grid: true })
  const least = shown.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY)
  const most = shown.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY)
  if (recipe.yScale === 'linear') return { ...base, type: 'linear' as const, min: Math.min(0, least), suggestedMax: most * 1.05 }
  if (least <= 0) {
    throw new GodwitError('figure.scale', 'A logarithmic y axis cannot show zero or an interval that reaches below it; use yScale: linear')
  }
  const min = least / 1.15
  const max = most * 1.15
  return {
    ...base,
    type: 'logarithmic' as const,
    min,
    max,
    afterBuildTicks: ticksAt(roundValues(min, max)),
    ticks: { ...base.ticks, autoSkip: false },
  }
}

/** Powers of ten within a range; over less than three decades also their double and fivefold. */
function roundValues(min: number, max: number): readonly number[] {
  const mantissas = Math.log10(max / min) < 2.7 ? [1, 2, 5] : [1]
  const values: number[] = []
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.ceil(Math.log10(max)); exponent++) {
    for (const mantissa of mantissas) values.push(Number(`${mantissa}e${exponent}`))
  }
  return values.filter((value) => value >= min && value <= max)
}
