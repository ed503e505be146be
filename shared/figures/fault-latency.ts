/**
 * The latencies of the page faults of post-copy, from the access until the thread goes on, as a distribution for each
 * run: the share of all faults up to each latency. It is read from the histogram of the run, which counts every fault, in
 * steps of 12 %.
 */

import { GodwitError } from '../model/godwit-error.ts'
import type { FaultRecord, RunRecord } from '../model/migration-stats.ts'
import { type Drawing, lineLook, stylesOf } from './drawing.ts'
import { commonOptions, legend, numberAxis, ticksAt } from './house-style.ts'
import { markOfRun } from './marks.ts'
import type { SeriesStyle } from './palette.ts'
import { type Recipe, sizeOf } from './recipe.ts'
import { describeRun } from './selection.ts'
import { type ChartSpec, noMark } from './spec.ts'
import { namesOf, runsLaidOver } from './timelines.ts'
import { shortNumber } from './units.ts'

interface Step {
  readonly upperMs: number
  readonly faults: number
  /** Of all faults up to here, in percent. */
  readonly percent: number
}

export const noFaults = 'None of these runs had page faults over the network; they come with post-copy'

export function faultLatency(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const shown = withFaults(recipe, runs).flatMap((run) => (run.timeline.faults === undefined ? [] : [{ run, steps: latencySteps(run.timeline.faults) }]))
  if (shown.length === 0) throw new GodwitError('figure.no-runs', noFaults)
  const names = namesOf(shown.map(({ run }) => run))
  const styles = stylesOf(recipe)
  const drawn = shown.map(({ run, steps }, index) => ({ run, steps, name: names[index] ?? '', style: styles[index % styles.length] as SeriesStyle, faults: steps.reduce((sum, step) => sum + step.faults, 0) }))
  const lowest = Math.floor(Math.log10(Math.min(...drawn.map(({ steps }) => steps[0]?.upperMs ?? 1))) + 1e-9)
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...drawn.map(({ steps }) => steps.at(-1)?.upperMs ?? 1))) - 1e-9))
  const note = drawn.map(({ name, faults }) => `${drawn.length > 1 ? `${name}: ` : ''}n = ${faults}`).join(', ')
  const options = commonOptions(recipe, drawn.length > 3 ? `n = ${drawn.length} runs` : `${note} faults`)
  const base = numberAxis(recipe, { label: recipe.xLabel ?? 'Fault latency (ms)', grid: true })
  return {
    kind: 'fault-latency',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: drawn.map(({ name, style, steps }) => ({
        label: name,
        data: [{ x: steps[0]?.upperMs ?? 0, y: 0 }, ...steps.map(({ upperMs, percent }) => ({ x: upperMs, y: percent }))],
        stepped: 'before' as const,
        clip: 4,
        ...lineLook(recipe.ink, style),
        pointRadius: [0, ...steps.map((_, index) => (index % 6 === 0 ? 1.8 : 0))],
      })) },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, drawn.length > 1 ? 'mark' : 'none') },
        scales: {
          x: { ...base, type: 'logarithmic', min: 10 ** lowest, max: 10 ** highest, afterBuildTicks: ticksAt(Array.from({ length: highest - lowest + 1 }, (_, index) => Number(`1e${lowest + index}`))), ticks: { ...base.ticks, autoSkip: false } },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? 'Share of faults (%)', grid: true }), type: 'linear', min: 0, max: 100 },
        },
      },
    },
    marks: drawn.map(({ run, steps }) => [noMark, ...steps.map(() => markOfRun(run))]),
    table: { columns: ['run', 'run id', 'latency up to (ms)', 'faults', 'share of faults up to it (%)'], rows: drawn.flatMap(({ run, name, steps }) => steps.map(({ upperMs, faults, percent }) => [name, run.runId, upperMs, faults, percent])) },
    caption: `Share of faults (%) up to each latency (ms) in ${drawn.length} ${drawn.length === 1 ? 'run' : 'runs'}: ${drawn.map(({ run, name, faults }) => `${name}: n = ${faults} faults, median ${shortNumber(run.faultP50Ms)} ms, 99 % within ${shortNumber(run.faultP99Ms)} ms, longest ${shortNumber(run.faultMaxMs)} ms (${describeRun(run)})`).join('; ')}.`,
  }
}

/** Runs laid over each other, those without faults left out unless they are named. */
export function withFaults(recipe: Recipe, runs: readonly RunRecord[]): readonly RunRecord[] {
  const faulted = recipe.runs === undefined ? runs.filter(({ majorFaults }) => majorFaults > 0) : runs
  if (faulted.length === 0) throw new GodwitError('figure.no-runs', noFaults)
  return runsLaidOver(recipe, faulted)
}

/** The histogram of a run as a distribution, without its empty steps. */
export function latencySteps({ histogram }: FaultRecord): readonly Step[] {
  const total = histogram.faults.reduce((sum, faults) => sum + faults, 0)
  let upTo = 0
  return histogram.upperMs.flatMap((upperMs, index) => {
    const faults = histogram.faults[index] ?? 0
    upTo += faults
    return faults === 0 ? [] : [{ upperMs, faults, percent: (100 * upTo) / total }]
  })
}
