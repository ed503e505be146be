/** Rows of runs as the records that figures are made of; what rows lack is empty. */

import type { MigrationStats, RunRecord } from '#shared/model/migration-stats.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'

const lacking: Pick<MigrationStats, 'iterations' | 'timeline' | 'wws'> = {
  iterations: [],
  timeline: { timeMs: [], transferBitsPerSecond: [], dirtyPagesPerSecond: [], remainingBytes: [], serviceLevel: [], phases: [] },
  wws: null,
}

/** Runs that somebody excluded stay out of figures, as they do on the command line. */
export function recordsOf(rows: readonly RunRow[]): readonly RunRecord[] {
  return rows.filter((row) => row.exclusion === null).map((row) => ({ ...row, ...lacking }))
}
