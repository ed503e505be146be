/**
 * The writable working set: pages written since the log was last cleared, read every few milliseconds (Clark et al.
 * 2005, section 4). On the left it rises and falls with time; on the right, on the same scale, stands how often a
 * window between two clears reached which size.
 */

import { downsample, type SeriesPoint } from '../analysis/downsample.ts'
import type { RunRecord, WritableWorkingSet } from '../model/migration-stats.ts'
import { axis, commonOptions, legend, numberAxis, roundTicks, ticksAt } from './house-style.ts'
import type { Drawing } from './drawing.ts'
import { meanings, onGround } from './palette.ts'
import { sizeOf } from './recipe.ts'
import { describeRun, selectOneRun } from './selection.ts'
import type { ChartSpec } from './spec.ts'
import { labelWithUnit, shortNumber, unitFor } from './units.ts'

/** More points than this cannot be told apart in a column of a page. */
const mostPoints = 1500

export function wws(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const run = selectOneRun(
    recipe,
    runs,
    (candidate) => candidate.wws !== null && candidate.wws.samples.length > 0,
    'None of these runs measured the writable working set; switch it on in the "wws" section of the scenario',
  )
  const measured = run.wws ?? { readEveryMs: 0, clearEveryMs: 0, samples: [] }
  const unit = unitFor('pages', Math.max(...measured.samples.map((sample) => sample.dirtyPages)))
  const series = measured.samples.map(({ timeMs, dirtyPages }) => ({ x: timeMs / 1000, y: dirtyPages / unit.factor }))
  const sizes = windowSizes(measured).map((pages) => pages / unit.factor)
  const note = `read every ${shortNumber(measured.readEveryMs)} ms, cleared every ${shortNumber(measured.clearEveryMs / 1000)} s, n = ${sizes.length} windows`
  return {
    kind: 'wws',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: [overTime(downsample(series, mostPoints)), ...(sizes.length > 1 ? [distribution(sizes, recipe)] : [])] },
      options: {
        ...commonOptions(recipe, note),
        plugins: { ...commonOptions(recipe, note).plugins, legend: legend(recipe, 'none') },
        scales: {
          x: timeScale(recipe, series),
          ...(sizes.length > 1 ? { share: shareScale(recipe) } : {}),
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? labelWithUnit('Written pages', unit.name), grid: true }), type: 'linear', min: 0 },
        },
      },
    },
    table: { columns: ['time (s)', labelWithUnit('written since the clear', unit.name)], rows: series.map(({ x, y }) => [x, y]) },
    caption: captionOf(run, measured),
  }
}

/** Size that the set had reached when each whole window ended, in pages, rising. */
export function windowSizes({ samples, clearEveryMs }: WritableWorkingSet): readonly number[] {
  const sizes = new Map<number, number>()
  for (const { timeMs, dirtyPages } of samples) {
    // A sample at the very moment of a clear still belongs to the window that ends there.
    const window = Math.ceil(timeMs / clearEveryMs - 1e-9)
    sizes.set(window, Math.max(sizes.get(window) ?? 0, dirtyPages))
  }
  return [...sizes.values()].toSorted((one, other) => one - other)
}

/**
 * A dash longer than any line. Chart.js merges the points of a solid line that fall on one canvas unit, which on paper
 * is a whole point and shows as stairs; a dashed line is drawn as it is.
 */
const solid = [1e6, 1]

function overTime(points: readonly SeriesPoint[]) {
  return { label: 'over time', data: [...points], xAxisID: 'x', showLine: true, pointRadius: 0, borderColor: meanings.workingSet, borderWidth: 0.7, borderDash: solid }
}

/** The empirical distribution lying on its side: share of windows up to a size. */
function distribution(sizes: readonly number[], { ground }: Drawing) {
  const steps = sizes.map((size, index) => ({ x: ((index + 1) / sizes.length) * 100, y: size }))
  return {
    label: 'distribution',
    data: [{ x: 0, y: sizes[0] ?? 0 }, ...steps],
    xAxisID: 'share',
    showLine: true,
    stepped: 'after' as const,
    pointRadius: 0,
    borderColor: onGround(meanings.dirtying, ground),
    borderWidth: 1,
  }
}

function timeScale(recipe: Drawing, series: readonly SeriesPoint[]) {
  const min = (recipe.from ?? 0) / 1e9
  const max = Math.max(recipe.to === undefined ? (series.at(-1)?.x ?? 0) : recipe.to / 1e9, min + 1e-6)
  const base = numberAxis(recipe, { label: recipe.xLabel ?? 'Time (s)' })
  return {
    ...base,
    type: 'linear' as const,
    position: 'bottom' as const,
    stack: 'x',
    stackWeight: 2,
    min,
    max,
    afterBuildTicks: ticksAt(roundTicks(min, max, 5)),
    ticks: { ...base.ticks, autoSkip: false, maxRotation: 0 },
  }
}

/** It begins below zero, which sets the two panels apart. */
function shareScale(recipe: Drawing) {
  const base = axis(recipe, { label: 'Share of windows (%)' })
  return {
    ...base,
    type: 'linear' as const,
    position: 'bottom' as const,
    stack: 'x',
    stackWeight: 1,
    min: -20,
    max: 100,
    border: { display: false },
    ticks: { ...base.ticks, autoSkip: false, maxRotation: 0 },
    afterBuildTicks: ticksAt([0, 50, 100]),
  }
}

function captionOf(run: RunRecord, measured: WritableWorkingSet): string {
  const sizes = windowSizes(measured)
  const middle = sizes[Math.floor((sizes.length - 1) / 2)] ?? 0
  return `Writable working set over time (left, pages) and how its size was distributed over ${sizes.length} windows of ${shortNumber(measured.clearEveryMs / 1000)} s (right): median ${middle} pages, largest ${sizes.at(-1) ?? 0} pages; one run (n = 1: ${describeRun(run)}).`
}
