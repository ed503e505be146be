/** What the timeline of a migration is drawn from: spans, series in display units, events, and values at an instant. */

import { downsample, type SeriesPoint } from '#shared/analysis/downsample.ts'
import type { MigrationStats, Outcome, PhaseSpan } from '#shared/model/migration-stats.ts'
import { formatNumber, formatQuantity } from '#shared/units/quantity.ts'
import { type DrawnFault, faultClusters, faultsWithin, latencyRange } from './timeline-faults.ts'

/** The part of a result that a timeline shows; a run that is still going on has it as well. */
export interface TimelineStats extends Pick<MigrationStats, 'timeline' | 'iterations' | 'downtimeMs' | 'totalMs' | 'pageBytes'>, Partial<Pick<MigrationStats, 'guests'>> {
  readonly outcome: Outcome | 'running'
}

/** Lengths and outcome of what the timeline shows: of several guests, the first. */
export function shownGuest(stats: TimelineStats): Pick<TimelineStats, 'downtimeMs' | 'totalMs' | 'outcome'> {
  return stats.guests?.[0] ?? stats
}

export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Something that the keyboard steps to. */
export interface TimelineEvent {
  readonly timeMs: number
  readonly label: string
}

export type SeriesName = 'transfer' | 'dirtying' | 'remaining' | 'service' | 'balloon'

export interface Instant {
  readonly transferBitsPerSecond: number
  readonly dirtyPagesPerSecond: number
  readonly remainingBytes: number
  readonly serviceLevel: number
  /** Absent: the guest has no balloon. */
  readonly balloonBytes?: number
}

export function endOf(stats: TimelineStats): number {
  const { timeline } = stats
  return Math.max(shownGuest(stats).totalMs, timeline.phases.at(-1)?.endMs ?? 0, timeline.timeMs.at(-1) ?? 0)
}

/** The time in which the guest runs nowhere, from its pause on; null if it was not paused. */
export function downtimeOf(stats: TimelineStats): TimeRange | null {
  const { downtimeMs } = shownGuest(stats)
  const pause = stats.timeline.phases.find(({ phase }) => phase === 'stop-and-copy' || phase === 'save')
  return pause === undefined || downtimeMs === 0 ? null : { fromMs: pause.startMs, toMs: pause.startMs + downtimeMs }
}

/** One series as points; rates of dirtying count in bits, so that they compare with what is sent. */
export function seriesOf({ timeline, pageBytes }: TimelineStats, name: SeriesName): readonly SeriesPoint[] {
  const column = { transfer: timeline.transferBitsPerSecond, dirtying: timeline.dirtyPagesPerSecond, remaining: timeline.remainingBytes, service: timeline.serviceLevel, balloon: timeline.balloonBytes }[name]
  if (column === undefined) return []
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
    ...(timeline.balloonBytes === undefined ? {} : { balloonBytes: timeline.balloonBytes[index] ?? 0 }),
  }
}

const phaseNames: Readonly<Record<PhaseSpan['phase'], string>> = {
  setup: 'Set-up',
  disk: 'Disk',
  precopy: 'Pre-copy',
  'stop-and-copy': 'Stop-and-copy',
  postcopy: 'Post-copy',
  activation: 'Activation',
  save: 'Save',
  move: 'Move',
  restore: 'Restore',
}

export function phaseName({ phase, iteration }: PhaseSpan): string {
  return phase === 'precopy' && iteration !== undefined ? `Iteration ${iteration}` : phaseNames[phase]
}

export function phaseAt({ timeline }: TimelineStats, timeMs: number): PhaseSpan | undefined {
  return timeline.phases.findLast(({ startMs }) => startMs <= timeMs) ?? timeline.phases[0]
}

/** Where each phase and each cluster of faults begins, and how it all ends. */
export function eventsOf(stats: TimelineStats): readonly TimelineEvent[] {
  const begins = stats.timeline.phases.map((span) => ({ timeMs: span.startMs, label: `${phaseName(span)} begins` }))
  const downtime = downtimeOf(stats)
  const resumed = downtime === null || shownGuest(stats).outcome !== 'completed' ? [] : [{ timeMs: downtime.toMs, label: 'The guest runs again' }]
  const end = { timeMs: endOf(stats), label: outcomeSentences[shownGuest(stats).outcome] }
  const faults = faultClusters(stats).map((cluster) => ({ timeMs: cluster.fromMs, label: cluster.latenciesMs.length === 1 ? 'A page fault' : `Page faults until ${formatTime(cluster.toMs)}, ${latencyRange(cluster)}` }))
  return [...begins, ...resumed, ...faults, end].sort((a, b) => a.timeMs - b.timeMs)
}

const outcomeSentences: Readonly<Record<TimelineStats['outcome'], string>> = {
  completed: 'Migration completed',
  failed: 'Migration failed, the guest runs at the source',
  lost: 'The guest is lost',
  cancelled: 'Migration cancelled, the guest runs at the source',
  crashed: 'The program broke',
  invalid: 'The run is invalid',
  running: 'Still running',
}

/** The values at an instant, in words that are read out or shown beneath the picture; faults count that began within `nearMs` of it. */
export function readingAt(stats: TimelineStats, timeMs: number, nearMs = 0): readonly string[] {
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
    instant.balloonBytes === undefined ? '' : `balloon ${formatQuantity(instant.balloonBytes, 'bytes')}`,
    faultWords(faultsWithin(stats, { fromMs: timeMs - nearMs, toMs: timeMs + nearMs })),
  ].filter((part) => part !== '')
}

function faultWords(faults: readonly DrawnFault[]): string {
  const [first] = faults
  if (first === undefined) return ''
  const latenciesMs = faults.map(({ latencyMs }) => latencyMs)
  return faults.length === 1 ? `fault on page ${formatNumber(first.page)}, ${formatTime(first.latencyMs)}` : `${faults.length} faults drawn here, ${latencyRange({ latenciesMs })}`
}

export function formatTime(ms: number): string {
  return formatQuantity(ms * 1e6, 'nanoseconds')
}
