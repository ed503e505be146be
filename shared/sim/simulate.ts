/** Simulates one migration, page by page, in virtual time. Equal scenario and seed give an equal result, anywhere. */

import { type MemoryMap, MemoryMapRecorder } from '../migration/memory-map.ts'
import { ScanOrder } from '../migration/memory/scan.ts'
import { strategies } from '../migration/strategies/index.ts'
import { type MigrationContext, type MigrationEnd, untilEnd } from '../migration/strategies/stages.ts'
import type { Stage } from '../migration/world.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { IterationStats, MigrationStats, Timeline } from '../model/migration-stats.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { trackingCosts } from '../scenario/tracking-mechanisms.ts'
import { planFailures } from './failures.ts'
import { SimGuest } from './guests/guest.ts'
import { writeSources } from './guests/write-sources.ts'
import { Kernel, type Process, type ProcessHandle } from './kernel/kernel.ts'
import { Link } from './network/link.ts'
import { SimWorld } from './sim-world.ts'
import { measureWritableWorkingSet } from './writable-working-set.ts'

export interface SimulationHooks {
  /** Asked once a batch; true ends the simulation with the error `run.cancelled`. */
  readonly cancelled?: () => boolean
  /** Called once a batch with a way to read the record so far; it costs nothing unless it is read. */
  readonly onBatch?: (progress: () => RunProgress) => void
  /** Receives a film of the address space when the migration has ended. */
  readonly onMemoryMap?: (map: MemoryMap) => void
}

/** A migration that is still going on. */
export interface RunProgress {
  readonly elapsedMs: number
  readonly transferredBytes: number
  readonly iterations: readonly IterationStats[]
  readonly timeline: Timeline
}

export function simulate(scenario: Scenario, seed: number, hooks: SimulationHooks = {}): MigrationStats {
  const kernel = new Kernel()
  const { guest: guestSpec, strategy } = scenario
  const pages = guestSpec.memory / guestSpec.pageSize
  const guest = new SimGuest(writeSources(scenario, seed), {
    pages,
    vcpus: guestSpec.vcpus,
    writeFaultNs: trackingCosts(scenario.tracking).writeFaultNs,
  })
  const link = new Link(kernel, scenario.link)
  link.setGuestDemand(guestSpec.traffic)

  const onStage = planFailures({
    kernel,
    link,
    scenario,
    breakConnection: (reason) => {
      if (!world.committed) migration.interrupt(reason)
    },
  })
  const memoryMap = hooks.onMemoryMap === undefined ? null : new MemoryMapRecorder(pages)
  const onBatch = (): void => {
    if (hooks.cancelled?.() === true) throw new GodwitError('run.cancelled', 'the simulation was cancelled')
    hooks.onBatch?.(() => ({ elapsedMs: kernel.now / 1e6, transferredBytes: world.summary().transferredBytes, ...world.recorder.snapshot() }))
  }
  const world = new SimWorld({ kernel, guest, link, scenario, seed, onStage: (stage: Stage) => onStage(stage), onBatch, memoryMap })
  const context: MigrationContext = { world, recorder: world.recorder, order: new ScanOrder(strategy.scan, pages), batchPages: strategy.batch }
  // In this world all that a strategy yields are waits of the kernel.
  const process = untilEnd(context, strategies[strategy.kind](context, scenario)) as Process<MigrationEnd>
  const migration: ProcessHandle<MigrationEnd> = kernel.spawn(process)
  kernel.run(() => migration.result !== null)
  const end = migration.result?.value
  if (end === undefined) throw new GodwitError('simulation.stuck', 'the migration waits for something that never comes; this is a fault of the simulator')
  if (memoryMap !== null) hooks.onMemoryMap?.(memoryMap.finish(kernel.now, (page) => world.dirtyLog.peek(page)))
  return statsOf(scenario, seed, { world, guest, kernel, end })
}

interface Ended {
  readonly world: SimWorld
  readonly guest: SimGuest
  readonly kernel: Kernel
  readonly end: MigrationEnd
}

function statsOf(scenario: Scenario, seed: number, { world, guest, kernel, end }: Ended): MigrationStats {
  const timeline = world.recorder.finish()
  const { iterations } = world.recorder
  const { throttleShare, ...summary } = world.summary()
  const totalMs = kernel.now / 1e6
  world.fingerprint.addText(end.outcome)
  return {
    outcome: end.outcome,
    reason: end.outcome === 'failed' ? { code: end.code, message: end.message } : null,
    stopRule: end.stopRule,
    totalBytes: scenario.guest.memory,
    pageBytes: scenario.guest.pageSize,
    totalMs,
    ...summary,
    precopyBytes: summary.transferredBytes - summary.downtimeBytes,
    postcopyBytes: 0,
    normalPages: summary.pagesSent - summary.zeroPages,
    skippedPages: iterations.reduce((sum, row) => sum + row.skippedPages, 0),
    iterationCount: iterations.filter((row) => row.phase === 'precopy').length,
    throughputBitsPerSecond: totalMs === 0 ? 0 : (summary.transferredBytes * 8e3) / totalMs,
    majorFaults: 0,
    minorFaults: 0,
    postcopyRequests: 0,
    guestLostMs: totalMs - guest.workNs / 1e6,
    cpuThrottlePercent: throttleShare * 100,
    iterations,
    timeline,
    wws: measureWritableWorkingSet(scenario, seed),
    fingerprint: world.fingerprint.toString(),
  }
}
