/** The lane of page faults: a tick for each, as high as its latency on a scale of equal ratios. */

import { formatNumber } from '#shared/units/quantity.ts'
import { type Brush, drawTitle, horizontalLine, type TimelinePicture } from './draw-timeline.ts'
import { timeToX } from './timeline-layout.ts'
import { latencyScale, latencyShare } from './timeline-faults.ts'

/** Half the side of the square at the top of a tick, in CSS pixels. */
const halfMark = 1.25

/** Title, decades and their numbers; they stand outside of the plot. */
export function drawFaultScale(brush: Brush, picture: TimelinePicture): void {
  const { layout, colours, faults, ghostFaults, font } = picture
  const lane = layout.faults
  const scale = latencyScale([faults, ghostFaults])
  if (lane === null || scale === null) return
  drawTitle(brush, picture, lane, [{ text: 'Page faults: latency (ms)', colour: colours.faults, dash: [2, 2] }])
  const height = lane.bottom - lane.top
  const every = Math.ceil(((scale.highest - scale.lowest) * font.size * 1.2) / height)
  brush.textAlign = 'right'
  for (let decade = scale.lowest; decade <= scale.highest; decade++) {
    const y = lane.bottom - ((decade - scale.lowest) / (scale.highest - scale.lowest)) * height
    if (decade !== scale.lowest && decade !== scale.highest) horizontalLine(brush, Math.round(y) + 0.5, layout.left, layout.right, colours.line)
    if ((decade - scale.lowest) % every !== 0) continue
    brush.fillStyle = colours.inkSoft
    brush.fillText(formatNumber(Number((10 ** decade).toPrecision(6))), layout.left - 6, Math.min(lane.bottom - font.size / 2 + 2, Math.max(lane.top + font.size / 2 - 2, y)))
  }
}

/** Clipped to the plot by the caller. Faults of the ghost are hollow. */
export function drawFaults(brush: Brush, picture: TimelinePicture): void {
  const { layout, range, colours, faults, ghostFaults } = picture
  const lane = layout.faults
  const scale = latencyScale([faults, ghostFaults])
  if (lane === null || scale === null) return
  const topOf = (latencyMs: number): number => lane.bottom - latencyShare(scale, latencyMs) * (lane.bottom - lane.top)
  brush.strokeStyle = colours.inkFaint
  brush.lineWidth = 0.8
  for (const { timeMs, latencyMs } of ghostFaults) brush.strokeRect(timeToX(layout, range, timeMs) - halfMark, topOf(latencyMs) - halfMark, 2 * halfMark, 2 * halfMark)
  brush.strokeStyle = colours.faults
  brush.fillStyle = colours.faults
  brush.lineWidth = 1
  // Many ticks on a pixel would be one block; the fewer there are, the stronger each is drawn.
  brush.globalAlpha = Math.min(0.7, Math.max(0.06, 60 / Math.max(1, faults.length)))
  brush.beginPath()
  for (const { timeMs, latencyMs } of faults) {
    const x = timeToX(layout, range, timeMs)
    brush.moveTo(x, lane.bottom)
    brush.lineTo(x, topOf(latencyMs))
  }
  brush.stroke()
  brush.globalAlpha = 0.85
  for (const { timeMs, latencyMs } of faults) brush.fillRect(timeToX(layout, range, timeMs) - halfMark, topOf(latencyMs) - halfMark, 2 * halfMark, 2 * halfMark)
  brush.globalAlpha = 1
}
