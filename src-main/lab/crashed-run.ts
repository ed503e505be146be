/** The result of a run in which the program broke: it is kept like any other, and says nothing about migration. */

import { emptyStats } from '#shared/model/empty-stats.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'

export function crashedRun(scenario: Scenario, reason: NonNullable<MigrationStats['reason']>): MigrationStats {
  return {
    ...emptyStats,
    outcome: 'crashed',
    reason,
    totalBytes: scenario.guest.memory,
    pageBytes: scenario.guest.pageSize,
    fingerprint: 'crashed',
  }
}

/** Why a run broke, from what it threw. */
export function reasonOf(error: unknown): NonNullable<MigrationStats['reason']> {
  if (error instanceof GodwitError) return { code: error.code, message: error.message }
  return { code: 'run.threw', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}
