/**
 * Draws the timeline of a migration by hand: phases on top, then rates, what is left, and the guest's work, over one axis
 * of time. The downtime runs through all of them. A ghost is drawn beneath in thin dotted lines.
 */

import type { SeriesPoint } from '#shared/analysis/downsample.ts'
import { roundTicks } from '#shared/figures/house-style.ts'
import { unitFor } from '#shared/figures/units.ts'
import type { PhaseSpan } from '#shared/model/migration-stats.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import { downtimeOf, endOf, formatTime, phaseName, type SeriesName, shownGuest, type TimeRange, type TimelineStats } from './timeline-data.ts'
import { drawFaults, drawFaultScale } from './draw-faults.ts'
import { type Lane, timeAxis, timeToX, type TimelineLayout } from './timeline-layout.ts'
import type { DrawnFault } from './timeline-faults.ts'
import { highestOf, type VisibleSeries } from './visible-series.ts'

export interface TimelineColours {
  readonly surface: string
  readonly inset: string
  readonly line: string
  readonly ink: string
  readonly inkSoft: string
  readonly inkFaint: string
  readonly accent: string
  readonly phaseInk: string
  readonly phases: Readonly<Record<PhaseSpan['phase'], string>>
  readonly dirty: string
  readonly remaining: string
  readonly service: string
  readonly balloon: string
  readonly faults: string
}

export interface TimelinePicture {
  readonly stats: TimelineStats
  readonly series: VisibleSeries
  readonly ghost: TimelineStats | null
  /** What the ghost is, such as: before the change. */
  readonly ghostLabel: string
  readonly ghostSeries: VisibleSeries | null
  readonly faults: readonly DrawnFault[]
  readonly ghostFaults: readonly DrawnFault[]
  readonly layout: TimelineLayout
  readonly range: TimeRange
  readonly colours: TimelineColours
  /** Font family and size of the letters, in CSS pixels. */
  readonly font: { readonly family: string; readonly size: number }
}

export type Brush = CanvasRenderingContext2D

const balloonDash = [7, 2, 2, 2]

function lanesOf({ rates, remaining, service, faults }: TimelineLayout): readonly Lane[] {
  return faults === null ? [rates, remaining, service] : [rates, remaining, service, faults]
}

export function drawTimeline(brush: Brush, picture: TimelinePicture): void {
  const { stats, ghost, ghostSeries, layout } = picture
  brush.textBaseline = 'middle'
  brush.font = fontOf(picture)
  drawLanes(brush, picture)
  inside(brush, layout, () => drawDowntime(brush, picture))
  if (ghost !== null && ghostSeries !== null) drawSeries(brush, picture, { series: ghostSeries, endMs: endOf(ghost), isGhost: true })
  drawSeries(brush, picture, { series: picture.series, endMs: endOf(stats), isGhost: false })
  drawFaultScale(brush, picture)
  inside(brush, layout, () => {
    drawFaults(brush, picture)
    drawPhases(brush, picture, stats, layout.band)
    if (ghost !== null && layout.ghostBand !== null) drawPhases(brush, picture, ghost, layout.ghostBand)
  })
  drawDowntimeLabel(brush, picture)
  drawAxis(brush, picture)
}

/** The line under the pointer, and the range that is being dragged. */
export function drawCrosshair(brush: Brush, picture: TimelinePicture, at: { readonly cursorMs: number | null; readonly drag: TimeRange | null }): void {
  const { layout, range, colours } = picture
  inside(brush, layout, () => {
    if (at.drag !== null) {
      const from = timeToX(layout, range, at.drag.fromMs)
      brush.globalAlpha = 0.18
      brush.fillStyle = colours.accent
      brush.fillRect(from, layout.band.top, timeToX(layout, range, at.drag.toMs) - from, layout.axisTop - layout.band.top)
      brush.globalAlpha = 1
    }
    if (at.cursorMs !== null) verticalLine(brush, Math.round(timeToX(layout, range, at.cursorMs)) + 0.5, layout.band.top, layout.axisTop, colours.ink)
  })
}

function fontOf({ font }: TimelinePicture, weight = 400): string {
  return `${weight} ${font.size}px ${font.family}`
}

function drawLanes(brush: Brush, picture: TimelinePicture): void {
  const { layout, colours } = picture
  const left = layout.left
  for (const lane of lanesOf(layout)) {
    brush.fillStyle = colours.surface
    brush.fillRect(left, lane.top, layout.right - left, lane.bottom - lane.top)
    brush.strokeStyle = colours.line
    brush.lineWidth = 1
    brush.strokeRect(left + 0.5, Math.round(lane.top) + 0.5, Math.round(layout.right - left) - 1, Math.round(lane.bottom - lane.top))
  }
  const transfer = laneScale(picture, ['transfer', 'dirtying'])
  const rateUnit = unitFor('bit/s', transfer)
  drawTitle(brush, picture, layout.rates, [
    { text: `Transfer rate (${rateUnit.name})`, colour: colours.accent, dash: [] },
    { text: `Dirtying rate (${rateUnit.name})`, colour: colours.dirty, dash: [5, 3] },
  ])
  drawTicks(brush, picture, layout.rates, transfer, rateUnit.factor)
  const remaining = laneScale(picture, ['remaining', 'balloon'])
  const sizeUnit = unitFor('B', remaining)
  const hasBalloon = picture.series.balloon.length > 0
  drawTitle(brush, picture, layout.remaining, [
    { text: `Remaining (${sizeUnit.name})`, colour: colours.remaining, dash: [] },
    ...(hasBalloon ? [{ text: `Balloon (${sizeUnit.name})`, colour: colours.balloon, dash: balloonDash }] : []),
  ])
  drawTicks(brush, picture, layout.remaining, remaining, sizeUnit.factor)
  drawTitle(brush, picture, layout.service, [{ text: "Guest's work (%)", colour: colours.service, dash: [] }])
  drawTicks(brush, picture, layout.service, 1, 0.01, 2)
}

export interface LegendEntry {
  readonly text: string
  readonly colour: string
  readonly dash: readonly number[]
}

/** The titles of a lane stand above it, each after a sample of its line. */
export function drawTitle(brush: Brush, picture: TimelinePicture, lane: Lane, entries: readonly LegendEntry[]): void {
  const { layout, colours } = picture
  const y = lane.top - picture.font.size * 0.75
  let x = layout.left
  brush.textAlign = 'left'
  for (const { text, colour, dash } of entries) {
    brush.strokeStyle = colour
    brush.lineWidth = 2
    brush.setLineDash([...dash])
    brush.beginPath()
    brush.moveTo(x, y)
    brush.lineTo(x + 18, y)
    brush.stroke()
    brush.setLineDash([])
    brush.fillStyle = colours.inkSoft
    brush.fillText(text, x + 23, y)
    x += 23 + brush.measureText(text).width + 18
  }
  // Where there is room for it.
  const ghostNote = `dotted: ${picture.ghostLabel}`
  if (picture.ghost !== null && lane === layout.rates && x + brush.measureText(ghostNote).width < layout.right) {
    brush.textAlign = 'right'
    brush.fillStyle = colours.inkFaint
    brush.fillText(ghostNote, layout.right, y)
  }
}

function drawTicks(brush: Brush, picture: TimelinePicture, lane: Lane, top: number, factor: number, count = Math.max(2, Math.floor((lane.bottom - lane.top) / 34))): void {
  const { layout, colours } = picture
  brush.textAlign = 'right'
  const half = picture.font.size / 2
  const least = lane.top + half - 2
  const lowest = lane.bottom - half + 2
  // An axis with nothing but its zero says nothing of its scale.
  const few = roundTicks(0, top / factor, count)
  const ticks = (few.length > 1 ? few : roundTicks(0, top / factor, count * 2)).map((tick) => ({ tick, y: valueToY(lane, tick * factor, top) }))
  const written = new Set<number>()
  // Both ends are written first; what lies between them only where letters have room.
  const inOrder = ticks.length < 3 ? ticks : [...ticks.slice(0, 1), ...ticks.slice(-1), ...ticks.slice(1, -1)]
  for (const { tick, y } of inOrder) {
    if (tick !== 0) horizontalLine(brush, Math.round(y) + 0.5, layout.left, layout.right, colours.line)
    const at = Math.min(lowest, Math.max(least, y))
    if ([...written].some((other) => Math.abs(other - at) < picture.font.size * 0.9)) continue
    written.add(at)
    brush.fillStyle = colours.inkSoft
    brush.fillText(formatNumber(tick), layout.left - 6, at)
  }
}

/** The value at the top of a lane, ghost included. */
function laneScale({ series, ghostSeries }: TimelinePicture, names: readonly SeriesName[]): number {
  return highestOf(ghostSeries === null ? [series] : [series, ghostSeries], names) * 1.06
}

interface Drawn {
  readonly series: VisibleSeries
  /** Until when the last sample holds. */
  readonly endMs: number
  readonly isGhost: boolean
}

function drawSeries(brush: Brush, picture: TimelinePicture, { series, endMs, isGhost }: Drawn): void {
  const { layout, colours } = picture
  const rateTop = laneScale(picture, ['transfer', 'dirtying'])
  const trace = (name: SeriesName, lane: Lane, top: number): Path2D => stepPath(series[name], { picture, lane, top, endMs })
  const stroke = (path: Path2D, colour: string, dash: readonly number[]): void => {
    brush.strokeStyle = isGhost ? colours.inkSoft : colour
    brush.lineWidth = isGhost ? 1.1 : 1.5
    brush.setLineDash(isGhost ? [1.5, 2] : [...dash])
    brush.stroke(path)
    brush.setLineDash([])
  }
  inside(brush, layout, () => {
    const remainingTop = laneScale(picture, ['remaining', 'balloon'])
    if (!isGhost) {
      fillArea(brush, series.remaining, { picture, lane: layout.remaining, top: remainingTop, endMs, colour: colours.remaining })
      fillArea(brush, series.service, { picture, lane: layout.service, top: 1, endMs, colour: colours.service })
    }
    stroke(trace('remaining', layout.remaining, remainingTop), colours.remaining, [])
    if (!isGhost) stroke(trace('balloon', layout.remaining, remainingTop), colours.balloon, balloonDash)
    stroke(trace('service', layout.service, 1), colours.service, [])
    stroke(trace('transfer', layout.rates, rateTop), colours.accent, [])
    if (!isGhost) stroke(trace('dirtying', layout.rates, rateTop), colours.dirty, [5, 3])
  })
}

interface Trace {
  readonly picture: TimelinePicture
  readonly lane: Lane
  readonly top: number
  /** Until when the last point holds. */
  readonly endMs: number
}

/** Each sample holds until the next one: steps, not slopes. */
function stepPath(points: readonly SeriesPoint[], { picture, lane, top, endMs }: Trace): Path2D {
  const path = new Path2D()
  let previousY: number | null = null
  for (const { x, y } of points) {
    const at = timeToX(picture.layout, picture.range, x)
    const height = valueToY(lane, y, top)
    if (previousY === null) path.moveTo(at, height)
    else {
      path.lineTo(at, previousY)
      path.lineTo(at, height)
    }
    previousY = height
  }
  if (previousY !== null) path.lineTo(timeToX(picture.layout, picture.range, endMs), previousY)
  return path
}

function fillArea(brush: Brush, points: readonly SeriesPoint[], trace: Trace & { readonly colour: string }): void {
  const { picture, lane } = trace
  const first = points[0]
  if (first === undefined) return
  const path = stepPath(points, trace)
  path.lineTo(timeToX(picture.layout, picture.range, trace.endMs), lane.bottom)
  path.lineTo(timeToX(picture.layout, picture.range, first.x), lane.bottom)
  path.closePath()
  brush.globalAlpha = 0.28
  brush.fillStyle = trace.colour
  brush.fill(path)
  brush.globalAlpha = 1
}

function drawPhases(brush: Brush, picture: TimelinePicture, shown: TimelineStats, lane: Lane): void {
  const { layout, range, colours } = picture
  const height = lane.bottom - lane.top
  brush.textAlign = 'center'
  for (const span of shown.timeline.phases) {
    const from = timeToX(layout, range, span.startMs)
    const to = timeToX(layout, range, span.endMs)
    const width = Math.max(span.phase === 'stop-and-copy' ? 2 : 0.5, to - from)
    if (to < layout.left || from > layout.right) continue
    brush.fillStyle = colours.phases[span.phase]
    brush.fillRect(from, lane.top, width, height)
    if (width > 3) verticalLine(brush, Math.round(from) + 0.5, lane.top, lane.bottom, colours.surface)
    if (height < 12) continue
    const shownFrom = Math.max(from, layout.left)
    const shownWidth = Math.min(to, layout.right) - shownFrom
    const text = [phaseName(span), span.iteration === undefined || span.phase === 'stop-and-copy' ? '' : String(span.iteration)].find((candidate) => candidate !== '' && brush.measureText(candidate).width + 6 < shownWidth)
    if (text === undefined) continue
    brush.fillStyle = colours.phaseInk
    brush.fillText(text, shownFrom + shownWidth / 2, (lane.top + lane.bottom) / 2 + 0.5)
  }
}

function drawDowntime(brush: Brush, { stats, layout, range, colours }: TimelinePicture): void {
  const downtime = downtimeOf(stats)
  if (downtime === null) return
  const from = timeToX(layout, range, downtime.fromMs)
  const width = Math.max(2, timeToX(layout, range, downtime.toMs) - from)
  brush.globalAlpha = 0.22
  brush.fillStyle = colours.phases['stop-and-copy']
  // The titles between the lanes stay readable.
  for (const lane of [layout.band, ...lanesOf(layout)]) brush.fillRect(from, lane.top, width, lane.bottom - lane.top)
  brush.globalAlpha = 1
}

function drawDowntimeLabel(brush: Brush, picture: TimelinePicture): void {
  const { stats, layout, range, colours } = picture
  const downtime = downtimeOf(stats)
  if (downtime === null) return
  const middle = timeToX(layout, range, (downtime.fromMs + downtime.toMs) / 2)
  if (middle < layout.left || middle > layout.right) return
  const text = `downtime ${formatTime(shownGuest(stats).downtimeMs)}${stats.outcome === 'running' ? ' so far' : ''}`
  brush.font = fontOf(picture, 600)
  const half = brush.measureText(text).width / 2
  brush.textAlign = 'center'
  brush.fillStyle = colours.ink
  brush.fillText(text, Math.min(layout.right - half, Math.max(layout.left + half, middle)), layout.downtimeLabel.bottom - picture.font.size * 0.75)
  brush.font = fontOf(picture)
}

function drawAxis(brush: Brush, picture: TimelinePicture): void {
  const { layout, range, colours, font } = picture
  const { unit, msPerUnit, ticks } = timeAxis(layout, range)
  horizontalLine(brush, Math.round(layout.axisTop) + 0.5, layout.left, layout.right, colours.inkFaint)
  for (const tick of ticks) {
    const x = timeToX(layout, range, tick * msPerUnit)
    verticalLine(brush, Math.round(x) + 0.5, layout.axisTop, layout.axisTop + 4, colours.inkFaint)
    const text = formatNumber(tick)
    const half = brush.measureText(text).width / 2
    brush.textAlign = 'center'
    brush.fillStyle = colours.inkSoft
    brush.fillText(text, Math.min(layout.right - half, x), layout.axisTop + 5 + font.size * 0.6)
  }
  brush.fillText(`Time (${unit})`, (layout.left + layout.right) / 2, layout.height - font.size * 0.6)
}

function valueToY(lane: Lane, value: number, top: number): number {
  return lane.bottom - (value / top) * (lane.bottom - lane.top)
}

function inside(brush: Brush, layout: TimelineLayout, draw: () => void): void {
  brush.save()
  brush.beginPath()
  brush.rect(layout.left, 0, layout.right - layout.left, layout.height)
  brush.clip()
  draw()
  brush.restore()
}

function verticalLine(brush: Brush, x: number, top: number, bottom: number, colour: string): void {
  brush.strokeStyle = colour
  brush.lineWidth = 1
  brush.beginPath()
  brush.moveTo(x, top)
  brush.lineTo(x, bottom)
  brush.stroke()
}

export function horizontalLine(brush: Brush, y: number, left: number, right: number, colour: string): void {
  brush.strokeStyle = colour
  brush.lineWidth = 1
  brush.beginPath()
  brush.moveTo(left, y)
  brush.lineTo(right, y)
  brush.stroke()
}
