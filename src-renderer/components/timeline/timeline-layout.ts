/** Where the parts of a timeline stand, and how time and values map to pixels. */

import { roundTicks } from '#shared/figures/house-style.ts'
import type { TimeRange } from './timeline-data.ts'

export interface Lane {
  readonly top: number
  readonly bottom: number
}

export interface TimelineLayout {
  readonly left: number
  readonly right: number
  readonly downtimeLabel: Lane
  readonly band: Lane
  readonly ghostBand: Lane | null
  readonly rates: Lane
  readonly remaining: Lane
  readonly service: Lane
  /** Null: there are no faults. */
  readonly faults: Lane | null
  readonly axisTop: number
  readonly height: number
}

const topRow = 18
const bandHeight = 22
const ghostBandHeight = 7
const titleRow = 19
const axisHeight = 34
/** How the height is shared out: rates, remaining, the guest's work, and faults. */
const sharesOfLanes = [0.46, 0.34, 0.2]
const sharesWithFaults = [0.32, 0.23, 0.17, 0.28]

export function layoutOf(size: { readonly width: number; readonly height: number }, options: { readonly hasGhost: boolean; readonly hasFaults?: boolean; readonly textScale: number }): TimelineLayout {
  const scale = options.textScale
  const title = titleRow * scale
  const band = { top: topRow * scale, bottom: (topRow + bandHeight) * scale }
  const ghostBand = options.hasGhost ? { top: band.bottom + 2, bottom: band.bottom + 2 + ghostBandHeight } : null
  const lanesTop = (ghostBand ?? band).bottom
  const axisTop = size.height - axisHeight * scale
  const shares = options.hasFaults === true ? sharesWithFaults : sharesOfLanes
  const free = Math.max(30, axisTop - lanesTop - shares.length * title)
  let top = lanesTop
  const lanes = shares.map((share) => {
    const lane = { top: top + title, bottom: top + title + free * share }
    top = lane.bottom
    return lane
  })
  const [rates = band, remaining = band, service = band, faults = null] = lanes
  return { left: 58 * scale, right: size.width - 10, downtimeLabel: { top: 0, bottom: band.top }, band, ghostBand, rates, remaining, service, faults, axisTop, height: size.height }
}

export function timeToX(layout: TimelineLayout, range: TimeRange, timeMs: number): number {
  return layout.left + ((timeMs - range.fromMs) / (range.toMs - range.fromMs)) * (layout.right - layout.left)
}

export function xToTime(layout: TimelineLayout, range: TimeRange, x: number): number {
  const share = (x - layout.left) / (layout.right - layout.left)
  return range.fromMs + Math.min(1, Math.max(0, share)) * (range.toMs - range.fromMs)
}

export interface TimeAxis {
  readonly unit: string
  readonly msPerUnit: number
  /** In the axis's unit. */
  readonly ticks: readonly number[]
}

const timeUnits = [
  { unit: 's', msPerUnit: 1000 },
  { unit: 'ms', msPerUnit: 1 },
  { unit: 'us', msPerUnit: 1e-3 },
] as const

/** The unit follows the width of the range, so that neighbouring ticks differ in their first digits. */
export function timeAxis(layout: TimelineLayout, range: TimeRange): TimeAxis {
  const width = range.toMs - range.fromMs
  const { unit, msPerUnit } = timeUnits.find((candidate) => width / candidate.msPerUnit >= 2) ?? timeUnits[2]
  const count = Math.max(2, Math.floor((layout.right - layout.left) / 80))
  return { unit, msPerUnit, ticks: roundTicks(range.fromMs / msPerUnit, range.toMs / msPerUnit, count) }
}
