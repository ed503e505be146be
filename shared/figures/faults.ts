/**
 * Where in the address space the guest faulted, and when: each mark is a page fault of one run, darker and larger the
 * longer its thread waited. Bubbles around pivots show as wedges that stay free of faults.
 */

import type { RunRecord } from '../model/migration-stats.ts'
import { endSecondsOf } from './course-of-run.ts'
import type { Drawing } from './drawing.ts'
import { noFaults } from './fault-latency.ts'
import { commonOptions, legend, numberAxis } from './house-style.ts'
import { shade } from './palette.ts'
import { sizeOf } from './recipe.ts'
import { describeRun, selectOneRun } from './selection.ts'
import type { ChartSpec } from './spec.ts'
import { labelWithUnit, shortNumber, unitFor } from './units.ts'

/** Radius of the marks of the shortest and of the longest fault, in points. */
const radii = { least: 0.7, most: 2 }

export function faults(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const run = selectOneRun(recipe, runs, ({ timeline }) => timeline.faults !== undefined, noFaults)
  const record = run.timeline.faults ?? { timeMs: [], page: [], latencyMs: [], histogram: { upperMs: [], faults: [] } }
  const unit = unitFor('B', run.totalBytes)
  const marks = record.timeMs
    .map((timeMs, index) => ({ x: timeMs / 1000, y: ((record.page[index] ?? 0) * run.pageBytes) / unit.factor, page: record.page[index] ?? 0, latencyMs: record.latencyMs[index] ?? 0 }))
    .toSorted((one, other) => one.latencyMs - other.latencyMs)
  const [least, most] = [Math.max(marks[0]?.latencyMs ?? 0, 1e-6), marks.at(-1)?.latencyMs ?? 1]
  const shareOf = (latencyMs: number): number => (most <= least ? 1 : Math.log(Math.max(latencyMs, least) / least) / Math.log(most / least))
  const total = record.histogram.faults.reduce((sum, count) => sum + count, 0)
  const drawn = marks.length === total ? `n = ${total} faults` : `${marks.length} of ${total} faults`
  const [low, high] = recipe.ground === 'dark' ? ['dark', 'light'] : ['light', 'dark']
  const options = commonOptions(recipe, `${drawn}; ${low}, small: ${shortNumber(least)} ms, ${high}, large: ${shortNumber(most)} ms`)
  // The palest shade would be lost on its ground.
  const colours = marks.map(({ latencyMs }) => shade(0.25 + 0.75 * shareOf(latencyMs), recipe.ground))
  const min = (recipe.from ?? Math.min(...marks.map(({ x }) => x)) * 1e9 * 0.98) / 1e9
  const max = Math.max(recipe.to === undefined ? endSecondsOf(run) : recipe.to / 1e9, min + 1e-6)
  return {
    kind: 'faults',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: [{
        label: 'page fault',
        data: marks.map(({ x, y }) => ({ x, y })),
        borderColor: shade(1, recipe.ground),
        pointBorderWidth: 0,
        pointStyle: 'circle' as const,
        pointRadius: marks.map(({ latencyMs }) => radii.least + (radii.most - radii.least) * shareOf(latencyMs)),
        pointBackgroundColor: colours,
        backgroundColor: shade(1, recipe.ground),
      }] },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, 'none') },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? 'Time (s)' }), type: 'linear', min, max },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? labelWithUnit('Address', unit.name), grid: true }), type: 'linear', min: 0, max: run.totalBytes / unit.factor },
        },
      },
    },
    table: { columns: ['time (s)', 'page', labelWithUnit('address', unit.name), 'latency (ms)'], rows: marks.toSorted((one, other) => one.x - other.x).map(({ x, y, page, latencyMs }) => [x, page, y, latencyMs]) },
    caption: `Page faults over time (s) and address (${unit.name}), darker and larger for a longer latency, ${shortNumber(least)} ms to ${shortNumber(most)} ms; ${drawn} of one run (n = 1: ${describeRun(run)}).`,
  }
}
