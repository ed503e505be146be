/**
 * A sampled series of several runs over time, laid over each other: the work that the guest does against undisturbed, or
 * the memory in its balloon. A heavy stretch on the time axis marks where the guest of a run stood still.
 */

import type { ChartType, Plugin } from 'chart.js'
import { GodwitError } from '../model/godwit-error.ts'
import type { RunRecord } from '../model/migration-stats.ts'
import { endSecondsOf, pauseOf, stepsOf } from './course-of-run.ts'
import { type Drawing, lineLook, stylesOf } from './drawing.ts'
import { commonOptions, legend, numberAxis } from './house-style.ts'
import { markOfRun } from './marks.ts'
import { meanings, type SeriesStyle } from './palette.ts'
import { type Recipe, sizeOf } from './recipe.ts'
import { describeRun } from './selection.ts'
import { type ChartSpec, penOf } from './spec.ts'
import { namesOf, runsLaidOver } from './timelines.ts'
import { labelWithUnit, shortNumber, unitFor } from './units.ts'

interface Shown {
  readonly kind: 'service-level' | 'balloon'
  readonly label: string
  readonly unit: { readonly name: string; readonly factor: number }
  readonly columnOf: (run: RunRecord) => readonly number[]
  /** Top of the y axis; undefined: as high as the values. */
  readonly max?: number
}

export function serviceLevel(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const shown = runsLaidOver(recipe, runs).filter(({ timeline }) => timeline.timeMs.length > 0)
  if (shown.length === 0) throw new GodwitError('figure.no-runs', 'None of these runs has a timeline; a service level is drawn from its samples')
  return seriesFigure(recipe, shown, { kind: 'service-level', label: "Guest's work", unit: { name: '%', factor: 0.01 }, columnOf: ({ timeline }) => timeline.serviceLevel, max: 102 })
}

export function balloon(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const shown = runsLaidOver(recipe, withBalloon(recipe, runs)).filter(({ timeline }) => timeline.balloonBytes !== undefined)
  if (shown.length === 0) throw new GodwitError('figure.no-runs', 'None of these runs has a balloon; choose a kind in the "balloon" section of the scenario')
  const columnOf = ({ timeline }: RunRecord): readonly number[] => timeline.balloonBytes ?? []
  const largest = shown.reduce((most, run) => columnOf(run).reduce((high, bytes) => Math.max(high, bytes), most), 0)
  return seriesFigure(recipe, shown, { kind: 'balloon', label: 'Memory in the balloon', unit: unitFor('B', largest), columnOf })
}

/** Short rows lack the series; what the balloon did to a run tells it, where it did anything. */
export function withBalloon({ runs: named }: Pick<Recipe, 'runs'>, runs: readonly RunRecord[]): readonly RunRecord[] {
  const likely = runs.filter(({ timeline, balloonLostMs, releasedPages }) => timeline.balloonBytes !== undefined || balloonLostMs > 0 || releasedPages > 0)
  return named !== undefined || likely.length === 0 ? runs : likely
}

function seriesFigure(recipe: Drawing, runs: readonly RunRecord[], { kind, label, unit, columnOf, max: top }: Shown): ChartSpec {
  const names = namesOf(runs)
  const styles = stylesOf(recipe)
  const drawn = runs.map((run, index) => ({
    run,
    name: names[index] ?? '',
    style: styles[index % styles.length] as SeriesStyle,
    pause: pauseOf(run),
    points: stepsOf(run.timeline, columnOf(run), endSecondsOf(run)).map(({ x, y }) => ({ x, y: y / unit.factor })),
  }))
  const min = (recipe.from ?? 0) / 1e9
  const end = Math.max(...runs.map(endSecondsOf))
  const max = Math.max(recipe.to === undefined ? end * 1.02 : recipe.to / 1e9, min + 1e-6)
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`
  const options = commonOptions(recipe, `n = ${count}, heavy: guest stopped`)
  const head = labelWithUnit(label, unit.name)
  return {
    kind,
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: drawn.map(({ name, style, points }) => ({
        label: name,
        data: [...points],
        ...lineLook(recipe.ink, style),
        pointRadius: points.map((_, index) => (index === points.length - 1 ? 2.2 : 0)),
      })) },
      options: {
        ...options,
        plugins: { ...options.plugins, legend: legend(recipe, runs.length > 1 ? 'mark' : 'none') },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? 'Time (s)' }), type: 'linear', min, max },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? head, grid: true }), type: 'linear', min: 0, ...(top === undefined ? {} : { max: top }) },
        },
      },
      plugins: [pauses(drawn)],
    },
    marks: drawn.map(({ run, points }) => points.map(() => markOfRun(run))),
    table: { columns: ['run', 'run id', 'time (s)', head], rows: drawn.flatMap(({ run, name, points }) => points.filter((_, index) => index % 2 === 0).map(({ x, y }) => [name, run.runId, x, y])) },
    caption: `${head} over time (s) of ${count}, each step the mean over its length, heavy where the guest stood still: ${drawn.map(({ run, name }) => `${name}: downtime ${shortNumber(run.downtimeMs)} ms, ${shortNumber(run.guestLostMs)} ms of work lost (${describeRun(run)})`).join('; ')}.`,
  }
}

/** On the time axis, one beneath the other, each with the mark of its run. */
function pauses(drawn: ReadonlyArray<{ readonly pause: ReturnType<typeof pauseOf>; readonly style: SeriesStyle }>): Plugin<ChartType> {
  return {
    id: 'pauses',
    afterDatasetsDraw(chart) {
      const { x } = chart.scales
      if (x === undefined) return
      const pen = penOf(chart)
      pen.save()
      pen.lineWidth = 2.4
      drawn.forEach(({ pause, style }, index) => {
        if (pause === null) return
        const left = x.getPixelForValue(pause.fromSeconds)
        const right = Math.max(x.getPixelForValue(pause.toSeconds), left + 1.5)
        if (right < chart.chartArea.left || left > chart.chartArea.right) return
        const height = chart.chartArea.bottom - 1.5 - index * 3.5
        pen.strokeStyle = drawn.length === 1 ? meanings['stop-and-copy'] : style.colour
        pen.beginPath()
        pen.moveTo(Math.max(left, chart.chartArea.left), height)
        pen.lineTo(Math.min(right, chart.chartArea.right), height)
        pen.stroke()
      })
      pen.restore()
    },
  }
}
