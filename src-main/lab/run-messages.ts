/** The messages between the lab and its run workers: runs go in, their results come out in the same order. */

import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

export interface RunOrder {
  readonly runId: string
  readonly scenario: Scenario
  readonly seed: number
}

export type WorkerReport =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'finished'; readonly runId: string } & RunResult)

export interface RunResult {
  readonly stats: MigrationStats
  /** ISO 8601. */
  readonly startedAt: string
  readonly wallMs: number
}
