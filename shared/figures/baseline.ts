/** The differences from a baseline that a recipe names: paired by seed, at each place of the figure, for its data. */

import { pairedDelta } from '../analysis/paired.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { Metric } from '../model/metrics.ts'
import type { RunRecord, Scalar } from '../model/migration-stats.ts'
import type { Recipe } from './recipe.ts'
import { distinctValues, valueOf } from './selection.ts'
import { type AxisUnit, labelWithUnit } from './units.ts'

export interface Differences {
  /** Heads of the columns that are added to the data. */
  readonly columns: readonly string[]
  /** What stands in them for the runs of one mean, in the unit of the axis; empty cells for the baseline itself. */
  readonly of: (runs: readonly RunRecord[]) => readonly Scalar[]
}

const none: Differences = { columns: [], of: () => [] }

export interface DifferenceSource {
  readonly completed: readonly RunRecord[]
  readonly x: string
  readonly metric: Metric
  readonly unit: AxisUnit
}

/** No columns without a baseline. Throws `figure.baseline` where no completed run has it. */
export function differencesFrom({ baseline, series, confidence }: Recipe, { completed, x, metric, unit }: DifferenceSource): Differences {
  if (baseline === undefined) return none
  const side = series ?? x
  const known = distinctValues(completed, side).map(String)
  if (!known.includes(baseline)) throw new GodwitError('figure.baseline', `The baseline "${baseline}" is no value of ${side}; the completed runs have ${known.join(', ')}`)
  // Runs are compared within their backend and, where the sides are series, at the same place on the x axis.
  const places = ['backend', ...(series === undefined ? [] : [x])]
  const measured = (runs: readonly RunRecord[]) => runs.map((run) => ({ seed: run.seed, value: metric.of(run) }))
  const column = (what: string): string => labelWithUnit(what, unit.name)
  return {
    columns: ['pairs', column(`difference from ${baseline}`), column('difference low'), column('difference high'), 'relative difference (%)'],
    of: (runs) => {
      const [first] = runs
      const opposite = first === undefined ? [] : completed.filter((run) => String(valueOf(run, side)) === baseline && places.every((path) => valueOf(run, path) === valueOf(first, path)))
      const delta = first === undefined || String(valueOf(first, side)) === baseline ? null : pairedDelta(measured(opposite), measured(runs), confidence)
      if (delta?.ok !== true) return [null, null, null, null, null]
      const { mean, low, high } = delta.difference
      return [delta.pairs, ...[mean, low, high].map((value) => (value === null ? null : value / unit.factor)), delta.relative === null ? null : delta.relative.mean * 100]
    },
  }
}
