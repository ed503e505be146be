/**
 * Where a workload writes, and when: the address space in cells against the windows in which the writable working set was
 * measured, darker the larger the share of a cell that was written in a window. The line is the size of the set at the
 * end of each window, drawn over the same axis as if its pages lay side by side from address zero on.
 */

import { GodwitError } from '../model/godwit-error.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import type { Drawing } from './drawing.ts'
import { commonOptions, legend, numberAxis } from './house-style.ts'
import { meanings, shade } from './palette.ts'
import { sizeOf } from './recipe.ts'
import { describeRun, selectOneRun } from './selection.ts'
import type { ChartSpec } from './spec.ts'
import { labelWithUnit, shortNumber, unitFor } from './units.ts'

export function pageHeat(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const lacking = 'None of these runs measured where its guest writes; switch the measurement on in the "wws" section of the scenario and run it again'
  const run = selectOneRun(recipe, runs, ({ wws }) => (wws?.heat?.length ?? 0) > 0, lacking)
  const heat = run.wws?.heat
  if (run.wws === null || heat === undefined) throw new GodwitError('figure.no-runs', lacking)
  const windowSeconds = run.wws.clearEveryMs / 1000
  const unit = unitFor('B', run.totalBytes)
  const cells = heat[0]?.length ?? 1
  const pagesOf = (cell: number): number => Math.min(Math.ceil(run.totalBytes / run.pageBytes / cells), run.totalBytes / run.pageBytes - cell * Math.ceil(run.totalBytes / run.pageBytes / cells))
  const cellSize = (Math.ceil(run.totalBytes / run.pageBytes / cells) * run.pageBytes) / unit.factor
  const written = heat.flatMap((window, place) => window.flatMap((pages, cell) => (pages === 0 ? [] : [{ place, cell, pages, share: Math.min(1, pages / Math.max(1, pagesOf(cell))) }])))
  const most = written.reduce((high, { share }) => Math.max(high, share), 0)
  const sizes = heat.map((window) => window.reduce((sum, pages) => sum + pages, 0))
  const setLine = sizes.flatMap((pages, place) => [place, place + 1].map((edge) => ({ x: edge * windowSeconds, y: (pages * run.pageBytes) / unit.factor })))
  const min = (recipe.from ?? 0) / 1e9
  const max = Math.max(recipe.to === undefined ? heat.length * windowSeconds : recipe.to / 1e9, min + 1e-6)
  const [low, high] = recipe.ground === 'dark' ? ['dark', 'light'] : ['light', 'dark']
  const options = commonOptions(recipe, `n = ${heat.length} windows of ${shortNumber(windowSeconds)} s; ${low} to ${high}: up to ${shortNumber(most * 100)} % written; line: size of the set`)
  return {
    kind: 'page-heat',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'matrix',
      data: { datasets: [
        {
          type: 'scatter',
          label: 'writable working set',
          data: setLine,
          showLine: true,
          pointRadius: 0,
          borderColor: meanings['stop-and-copy'],
          borderWidth: 1.1,
          borderDash: [3, 1.5],
        } as never,
        {
          label: 'written',
          data: written.map(({ place, cell, share }) => ({ x: (place + 0.5) * windowSeconds, y: (cell + 0.5) * cellSize, v: share })),
          backgroundColor: written.map(({ share }) => shade(most === 0 ? 0 : share / most, recipe.ground)),
          borderWidth: 0,
          width: ({ chart }) => ((chart.chartArea as typeof chart.chartArea | undefined)?.width ?? 0) * (windowSeconds / (max - min)),
          height: ({ chart }) => ((chart.chartArea as typeof chart.chartArea | undefined)?.height ?? 0) * (cellSize / (run.totalBytes / unit.factor)),
        },
      ] },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, 'none') },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? 'Time (s)' }), type: 'linear', offset: false, min, max },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? labelWithUnit('Address', unit.name) }), type: 'linear', offset: false, reverse: false, min: 0, max: run.totalBytes / unit.factor },
        },
      },
    },
    table: { columns: ['time (s)', labelWithUnit('address', unit.name), 'written pages', 'share of the cell (%)'], rows: written.map(({ place, cell, pages, share }) => [place * windowSeconds, cell * cellSize, pages, share * 100]) },
    caption: `Share of each ${shortNumber(cellSize)} ${unit.name} of the address space that was written in each window of ${shortNumber(windowSeconds)} s (s, ${unit.name}), and size of the writable working set (line); n = ${heat.length} windows of one run (n = 1: ${describeRun(run)}).`,
  }
}
