/** What the reading of whole runs and of rows have in common: the columns of a run, and the tables they come from. */

import { emptyStats } from '#shared/model/empty-stats.ts'
import type { MigrationStats, Provenance, RunRecord } from '#shared/model/migration-stats.ts'
import type { RunLink } from '../contract.ts'

export interface StoredRun {
  readonly runId: string
  readonly seed: number
  readonly backend: string
  /** JSON, as are provenance and factors. */
  readonly stats: string
  readonly provenance: string
  readonly suite: string
  readonly point: number
  readonly repetition: number
  readonly factors: string
}

/** What the column `stats` holds: the record without what has tables of its own. */
export type StoredStats = Omit<MigrationStats, 'iterations' | 'timeline' | 'wws'>

export const runColumns = 'runs.run_id AS runId, seed, backend, stats, provenance, suites.name AS suite, suite_runs.point AS point, repetition, factors'

export const runTables = `
    FROM suite_runs
    JOIN runs ON runs.run_id = suite_runs.run_id
    JOIN suites ON suites.suite_id = suite_runs.suite_id
    JOIN points ON points.suite_id = suite_runs.suite_id AND points.point = suite_runs.point`

export const runOrder = 'ORDER BY suite_runs.point, repetition, suite_runs.run_id'

/** True of the runs behind the one of `cursorOf`, in that order. */
export const isBehindCursor = '(suite_runs.point, repetition, suite_runs.run_id) > (@afterPoint, @afterRepetition, @afterRunId)'

/** Absent: before the first. */
export function cursorOf(after: RunLink | undefined) {
  return { afterPoint: after?.point ?? -1, afterRepetition: after?.repetition ?? -1, afterRunId: after?.runId ?? '' }
}

/** Records of an earlier version lack what was measured since. */
const { iterations: _rows, timeline: _timeline, wws: _wws, ...lacking } = emptyStats

/** Runs of one point have the same factors: whoever reads many gives a parser that knows them. */
export function readRun(row: StoredRun, parseFactors: (json: string) => RunRecord['factors'] = JSON.parse) {
  const { runId, seed, backend, suite, point, repetition } = row
  return {
    runId,
    suite,
    point,
    factors: parseFactors(row.factors),
    repetition,
    seed,
    backend,
    ...lacking,
    ...(JSON.parse(row.stats) as StoredStats),
    provenance: JSON.parse(row.provenance) as Provenance,
  }
}
