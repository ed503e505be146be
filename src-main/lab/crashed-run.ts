/** The result of a run in which the program broke: it is kept like any other, and says nothing about migration. */

import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'

export function crashedRun(scenario: Scenario, reason: NonNullable<MigrationStats['reason']>): MigrationStats {
  return {
    outcome: 'crashed',
    reason,
    stopRule: null,
    totalBytes: scenario.guest.memory,
    pageBytes: scenario.guest.pageSize,
    setupMs: 0,
    totalMs: 0,
    downtimeMs: 0,
    downtimeParts: { suspendMs: 0, lastCopyMs: 0, stateMs: 0, commitMs: 0, resumeMs: 0 },
    transferredBytes: 0,
    precopyBytes: 0,
    downtimeBytes: 0,
    postcopyBytes: 0,
    pagesSent: 0,
    normalPages: 0,
    zeroPages: 0,
    skippedPages: 0,
    iterationCount: 0,
    throughputBitsPerSecond: 0,
    majorFaults: 0,
    minorFaults: 0,
    postcopyRequests: 0,
    guestLostMs: 0,
    cpuThrottlePercent: 0,
    guestTrafficBitsPerSecond: 0,
    iterations: [],
    timeline: { timeMs: [], transferBitsPerSecond: [], dirtyPagesPerSecond: [], remainingBytes: [], serviceLevel: [], phases: [] },
    wws: null,
    fingerprint: 'crashed',
  }
}

/** Why a run broke, from what it threw. */
export function reasonOf(error: unknown): NonNullable<MigrationStats['reason']> {
  if (error instanceof GodwitError) return { code: error.code, message: error.message }
  return { code: 'run.threw', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}
