/** One simulated migration: set up, run as a process of the kernel, and its record when it has ended. */

import { type MemoryMap, MemoryMapRecorder } from '../migration/memory-map.ts'
import { ScanOrder } from '../migration/memory/scan.ts'
import { historyFor } from '../migration/policies/page-order.ts'
import { strategies } from '../migration/strategies/index.ts'
import { type MigrationContext, type MigrationEnd, untilEnd } from '../migration/strategies/stages.ts'
import { HostCrashed, type Stage } from '../migration/world.ts'
import { emptyStats } from '../model/empty-stats.ts'
import type { MigrationStats } from '../model/migration-stats.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { migrationTrackingCosts } from '../scenario/tracking-mechanisms.ts'
import type { TraceLibrary } from '../trace/library.ts'
import type { DestinationRoom } from './destination-room.ts'
import type { Failure } from './failures.ts'
import { SimGuest } from './guests/guest.ts'
import { migrationWrites } from './guests/migration-writes.ts'
import { writeSources } from './guests/workload-sources.ts'
import type { Kernel, Process, ProcessHandle } from './kernel/kernel.ts'
import type { Link } from './network/link.ts'
import { SimWorld } from './sim-world.ts'
import { measureWritableWorkingSet } from './writable-working-set.ts'

export interface SimMigrationParts {
  /** Its time 0 is the start of this migration. */
  readonly kernel: Kernel
  readonly link: Link
  readonly room: DestinationRoom
  readonly scenario: Scenario
  readonly seed: number
  /** Number of the guest, from 0 on. */
  readonly guestNumber: number
  readonly traces: TraceLibrary | undefined
  readonly onStage: (stage: Stage) => void
  /** Called once a batch; what it throws ends the simulation. */
  readonly onBatch: () => void
  /** Called when the migration has ended and its record is there. */
  readonly onEnd: () => void
  /** Receives a film of the address space when the migration has ended. */
  readonly onMemoryMap: ((map: MemoryMap) => void) | undefined
}

export class SimMigration {
  readonly #parts: SimMigrationParts
  /** Given up when the migration has ended: a world is as large as its guest. */
  #world: SimWorld | null
  readonly #handle: ProcessHandle<MigrationEnd>
  #stats: MigrationStats | null = null

  constructor(parts: SimMigrationParts) {
    const { kernel, scenario, seed, guestNumber, traces } = parts
    const { guest: guestSpec, strategy } = scenario
    const pages = guestSpec.memory / guestSpec.pageSize
    const guest = new SimGuest([...writeSources(scenario, seed, traces), ...migrationWrites(scenario, seed)], {
      pages,
      vcpus: guestSpec.vcpus,
      writeFaultNs: migrationTrackingCosts(scenario).writeFaultNs,
      migrationShare: strategy.kind === 'self' ? strategy.selfProcessor : 0,
    })
    const memoryMap = parts.onMemoryMap === undefined ? null : new MemoryMapRecorder(pages)
    const { link, room, onStage, onBatch } = parts
    const world = new SimWorld({ kernel, guest, link, room, guestNumber, scenario, seed, onStage, onBatch, memoryMap, traces })
    const context: MigrationContext = { world, recorder: world.recorder, order: new ScanOrder(strategy.scan === 'permuted' ? 'permuted' : 'linear', pages), history: historyFor(strategy, pages), batchPages: strategy.batch }
    // In this world all that a strategy yields are waits of the kernel.
    const process = untilEnd(context, strategies[strategy.kind](context, scenario)) as Process<MigrationEnd>
    this.#parts = parts
    this.#world = world
    this.#handle = kernel.spawn(this.#untilRecorded(process, world, memoryMap))
  }

  /** The record, once the migration has ended. */
  get stats(): MigrationStats | null {
    return this.#stats
  }

  get transferredBytes(): number {
    return this.#stats?.transferredBytes ?? this.#world?.soFar.transferredBytes ?? 0
  }

  /** Rows, timeline and faults so far. Only what is written down already is read, so that looking changes nothing. */
  snapshot(): Pick<MigrationStats, 'iterations' | 'timeline' | 'majorFaults' | 'minorFaults'> {
    const world = this.#world
    if (world === null) return this.#stats ?? emptyStats
    const { majorFaults, minorFaults } = world.soFar
    return { ...world.recorder.snapshot(world.now()), majorFaults, minorFaults }
  }

  /** Throws a failure into the migration where it waits, unless it no longer matters. */
  fail(cause: Failure): void {
    const world = this.#world
    if (world === null || !world.isHitBy(cause)) return
    if (cause instanceof HostCrashed) world.crash(cause.host)
    this.#handle.interrupt(cause)
  }

  /** A failure of the scenario comes; it is counted while the migration goes on. */
  noteFault(): void {
    this.#world?.noteFault()
  }

  *#untilRecorded(process: Process<MigrationEnd>, world: SimWorld, memoryMap: MemoryMapRecorder | null): Process<MigrationEnd> {
    const end = yield* process
    const { kernel, room, scenario } = this.#parts
    world.endCheckpoints()
    if (memoryMap !== null) this.#parts.onMemoryMap?.(memoryMap.finish(kernel.now, world.pageLook))
    if (end.outcome !== 'completed' && world.hasRoom) room.giveBack(scenario.guest.memory)
    this.#stats = statsOf(this.#parts, world, end)
    this.#world = null
    this.#parts.onEnd()
    return end
  }
}

function statsOf({ scenario, seed, kernel, guestNumber, traces }: SimMigrationParts, world: SimWorld, end: MigrationEnd): MigrationStats {
  const timeline = world.recorder.finish()
  const { iterations } = world.recorder
  const summary = world.summary()
  const totalMs = kernel.now / 1e6
  world.fingerprint.addText(end.outcome)
  return {
    outcome: end.outcome,
    reason: end.outcome !== 'completed' ? { code: end.code, message: end.message } : null,
    stopRule: end.stopRule,
    totalBytes: scenario.guest.memory,
    pageBytes: scenario.guest.pageSize,
    totalMs,
    ...summary,
    normalPages: summary.pagesSent - summary.zeroPages,
    skippedPages: iterations.reduce((sum, row) => sum + row.skippedPages, 0),
    iterationCount: iterations.filter((row) => row.phase === 'precopy').length,
    throughputBitsPerSecond: totalMs === 0 ? 0 : (summary.transferredBytes * 8e3) / totalMs,
    guests: [],
    iterations,
    timeline,
    wws: guestNumber === 0 ? measureWritableWorkingSet(scenario, seed, traces) : null,
    fingerprint: world.fingerprint.toString(),
  }
}
