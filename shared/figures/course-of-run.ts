/** What figures read from the course of a run: where its guest stood still, and series joined to what paper can show. */

import type { SeriesPoint } from '../analysis/downsample.ts'
import type { RunRecord, Timeline } from '../model/migration-stats.ts'

/** Steps that a column of a page can tell apart. */
const mostSteps = 400

/** In seconds; null if the guest was never paused. Of several guests, the first, whose timeline it is. */
export function pauseOf({ timeline, downtimeMs, guests }: RunRecord): { readonly fromSeconds: number; readonly toSeconds: number } | null {
  const pause = timeline.phases.find(({ phase }) => phase === 'stop-and-copy' || phase === 'save')
  const lengthMs = guests[0]?.downtimeMs ?? downtimeMs
  return pause === undefined || lengthMs === 0 ? null : { fromSeconds: pause.startMs / 1000, toSeconds: (pause.startMs + lengthMs) / 1000 }
}

export function endSecondsOf({ timeline, totalMs, guests }: RunRecord): number {
  return Math.max(guests[0]?.totalMs ?? totalMs, timeline.phases.at(-1)?.endMs ?? 0) / 1000
}

/** Two corners for each step, x in seconds. Samples shorter than a step are joined to their mean over time. */
export function stepsOf(timeline: Timeline, column: readonly number[], endSeconds: number): readonly SeriesPoint[] {
  const leastSeconds = endSeconds / mostSteps
  const points: SeriesPoint[] = []
  let [start, area] = [(timeline.timeMs[0] ?? 0) / 1000, 0]
  timeline.timeMs.forEach((timeMs, index) => {
    const end = (timeline.timeMs[index + 1] ?? endSeconds * 1000) / 1000
    area += (column[index] ?? 0) * (end - timeMs / 1000)
    const isLast = index === timeline.timeMs.length - 1
    if (end <= start || (!isLast && end - start < leastSeconds)) return
    points.push({ x: start, y: area / (end - start) }, { x: end, y: area / (end - start) })
    start = end
    area = 0
  })
  return points
}
