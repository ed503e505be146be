/**
 * The progress of one pre-copy migration, as Clark et al. (NSDI 2005, figures 8 to 10) draw it: each iteration is a bar
 * as wide as it lasted and as high as it sent, so that its area is the amount sent, which stands above it. A heavy line
 * across the bar is the rate at which the guest dirtied memory meanwhile. The last copy, made while the guest is
 * stopped, stands out, and the downtime is written.
 */

import type { ChartType, Plugin } from 'chart.js'
import type { IterationStats, RunRecord } from '../model/migration-stats.ts'
import { canvasFont, commonOptions, legend, type Lettering, letteringOf, numberAxis } from './house-style.ts'
import type { Drawing } from './drawing.ts'
import { meanings, onGround } from './palette.ts'
import { type Recipe, sizeOf } from './recipe.ts'
import { describeRun, selectOneRun } from './selection.ts'
import { type ChartSpec, type Pen, penOf } from './spec.ts'
import { shortNumber } from './units.ts'

const mebibyte = 2 ** 20

/** One iteration in the units of the figure. */
export interface RateBar {
  readonly iteration: number
  readonly phase: IterationStats['phase']
  readonly startSeconds: number
  readonly endSeconds: number
  readonly megabits: number
  readonly dirtyingMegabits: number
  readonly mebibytes: number
}

export function iterationTimeline(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  const run = selectOneRun(recipe, runs, (candidate) => candidate.iterations.length > 0, 'None of these runs has iterations; an iteration timeline shows a pre-copy migration')
  const bars = rateBars(run)
  const range = timeRange(recipe, run)
  const shown = bars.filter((bar) => bar.endSeconds > range.min && bar.startSeconds < range.max)
  const lettering = letteringOf(recipe)
  const highest = Math.max(...shown.flatMap((bar) => [bar.megabits, bar.dirtyingMegabits]), 1)
  return {
    kind: 'iteration-timeline',
    ...sizeOf(recipe),
    font: recipe.font,
    config: {
      type: 'scatter',
      data: { datasets: legendEntries(bars, recipe) },
      options: {
        ...commonOptions(recipe, 'numbers: MiB sent'),
        plugins: { ...commonOptions(recipe, 'numbers: MiB sent').plugins, legend: legend(recipe, 'box') },
        scales: {
          x: { ...numberAxis(recipe, { label: recipe.xLabel ?? 'Time (s)' }), type: 'linear', ...range },
          y: { ...numberAxis(recipe, { label: recipe.yLabel ?? 'Rate (Mbit/s)', grid: true }), type: 'linear', min: 0, suggestedMax: highest * 1.22 },
        },
      },
      plugins: [rateBarsPlugin(bars, downtimeText(run), { ...lettering, drawing: recipe })],
    },
    table: tableOf(run, bars),
    caption: captionOf(run),
  }
}

/** The iterations of a run as bars. The height is what was really sent over the real length of the iteration. */
export function rateBars(run: RunRecord): readonly RateBar[] {
  return run.iterations.map((row) => ({
    iteration: row.iteration,
    phase: row.phase,
    startSeconds: row.startMs / 1000,
    endSeconds: (row.startMs + row.ms) / 1000,
    megabits: (row.ms > 0 ? (row.bytes * 8000) / row.ms : row.rateBitsPerSecond) / 1e6,
    dirtyingMegabits: (row.dirtyPagesPerSecond * run.pageBytes * 8) / 1e6,
    mebibytes: row.bytes / mebibyte,
  }))
}

function timeRange(recipe: Recipe, run: RunRecord): { readonly min: number; readonly max: number } {
  const min = (recipe.from ?? 0) / 1e9
  const end = Math.max(run.totalMs, ...run.iterations.map((row) => row.startMs + row.ms)) / 1000
  const max = recipe.to === undefined ? end + (end - min) * 0.02 : recipe.to / 1e9
  return { min, max: Math.max(max, min + 1e-6) }
}

function downtimeText(run: RunRecord): string {
  return `downtime ${inTime(run.downtimeMs)}`
}

function inTime(ms: number): string {
  return ms >= 1000 ? `${shortNumber(ms / 1000)} s` : `${shortNumber(ms)} ms`
}

/** Empty series: the bars are drawn by the plugin, the legend by Chart.js. */
function legendEntries(bars: readonly RateBar[], { ink, ground }: Drawing) {
  const box = (label: string, colour: string) => ({ label, data: [], pointStyle: 'rect' as const, backgroundColor: colour, borderColor: ink.axis, borderWidth: 0.5 })
  const entries = []
  if (bars.some((bar) => bar.phase === 'precopy')) {
    entries.push(box('sent', meanings.precopy))
    entries.push({ label: 'dirtied', data: [], pointStyle: 'line' as const, borderColor: onGround(meanings.dirtying, ground), borderWidth: 1.6 })
  }
  if (bars.some((bar) => bar.phase === 'stop-and-copy')) entries.push(box('sent while stopped', meanings['stop-and-copy']))
  if (bars.some((bar) => bar.phase === 'postcopy')) entries.push(box('sent in post-copy', meanings.postcopy))
  return entries
}

interface Letters extends Lettering {
  readonly drawing: Drawing
}

function rateBarsPlugin(bars: readonly RateBar[], downtime: string, lettering: Letters): Plugin<ChartType> {
  return {
    id: 'rate-bars',
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales
      if (x === undefined || y === undefined) return
      const pen = penOf(chart)
      const area = chart.chartArea
      const boxes = bars.map((bar) => ({
        bar,
        left: Math.max(area.left, x.getPixelForValue(bar.startSeconds)),
        right: Math.min(area.right, x.getPixelForValue(bar.endSeconds)),
        top: y.getPixelForValue(bar.megabits),
        dirtying: y.getPixelForValue(bar.dirtyingMegabits),
        floor: area.bottom,
      })).filter((box) => box.right > area.left && box.left < area.right)
      for (const box of boxes) drawBar(pen, box, lettering.drawing)
      for (const box of boxes) drawDirtying(pen, box, lettering.drawing)
      for (const box of boxes) drawAmount(pen, box, lettering)
      const stopped = boxes.find((box) => box.bar.phase === 'stop-and-copy')
      if (stopped !== undefined) drawDowntime(pen, { middle: (stopped.left + stopped.right) / 2, left: area.left, right: area.right, top: area.top, bottom: stopped.top - lettering.small - 5 }, downtime, lettering)
    },
  }
}

interface Box {
  readonly bar: RateBar
  readonly left: number
  readonly right: number
  readonly top: number
  readonly dirtying: number
  readonly floor: number
}

function drawBar(pen: Pen, { bar, left, right, top, floor }: Box, { ink }: Drawing): void {
  pen.save()
  pen.fillStyle = meanings[bar.phase]
  pen.strokeStyle = ink.axis
  pen.lineWidth = 0.5
  // A copy of milliseconds still shows: half a point is the thinnest line that prints, and the last copy stands out.
  const width = Math.max(right - left, bar.phase === 'stop-and-copy' ? 1 : 0.5)
  pen.fillRect(left, top, width, floor - top)
  if (width > 1.5) pen.strokeRect(left, top, width, floor - top)
  pen.restore()
}

function drawDirtying(pen: Pen, { bar, left, right, dirtying }: Box, { ground }: Drawing): void {
  if (bar.phase !== 'precopy') return
  pen.save()
  pen.strokeStyle = onGround(meanings.dirtying, ground)
  pen.lineWidth = 1.6
  pen.beginPath()
  pen.moveTo(left, dirtying)
  pen.lineTo(Math.max(right, left + 0.5), dirtying)
  pen.stroke()
  pen.restore()
}

/** The amount above its bar: level if it fits, upright if only that fits, else left to the table. */
function drawAmount(pen: Pen, box: Box, lettering: Letters): void {
  const { bar, left, right } = box
  const text = shortNumber(bar.mebibytes)
  const space = right - left
  const base = amountBase(box, lettering)
  pen.save()
  pen.font = canvasFont(lettering, lettering.small)
  pen.fillStyle = lettering.drawing.ink.text
  if (space >= pen.measureText(text).width + 2) {
    pen.textAlign = 'center'
    pen.textBaseline = 'bottom'
    pen.fillText(text, (left + right) / 2, base)
  } else if (space >= lettering.small * 0.95) {
    pen.translate((left + right) / 2, base)
    pen.rotate(-Math.PI / 2)
    pen.textAlign = 'left'
    pen.textBaseline = 'middle'
    pen.fillText(text, 0, 0)
  }
  pen.restore()
}

/** Just above the bar, or above the dirtying line where that would cross the number. */
function amountBase({ bar, top, dirtying }: Box, lettering: Lettering): number {
  const crossed = bar.phase === 'precopy' && dirtying < top && dirtying > top - lettering.small - 5
  return (crossed ? dirtying : top) - 2.5
}

/** The downtime in the head of the plot, with a line down to the copy that caused it. */
function drawDowntime(pen: Pen, { middle, left, right, top, bottom }: { middle: number; left: number; right: number; top: number; bottom: number }, text: string, lettering: Lettering): void {
  pen.save()
  pen.font = canvasFont(lettering, lettering.size)
  const half = pen.measureText(text).width / 2
  const centre = Math.min(Math.max(middle, left + half + 1), right - half - 1)
  pen.fillStyle = meanings['stop-and-copy']
  pen.strokeStyle = meanings['stop-and-copy']
  pen.lineWidth = 0.6
  pen.textAlign = 'center'
  pen.textBaseline = 'top'
  pen.fillText(text, centre, top + 1)
  pen.setLineDash([1.5, 1.5])
  pen.beginPath()
  pen.moveTo(middle, top + lettering.size + 3)
  pen.lineTo(middle, Math.max(bottom, top + lettering.size + 3))
  pen.stroke()
  pen.restore()
}

function tableOf(run: RunRecord, bars: readonly RateBar[]): ChartSpec['table'] {
  return {
    columns: ['iteration', 'phase', 'start (s)', 'end (s)', 'sent (MiB)', 'sent (Mbit/s)', 'dirtied (Mbit/s)', 'pages sent', 'pages skipped', 'pages dirty at the end'],
    rows: bars.map((bar, index) => {
      const row = run.iterations[index]
      return [bar.iteration, bar.phase, bar.startSeconds, bar.endSeconds, bar.mebibytes, bar.megabits, bar.dirtyingMegabits, row?.pages ?? null, row?.skippedPages ?? null, row?.dirtyPages ?? null]
    }),
  }
}

function captionOf(run: RunRecord): string {
  const ending = run.outcome === 'completed' ? downtimeText(run) : `the migration ${run.outcome === 'failed' ? 'failed' : `was ${run.outcome}`}`
  return `Rate of sending (bars, Mbit/s) and of dirtying (lines, Mbit/s) in each iteration of one run (n = 1: ${describeRun(run)}); numbers above bars are MiB sent; ${run.iterationCount} iterations, ${shortNumber(run.transferredBytes / mebibyte)} MiB in ${shortNumber(run.totalMs / 1000)} s, ${ending}.`
}
