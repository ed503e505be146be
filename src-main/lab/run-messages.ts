/** The messages between the lab and its run workers: runs go in, their results come out in the same order. */

import type { AgentHosts } from './agents/hosts.ts'
import type { MigrationStats, RunProgress } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

/** What a worker is started with. */
export interface WorkerData {
  /** Where imported traces are; absent: only built-in ones are there. */
  readonly tracesFolder?: string | undefined
  /** For runs on agents; absent: agents of this machine. */
  readonly agents?: AgentHosts | undefined
  /** Absent: nobody will ever look on. */
  readonly attention?: SharedAttention
}

export interface RunOrder {
  readonly runId: string
  readonly scenario: Scenario
  readonly seed: number
}

export type WorkerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly runId: string; readonly progress: RunProgress }
  | ({ readonly kind: 'finished'; readonly runId: string } & RunResult)

export interface RunResult {
  readonly stats: MigrationStats
  /** ISO 8601. */
  readonly startedAt: string
  readonly wallMs: number
}

/**
 * Memory shared by the lab and a run worker: a worker in the middle of a run reads no messages. The lab writes and the
 * worker reads, both atomically, and a worker may notice a change a batch later. The worker reports progress while
 * neither is zero.
 */
export interface SharedAttention {
  /** How many windows look on; one counter for all workers. */
  readonly watchers: Int32Array
  /** 1 if this worker's run is the one to be shown, else 0. */
  readonly isShown: Int32Array
}

export function sharedCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}
