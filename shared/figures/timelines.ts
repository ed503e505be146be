/**
 * Several migrations laid over each other: the rate of transfer of each run over time, as steps, one an iteration. A
 * heavy stretch marks the copy made while the guest is stopped.
 */

import type { ChartType, Plugin } from 'chart.js'
import { groupBy } from '../analysis/summarise.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { type Drawing, lineLook, stylesOf } from './drawing.ts'
import { commonOptions, legend, numberAxis } from './house-style.ts'
import { type RateBar, rateBars } from './iteration-timeline.ts'
import { markOfRun } from './marks.ts'
import { meanings, type SeriesStyle } from './palette.ts'
import { type Recipe, sizeOf } from './recipe.ts'
import { describeRun, distinctValues, factorPaths, selectRuns, valueOf } from './selection.ts'
import { type ChartSpec, penOf } from './spec.ts'
import { shortNumber } from './units.ts'

export const mostTimelines = 6

/** The runs that the recipe names, or the first completed run of each point on each backend. */
export function runsLaidOver(recipe: Recipe, runs: readonly RunRecord[]): readonly RunRecord[] {
  const selected = selectRuns(recipe, runs)
  if (recipe.runs !== undefined) {
    return recipe.runs.map((id) => {
      const found = selected.find((run) => run.runId.startsWith(id))
      if (found === undefined) throw new GodwitError('figure.no-runs', `runs: no run has an id that begins with "${id}"`)
      return found
    })
  }
  const rank = (run: RunRecord): number => (run.outcome === 'completed' ? 0 : 1)
  const ordered = selected.toSorted((one, other) => one.point - other.point || rank(one) - rank(other) || one.repetition - other.repetition)
  return [...groupBy(ordered, (run) => JSON.stringify([run.suite, run.point, run.backend])).values()].map(([first]) => first).slice(0, mostTimelines)
}

export function timelines(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const shown = runsLaidOver(recipe, runs).filter((run) => run.iterations.length > 0)
  if (shown.length === 0) throw new GodwitError('figure.no-runs', 'None of these runs has iterations; timelines show pre-copy migrations')
  const names = namesOf(shown)
  const styles = stylesOf(recipe)
  const drawn = shown.map((run, index) => ({ run, name: names[index] ?? '', style: styles[index % styles.length] as SeriesStyle, bars: rateBars(run) }))
  const min = (recipe.from ?? 0) / 1e9
  const end = Math.max(...drawn.flatMap(({ bars }) => bars.map((bar) => bar.endSeconds)))
  const max = Math.max(recipe.to === undefined ? end + (end - min) * 0.02 : recipe.to / 1e9, min + 1e-6)
  const note = `n = ${shown.length} ${shown.length === 1 ? 'run' : 'runs'}, heavy: guest stopped`
  const options = commonOptions(recipe, note)
  return {
    kind: 'timelines',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: drawn.map(({ name, style, bars }) => ({
        label: name,
        data: stepsOf(bars),
        ...lineLook(recipe.ink, style),
        pointRadius: stepsOf(bars).map((_, index, all) => (index === all.length - 1 ? 2.2 : 0)),
      })) },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, 'mark') },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? 'Time (s)' }), type: 'linear', min, max },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? 'Rate of transfer (Mbit/s)', grid: true }), type: 'linear', min: 0, suggestedMax: Math.max(...drawn.flatMap(({ bars }) => bars.map((bar) => bar.megabits))) * 1.06 },
        },
      },
      plugins: [stoppedStretches(drawn.flatMap(({ bars }) => bars.filter((bar) => bar.phase === 'stop-and-copy')))],
    },
    marks: drawn.map(({ run, bars }) => stepsOf(bars).map(() => markOfRun(run))),
    table: {
      columns: ['run', 'run id', 'iteration', 'phase', 'start (s)', 'end (s)', 'sent (Mbit/s)', 'dirtied (Mbit/s)', 'sent (MiB)'],
      rows: drawn.flatMap(({ run, name, bars }) => bars.map((bar) => [name, run.runId, bar.iteration, bar.phase, bar.startSeconds, bar.endSeconds, bar.megabits, bar.dirtyingMegabits, bar.mebibytes])),
    },
    caption: `Rate of transfer (Mbit/s) over time of ${shown.length} ${shown.length === 1 ? 'run' : 'runs'}, one step an iteration, heavy while the guest is stopped: ${drawn.map(({ run, name }) => `${name}: downtime ${shortNumber(run.downtimeMs)} ms (${describeRun(run)})`).join('; ')}.`,
  }
}

/** Two corners for each iteration. */
function stepsOf(bars: readonly RateBar[]): Array<{ x: number; y: number }> {
  return bars.flatMap((bar) => [{ x: bar.startSeconds, y: bar.megabits }, { x: bar.endSeconds, y: bar.megabits }])
}

/** What tells the runs apart: the factors in which they differ, and the repetition where that is not enough. */
export function namesOf(runs: readonly RunRecord[]): readonly string[] {
  const paths = [...factorPaths(runs), 'backend', 'suite'].filter((path) => distinctValues(runs, path).length > 1)
  const names = runs.map((run) => paths.map((path) => String(valueOf(run, path))).join(', '))
  return names.map((name, index) => (name === '' || names.some((other, place) => place !== index && other === name) ? [name, `repetition ${runs[index]?.repetition ?? 1}`].filter((part) => part !== '').join(', ') : name))
}

function stoppedStretches(bars: readonly RateBar[]): Plugin<ChartType> {
  return {
    id: 'stopped',
    afterDatasetsDraw(chart) {
      const { x, y } = chart.scales
      if (x === undefined || y === undefined) return
      const pen = penOf(chart)
      pen.save()
      pen.strokeStyle = meanings['stop-and-copy']
      pen.lineWidth = 2.4
      for (const bar of bars) {
        const left = x.getPixelForValue(bar.startSeconds)
        const right = Math.max(x.getPixelForValue(bar.endSeconds), left + 1.5)
        if (right < chart.chartArea.left || left > chart.chartArea.right) continue
        pen.beginPath()
        pen.moveTo(left, y.getPixelForValue(bar.megabits))
        pen.lineTo(right, y.getPixelForValue(bar.megabits))
        pen.stroke()
      }
      pen.restore()
    },
  }
}
