/** Published against simulated: the mean over runs, its interval, and the relative error of the mean. */

import type { RunRecord } from '../model/migration-stats.ts'
import type { PublishedFigure } from '../scenario/presets/clark-2005-published.ts'
import { type IntervalResult, meanInterval } from './interval.ts'
import { completedOf } from './summarise.ts'

export interface PublishedComparison {
  readonly figure: PublishedFigure
  readonly simulated: IntervalResult
  /** (simulated - published) / published; null if no run completed. */
  readonly relativeError: number | null
  /** Null where no bound was promised. */
  readonly met: boolean | null
}

/** `runsOf` gives the runs of a scenario preset. */
export function compareToPublished(figures: readonly PublishedFigure[], runsOf: (preset: string) => readonly RunRecord[]): readonly PublishedComparison[] {
  return figures.map((figure) => {
    const simulated = meanInterval(completedOf(runsOf(figure.preset)).map(figure.of))
    const relativeError = simulated.ok ? (simulated.mean - figure.value) / figure.value : null
    const met = figure.bound === null ? null : relativeError !== null && Math.abs(relativeError) <= figure.bound
    return { figure, simulated, relativeError, met }
  })
}
