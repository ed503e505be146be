/**
 * What the store offers: suites, the points and runs they plan, and the runs that are finished.
 *
 * One worker thread owns the file; every method is a message to it and back. A finished run is never changed or removed;
 * only a crashed one may make room for another try, and its record stays among the crashes.
 */

import type { Scenario } from '#shared/scenario/scenario.ts'
import type { MigrationStats, Provenance, RunRecord, Scalar, Timeline } from '#shared/model/migration-stats.ts'
import type { RunNotes, RunRow, SuiteEntry } from '#shared/rpc/app-contract.ts'

export interface NewSuite {
  readonly name: string
  /** The suite file as written. */
  readonly text: string
  /** Digest of the whole plan: the same plan under the same name is the same suite. */
  readonly planDigest: string
  /** ISO 8601. */
  readonly createdAt: string
}

export interface NewPoint {
  readonly index: number
  readonly factors: Readonly<Record<string, Scalar>>
  readonly scenario: Scenario
  readonly scenarioHash: string
}

/** That a suite wants a run at one of its points; the run itself may be shared with other suites. */
export interface RunLink {
  readonly runId: string
  readonly point: number
  /** Counted from 1. */
  readonly repetition: number
}

export interface FinishedRun {
  readonly runId: string
  readonly seed: number
  readonly backend: string
  readonly stats: MigrationStats
  /** Its scenario hash names a scenario that a suite of this store brought along. */
  readonly provenance: Provenance
}

export interface PointRow {
  readonly point: number
  readonly factors: Readonly<Record<string, Scalar>>
  readonly scenarioHash: string
}

export interface RunQuery {
  readonly suiteId: number
  /** With the sampled series; without, `timeline` is empty and `wws` null. */
  readonly timelines?: boolean
  /** With the rows per iteration; without, `iterations` is empty. Default true. */
  readonly iterations?: boolean
  /** Leaves out the runs that somebody excluded. */
  readonly withoutExcluded?: boolean
  /** Only runs behind this one, in the order (point, repetition, run id): pages through large suites. */
  readonly after?: RunLink
  readonly limit?: number
}

export interface RowQuery {
  readonly suiteId: number
  /** Only these runs; absent: all of the suite. */
  readonly runIds?: readonly string[]
  /** Only runs behind this one, and only so many, where all are asked for. */
  readonly after?: RunLink
  readonly limit?: number
}

/** The calls that travel to the worker. */
export interface StoreCalls {
  /** Adds the suite, or finds the one with the same plan; gives its id. */
  addSuite(suite: NewSuite): Promise<number>
  addPoints(suiteId: number, points: readonly NewPoint[]): Promise<void>
  /** Notes which runs the suite plans; gives the ids of those that are finished already. */
  planRuns(suiteId: number, links: readonly RunLink[]): Promise<readonly string[]>
  /** Resolves once the run is safe on the disk. A run that is there already is left as it is. */
  addRun(run: FinishedRun): Promise<void>

  /** Newest first. */
  suites(): Promise<readonly SuiteEntry[]>
  suite(suiteId: number): Promise<SuiteEntry | undefined>
  suiteText(suiteId: number): Promise<string>
  points(suiteId: number): Promise<readonly PointRow[]>
  finishedRunIds(suiteId: number): Promise<readonly string[]>
  runs(query: RunQuery): Promise<readonly RunRecord[]>
  run(runId: string): Promise<RunRecord | undefined>
  timeline(runId: string): Promise<Timeline | undefined>
  /** Runs with what is noted about them, without rows and series; quick for tens of thousands. */
  runRows(query: RowQuery): Promise<readonly RunRow[]>
  /** The filled-in scenario of a finished run. */
  scenarioOfRun(runId: string): Promise<Scenario | undefined>

  /** Changes what is given of the notes of each run, and leaves the rest of them. */
  annotate(runIds: readonly string[], notes: Partial<RunNotes>): Promise<void>
  /** Moves the crashed runs of a suite to the records of crashes, so that they count as still to be made; gives their number. */
  setCrashedAside(suiteId: number): Promise<number>
}

export interface Store extends StoreCalls {
  /** Commits what waits, then gives the file back. */
  close(): Promise<void>
}

export interface StoreOptions {
  /** `write` makes a missing store; `read` wants one that exists and changes nothing but its format. Default `write`. */
  readonly access?: 'write' | 'read'
  /** How long to wait for another process that holds the store. Default 5000. */
  readonly busyTimeoutMs?: number
  /** Largest size of the file in pages of 4 KiB; absent: as large as the disk allows. */
  readonly maxPages?: number
}
