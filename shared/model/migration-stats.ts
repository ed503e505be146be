/**
 * What a migration was: one record from every backend, in the words of the field. Times are milliseconds (fractions
 * allowed) from the start of the migration, sizes bytes, rates bits or pages per second.
 */

export type MigrationPhase = 'setup' | 'precopy' | 'stop-and-copy' | 'postcopy' | 'completed' | 'failed' | 'cancelled' | 'lost'

/**
 * How a run ended. `completed`: the guest runs on the destination. `failed`: it runs on at the source. `lost`: it runs
 * nowhere. `cancelled`: somebody asked for it; the guest runs on at the source. `crashed`: the program broke, and
 * `invalid`: the guest's memory or place was not what it must be; such a run says nothing about migration.
 */
export type Outcome = 'completed' | 'failed' | 'lost' | 'cancelled' | 'crashed' | 'invalid'

export interface IterationStats {
  /** 0 is the full copy, n the n-th delta, then the copy made while the guest is stopped, then that of post-copy. */
  readonly iteration: number
  readonly phase: 'precopy' | 'stop-and-copy' | 'postcopy'
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

/** Bytes on the wire by what they are; `other` are headers, bitmaps, device state, disk and files. They sum to `transferredBytes`. */
export interface BytesByKind {
  readonly plain: number
  readonly zero: number
  readonly delta: number
  readonly compressed: number
  readonly other: number
}

export interface PhaseSpan {
  /** `disk`: the copy of the disk while the guest runs. `save`, `move`, `restore`: the steps of cold migration, while it stands still. */
  readonly phase: 'setup' | 'disk' | 'precopy' | 'stop-and-copy' | 'postcopy' | 'activation' | 'save' | 'move' | 'restore'
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
  /** Memory in the guest's balloon. Absent: it has none. */
  readonly balloonBytes?: readonly number[]
  /** Absent: there were none. */
  readonly faults?: FaultRecord
}

/** The page faults of post-copy that went over the network, in the order in which they were served. */
export interface FaultRecord {
  /** At most some thousands, evenly chosen from all of them, column by column. */
  readonly timeMs: readonly number[]
  readonly page: readonly number[]
  /** From the access until the guest's thread goes on. */
  readonly latencyMs: readonly number[]
  /** All faults: entry i counts those with a latency up to `upperMs[i]` and above the entry before. */
  readonly histogram: { readonly upperMs: readonly number[]; readonly faults: readonly number[] }
}

/** The writable working set, measured apart from the migration. */
export interface WritableWorkingSet {
  readonly readEveryMs: number
  readonly clearEveryMs: number
  readonly samples: ReadonlyArray<{ readonly timeMs: number; readonly dirtyPages: number }>
  /** For each window between two clears, the pages written in each of equal parts of the address space, the last part perhaps shorter. Older records lack it. */
  readonly heat?: ReadonlyArray<readonly number[]>
}

/** One guest of several that were migrated together. */
export interface GuestRecord {
  /** From 0 on, in the order in which they were due. */
  readonly guest: number
  /** Number of the source host, from 0 on. */
  readonly host: number
  readonly outcome: Outcome
  /** Code of what ended it, where it is not plain success. */
  readonly reason: string | null
  /** When its migration began, from the start of the whole. */
  readonly startMs: number
  /** From there until its source could be discarded. */
  readonly totalMs: number
  readonly downtimeMs: number
  readonly transferredBytes: number
}

/** What only a real run can tell. */
export interface Measured {
  /** Clock of the destination minus that of the source, and the round trip by which it was found. */
  readonly clockOffsetMs: number
  readonly roundTripMs: number
  /** The longest time for which the guest did not serve, as a client outside both hosts saw it. */
  readonly serviceGapMs: number
  /** What the guest did per second, before the migration, while it went on, and after it. */
  readonly operationsPerSecond: { readonly before: number; readonly during: number; readonly after: number }
  /** Work that the guest did against undisturbed, before and after: below 1 the machine is too slow for the workload. */
  readonly serviceLevelBefore: number
  readonly serviceLevelAfter: number
  /** Pages of the guest compared with what they must hold, and those that were different. */
  readonly comparedPages: number
  readonly differingPages: number
  /** How the hosts proved to each other who they are. */
  readonly transport: string
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
  /** Bytes of the disk among those transferred, and the time in which they were sent, in the downtime or before. */
  readonly diskBytes: number
  readonly diskMs: number
  /** Cold migration: time to write the files, to move them, and to read them; all of it downtime. */
  readonly saveMs: number
  readonly moveMs: number
  readonly restoreMs: number
  readonly pagesSent: number
  readonly normalPages: number
  readonly zeroPages: number
  readonly skippedPages: number
  readonly iterationCount: number
  readonly throughputBitsPerSecond: number

  readonly bytesByKind: BytesByKind
  /** Pages sent compressed; those that would not have become smaller went plain. */
  readonly compressedPages: number
  /** Pages looked up in the delta cache and found there, those among them whose delta was larger than the page, and those not found. */
  readonly deltaHits: number
  readonly deltaOverflows: number
  readonly deltaMisses: number
  /** Bytes that deltas were smaller than their pages. */
  readonly deltaSavedBytes: number
  /** Processor time of all threads of the migration, as far as the scenario gives costs; at the source the readings of the log are in it. */
  readonly sourceCpuMs: number
  readonly destinationCpuMs: number

  readonly majorFaults: number
  readonly minorFaults: number
  readonly postcopyRequests: number
  /** Latency of the major faults, milliseconds; 0 without faults. Percentiles are read from all faults. */
  readonly faultMeanMs: number
  readonly faultP50Ms: number
  readonly faultP95Ms: number
  readonly faultP99Ms: number
  readonly faultMaxMs: number
  /** Pages that were sent because they were predicted, and those among them that the guest accessed in post-copy. */
  readonly predictedPages: number
  readonly usedPredictions: number

  /** Guest work lost from the start of the migration until its end, as milliseconds of undisturbed work. */
  readonly guestLostMs: number
  /** The same, by when it was lost: while the guest ran at the source, stood still, ran on the destination. */
  readonly guestLostParts: { readonly sourceMs: number; readonly downtimeMs: number; readonly destinationMs: number }
  /** Pages of which the destination got no (last) version because the guest had given them back. */
  readonly releasedPages: number
  /** Guest time lost to moving pages into the balloon and out of it, and to reading released page cache again. */
  readonly balloonLostMs: number
  readonly cacheLostMs: number
  /** Processes of the guest that were put to sleep. */
  readonly stunnedProcesses: number
  /** Failures of the scenario that came before the end; the others came too late to matter. */
  readonly faultsHit: number
  /** Time in which post-copy waited for a lost connection, from giving it up until both sides go on. */
  readonly pausedMs: number
  /** Reverse checkpoints that arrived, bytes of memory and device state sent back for them, and time in which the guest was stopped for them. */
  readonly checkpoints: number
  readonly checkpointBytes: number
  readonly checkpointStopMs: number
  /** Work of the guest that a return to its last checkpoint undid, as milliseconds undisturbed; it counts as lost. */
  readonly rolledBackMs: number
  /** From the crash of the destination until the guest went on at the source from its checkpoint. */
  readonly rollbackOutageMs: number
  readonly cpuThrottlePercent: number
  /** The guest's own traffic, mean over the first iteration; what it would be undisturbed stands in the scenario. */
  readonly guestTrafficBitsPerSecond: number

  /** Every guest by itself, if there are several; empty with one, whose record this is. See sim/fleet-stats.ts for the whole. */
  readonly guests: readonly GuestRecord[]
  /** Of the first guest, if there are several. */
  readonly iterations: readonly IterationStats[]
  readonly timeline: Timeline
  readonly wws: WritableWorkingSet | null
  /** Absent: the run was simulated. */
  readonly measured?: Measured
  /** Digest of the sequence of events; equal for equal scenario, seed and model version. Of a real run `measured`: no two are equal. */
  readonly fingerprint: string
}

/** A migration that is still going on, as every backend reports it; the phase that is open ends at `elapsedMs` for now. */
export interface RunProgress extends Pick<MigrationStats, 'totalBytes' | 'pageBytes' | 'transferredBytes' | 'majorFaults' | 'minorFaults' | 'iterations' | 'timeline'> {
  /** From the start of the migration, on the clock that its result is told by. */
  readonly elapsedMs: number
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
  /** Counted from 1 among the runs of a point. */
  readonly repetition: number
  readonly seed: number
  readonly backend: string
  readonly provenance: Provenance
}
