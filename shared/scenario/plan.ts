/** A suite after its factors were multiplied out: the points it visits and the runs it will make. */

import type { Scalar } from '../model/migration-stats.ts'
import type { Scenario } from './scenario.ts'
import type { SuiteHosts } from './suite-hosts.ts'

export type BackendName = 'sim' | 'agents' | 'qemu'

/** One combination of factor values; its runs differ in their repetition only. */
export interface PlannedPoint {
  readonly index: number
  /** Field path to value, as written in the suite. Empty if nothing is varied. */
  readonly factors: Readonly<Record<string, Scalar>>
  readonly scenario: Scenario
  /** SHA-256 of the filled-in scenario in canonical form, hexadecimal. */
  readonly scenarioHash: string
}

export interface PlannedRun {
  /** SHA-256 over scenario hash, seed, backend, model version and, on agents, the hosts that the suite names: runs with equal inputs have equal ids. */
  readonly runId: string
  readonly point: PlannedPoint
  /** Counted from 1. */
  readonly repetition: number
  /** Equal for all points of one repetition (common random numbers). */
  readonly seed: number
  readonly backend: BackendName
}

export interface SuitePlan {
  readonly suiteName: string
  readonly points: readonly PlannedPoint[]
  /** Balanced order: every point once, then every point again. */
  readonly runs: readonly PlannedRun[]
  /** For runs on agents; null: both on this machine, at the pace of the scenario's link. */
  readonly hosts: SuiteHosts | null
}
