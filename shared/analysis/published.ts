/** Published against simulated: the mean over runs, its interval, and how far the mean is off. */

import type { RunRecord } from '../model/migration-stats.ts'
import type { Promised, PublishedFigure } from '../scenario/presets/published-figure.ts'
import { type IntervalResult, meanInterval } from './interval.ts'
import { completedOf } from './summarise.ts'

export interface PublishedComparison {
  readonly figure: PublishedFigure
  readonly simulated: IntervalResult
  /** (simulated - published) / |published|; null if no run completed. */
  readonly relativeError: number | null
  /** Null where nothing was promised. */
  readonly met: boolean | null
}

/** `runs` are those of the suite that the figures belong to. */
export function compareToPublished(figures: readonly PublishedFigure[], runs: readonly RunRecord[]): readonly PublishedComparison[] {
  const completed = completedOf(runs)
  return figures.map((figure) => {
    const simulated = meanInterval(figure.of(completed))
    const relativeError = simulated.ok ? (simulated.mean - figure.value) / Math.abs(figure.value) : null
    const met = figure.promised === null ? null : simulated.ok && keeps(figure.promised, simulated.mean, figure.value)
    return { figure, simulated, relativeError, met }
  })
}

function keeps(promised: Promised, simulated: number, published: number): boolean {
  if ('share' in promised) return Math.abs(simulated - published) <= promised.share * Math.abs(published)
  if ('within' in promised) return Math.abs(simulated - published) <= promised.within
  return 'atMost' in promised ? simulated <= promised.atMost : simulated >= promised.atLeast
}
