/**
 * What a migration was: one record from every backend, in the words of the field. Times are milliseconds (fractions
 * allowed) from the start of the migration, sizes bytes, rates bits or pages per second.
 */

export type MigrationPhase = 'setup' | 'precopy' | 'stop-and-copy' | 'postcopy' | 'completed' | 'failed' | 'cancelled' | 'lost'

/**
 * How a run ended. `completed`: the guest runs on the destination. `failed`: it runs on at the source. `lost`: it runs
 * nowhere. `cancelled`: somebody asked for it; the guest runs on at the source. `crashed`: the program broke, and the
 * run says nothing about migration.
 */
export type Outcome = 'completed' | 'failed' | 'lost' | 'cancelled' | 'crashed'

export interface IterationStats {
  /** 0 is the full copy, n the n-th delta; the last row of a pre-copy is the copy made while the guest is stopped. */
  readonly iteration: number
  readonly phase: 'precopy' | 'stop-and-copy'
  readonly startMs: number
  readonly ms: number
  /** Pages sent, zero pages among them. */
  readonly pages: number
  readonly zeroPages: number
  /** Pages left out because they were dirty again. */
  readonly skippedPages: number
  /** Bytes put on the wire. */
  readonly bytes: number
  /** Pages found dirty when the log was read and cleared at the end of the iteration. */
  readonly dirtyPages: number
  readonly rateBitsPerSecond: number
  /** Dirty pages over the length of the iteration. */
  readonly dirtyPagesPerSecond: number
}

/** Downtime, split; the parts sum to `downtimeMs`. */
export interface DowntimeParts {
  readonly suspendMs: number
  readonly lastCopyMs: number
  readonly stateMs: number
  readonly commitMs: number
  readonly resumeMs: number
}

export interface PhaseSpan {
  readonly phase: 'setup' | 'precopy' | 'stop-and-copy' | 'postcopy' | 'activation'
  /** Iteration number where the span is one. */
  readonly iteration?: number
  readonly startMs: number
  readonly endMs: number
}

/** Sampled series, column by column; entry i covers the time from timeMs[i] to timeMs[i + 1] (or the end). */
export interface Timeline {
  readonly timeMs: readonly number[]
  readonly transferBitsPerSecond: readonly number[]
  readonly dirtyPagesPerSecond: readonly number[]
  readonly remainingBytes: readonly number[]
  /** Work that the guest does against undisturbed, 0 to 1. */
  readonly serviceLevel: readonly number[]
  readonly phases: readonly PhaseSpan[]
}

/** The writable working set, measured apart from the migration. */
export interface WritableWorkingSet {
  readonly readEveryMs: number
  readonly clearEveryMs: number
  readonly samples: ReadonlyArray<{ readonly timeMs: number; readonly dirtyPages: number }>
}

export interface MigrationStats {
  readonly outcome: Outcome
  /** What ended the run, where it is not plain success: a stable code and a sentence. */
  readonly reason: { readonly code: string; readonly message: string } | null
  /** The rule that ended pre-copy, by the name it has in `strategy.stop`. */
  readonly stopRule: string | null

  readonly totalBytes: number
  readonly pageBytes: number
  readonly setupMs: number
  /** From the start until the source may be discarded. */
  readonly totalMs: number
  /** From the pause at the source to the resumption (at the destination, or at the source if the run failed). */
  readonly downtimeMs: number
  readonly downtimeParts: DowntimeParts

  readonly transferredBytes: number
  readonly precopyBytes: number
  readonly downtimeBytes: number
  readonly postcopyBytes: number
  readonly pagesSent: number
  readonly normalPages: number
  readonly zeroPages: number
  readonly skippedPages: number
  readonly iterationCount: number
  readonly throughputBitsPerSecond: number

  readonly majorFaults: number
  readonly minorFaults: number
  readonly postcopyRequests: number

  /** Guest work lost from the start of the migration until its end, as milliseconds of undisturbed work. */
  readonly guestLostMs: number
  readonly cpuThrottlePercent: number
  /** The guest's own traffic, mean over the first iteration; what it would be undisturbed stands in the scenario. */
  readonly guestTrafficBitsPerSecond: number

  readonly iterations: readonly IterationStats[]
  readonly timeline: Timeline
  readonly wws: WritableWorkingSet | null
  /** Digest of the sequence of events; equal for equal scenario, seed and model version. */
  readonly fingerprint: string
}

/** Where a result came from: enough to run it again. */
export interface Provenance {
  /** SHA-256 of the filled-in scenario, in hexadecimal. */
  readonly scenarioHash: string
  readonly programVersion: string
  /** Raised whenever the same scenario may give another result. */
  readonly modelVersion: number
  readonly node: string
  readonly os: string
  readonly host: string
  readonly backendVersion: string
  readonly startedAt: string
  readonly wallMs: number
}

export type Scalar = string | number | boolean | null

/** One run as the store keeps it and `--json` prints it. */
export interface RunRecord extends MigrationStats {
  readonly runId: string
  readonly suite: string
  /** Index of the point among the suite's points; runs of one point differ in their repetition only. */
  readonly point: number
  /** What was varied, as written: field path to value. */
  readonly factors: Readonly<Record<string, Scalar>>
  readonly repetition: number
  readonly seed: number
  readonly backend: string
  readonly provenance: Provenance
}
