/** The series of a timeline as far as a picture shows them, computed once for everything that draws or scales. */

import type { SeriesPoint } from '#shared/analysis/downsample.ts'
import { seriesOf, type SeriesName, type TimeRange, type TimelineStats, visiblePoints } from './timeline-data.ts'

export type VisibleSeries = Readonly<Record<SeriesName, readonly SeriesPoint[]>>

export function visibleSeries(stats: TimelineStats, range: TimeRange, pixels: number): VisibleSeries {
  const of = (name: SeriesName): readonly SeriesPoint[] => visiblePoints(seriesOf(stats, name), range, pixels)
  return { transfer: of('transfer'), dirtying: of('dirtying'), remaining: of('remaining'), service: of('service'), balloon: of('balloon') }
}

/** The highest value of some series; 1 if all are zero. */
export function highestOf(shown: readonly VisibleSeries[], names: readonly SeriesName[]): number {
  let highest = 0
  for (const series of shown) for (const name of names) for (const { y } of series[name]) highest = Math.max(highest, y)
  return highest === 0 ? 1 : highest
}
