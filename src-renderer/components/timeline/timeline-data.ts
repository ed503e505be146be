/** What the timeline of a migration is drawn from: spans, series in display units, events, and values at an instant. */

import { downsample, type SeriesPoint } from '#shared/analysis/downsample.ts'
import type { MigrationStats, PhaseSpan } from '#shared/model/migration-stats.ts'
import { formatQuantity } from '#shared/units/quantity.ts'

/** The part of a result that a timeline shows; a run that is still going on has it as well. */
export type TimelineStats = Pick<MigrationStats, 'timeline' | 'iterations' | 'downtimeMs' | 'totalMs' | 'pageBytes' | 'outcome'>

export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Something that the keyboard steps to. */
export interface TimelineEvent {
  readonly timeMs: number
  readonly label: string
}

export type SeriesName = 'transfer' | 'dirtying' | 'remaining' | 'service'

export interface Instant {
  readonly transferBitsPerSecond: number
  readonly dirtyPagesPerSecond: number
  readonly remainingBytes: number
  readonly serviceLevel: number
}

export function endOf({ timeline, totalMs }: TimelineStats): number {
  return Math.max(totalMs, timeline.phases.at(-1)?.endMs ?? 0, timeline.timeMs.at(-1) ?? 0)
}

/** The time in which the guest runs nowhere, from its pause on; null if it was not paused. */
export function downtimeOf({ timeline, downtimeMs }: TimelineStats): TimeRange | null {
  const pause = timeline.phases.find(({ phase }) => phase === 'stop-and-copy')
  return pause === undefined || downtimeMs === 0 ? null : { fromMs: pause.startMs, toMs: pause.startMs + downtimeMs }
}

/** One series as points; rates of dirtying count in bits, so that they compare with what is sent. */
export function seriesOf({ timeline, pageBytes }: TimelineStats, name: SeriesName): readonly SeriesPoint[] {
  const column = { transfer: timeline.transferBitsPerSecond, dirtying: timeline.dirtyPagesPerSecond, remaining: timeline.remainingBytes, service: timeline.serviceLevel }[name]
  const factor = name === 'dirtying' ? pageBytes * 8 : 1
  return timeline.timeMs.map((x, index) => ({ x, y: (column[index] ?? 0) * factor }))
}

/**
 * The points of a series that a range of so many pixels can show, with one neighbour on either side. Samples that last
 * less than a pixel become one of their mean: a batch of microseconds has a rate, but none that a second could show.
 */
export function visiblePoints(points: readonly SeriesPoint[], range: TimeRange, pixels: number): readonly SeriesPoint[] {
  const first = Math.max(0, indexAt(points, range.fromMs))
  const last = Math.min(points.length, indexAt(points, range.toMs) + 2)
  const wide = meansOver(points.slice(first, last), (range.toMs - range.fromMs) / Math.max(1, pixels))
  return downsample(wide, Math.max(16, Math.round(pixels)))
}

/** Runs of samples shorter than a length, joined to their mean over time. The last sample lasts until it is replaced. */
export function meansOver(points: readonly SeriesPoint[], leastMs: number): readonly SeriesPoint[] {
  const joined: SeriesPoint[] = []
  let startMs = points[0]?.x ?? 0
  let area = 0
  points.forEach(({ x, y }, index) => {
    const next = points[index + 1]
    if (next === undefined) {
      joined.push({ x: startMs, y: x === startMs ? y : area / (x - startMs) })
      if (x > startMs) joined.push({ x, y })
      return
    }
    area += y * (next.x - x)
    if (next.x - startMs < leastMs) return
    joined.push({ x: startMs, y: area / (next.x - startMs) })
    startMs = next.x
    area = 0
  })
  return joined
}

/** Index of the last point at or before a time; -1 if there is none. `points` rise in x. */
export function indexAt(points: readonly SeriesPoint[], timeMs: number): number {
  let low = -1
  let high = points.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((points[middle]?.x ?? Infinity) <= timeMs) low = middle
    else high = middle - 1
  }
  return low
}

export function instantAt({ timeline }: TimelineStats, timeMs: number): Instant | null {
  let index = timeline.timeMs.findLastIndex((time) => time <= timeMs)
  if (timeline.timeMs.length === 0) return null
  if (index < 0) index = 0
  return {
    transferBitsPerSecond: timeline.transferBitsPerSecond[index] ?? 0,
    dirtyPagesPerSecond: timeline.dirtyPagesPerSecond[index] ?? 0,
    remainingBytes: timeline.remainingBytes[index] ?? 0,
    serviceLevel: timeline.serviceLevel[index] ?? 0,
  }
}

const phaseNames: Readonly<Record<PhaseSpan['phase'], string>> = {
  setup: 'Set-up',
  precopy: 'Pre-copy',
  'stop-and-copy': 'Stop-and-copy',
  postcopy: 'Post-copy',
  activation: 'Activation',
}

export function phaseName({ phase, iteration }: PhaseSpan): string {
  return phase === 'precopy' && iteration !== undefined ? `Iteration ${iteration}` : phaseNames[phase]
}

export function phaseAt({ timeline }: TimelineStats, timeMs: number): PhaseSpan | undefined {
  return timeline.phases.findLast(({ startMs }) => startMs <= timeMs) ?? timeline.phases[0]
}

/** Where each phase begins, and how it all ends. */
export function eventsOf(stats: TimelineStats): readonly TimelineEvent[] {
  const begins = stats.timeline.phases.map((span) => ({ timeMs: span.startMs, label: `${phaseName(span)} begins` }))
  const downtime = downtimeOf(stats)
  const resumed = downtime === null || stats.outcome !== 'completed' ? [] : [{ timeMs: downtime.toMs, label: 'The guest runs again' }]
  const end = { timeMs: endOf(stats), label: outcomeSentences[stats.outcome] }
  return [...begins, ...resumed, end].sort((a, b) => a.timeMs - b.timeMs)
}

const outcomeSentences: Readonly<Record<TimelineStats['outcome'], string>> = {
  completed: 'Migration completed',
  failed: 'Migration failed, the guest runs at the source',
  lost: 'The guest is lost',
  cancelled: 'Migration cancelled, the guest runs at the source',
  crashed: 'The program broke',
}

/** The values at an instant, in words that are read out or shown beneath the picture. */
export function readingAt(stats: TimelineStats, timeMs: number): readonly string[] {
  const instant = instantAt(stats, timeMs)
  const span = phaseAt(stats, timeMs)
  if (instant === null) return []
  return [
    formatTime(timeMs),
    span === undefined ? '' : phaseName(span),
    `transfer ${formatQuantity(instant.transferBitsPerSecond, 'bitsPerSecond')}`,
    `dirtying ${formatQuantity(instant.dirtyPagesPerSecond * stats.pageBytes * 8, 'bitsPerSecond')}`,
    `remaining ${formatQuantity(instant.remainingBytes, 'bytes')}`,
    `guest's work ${Math.round(instant.serviceLevel * 100)} %`,
  ].filter((part) => part !== '')
}

export function formatTime(ms: number): string {
  return formatQuantity(ms * 1e6, 'nanoseconds')
}
