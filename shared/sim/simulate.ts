/**
 * Simulates the migration of one guest, or of several that share the link, page by page, in virtual time. Equal scenario
 * and seed give an equal result, anywhere.
 */

import type { MemoryMap } from '../migration/memory-map.ts'
import { emptyStats } from '../model/empty-stats.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { MigrationStats, RunProgress } from '../model/migration-stats.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { TraceLibrary } from '../trace/library.ts'
import { DestinationRoom } from './destination-room.ts'
import { planFailures } from './failures.ts'
import { Fleet } from './fleet.ts'
import { fleetStats } from './fleet-stats.ts'
import { Kernel } from './kernel/kernel.ts'
import { Link } from './network/link.ts'

export interface SimulationHooks {
  /** Where traces are found; absent: only those that come with Godwit. */
  readonly traces?: TraceLibrary
  /** Asked once a batch; true ends the simulation with the error `run.cancelled`. */
  readonly cancelled?: () => boolean
  /** Called once a batch with a way to read the record so far; it costs nothing unless it is read. */
  readonly onBatch?: (progress: () => RunProgress) => void
  /** Receives a film of the address space, of the first guest if there are several, when its migration has ended. */
  readonly onMemoryMap?: (map: MemoryMap) => void
}

export function simulate(scenario: Scenario, seed: number, hooks: SimulationHooks = {}): MigrationStats {
  const kernel = new Kernel()
  const link = new Link(kernel, scenario.link)
  for (let guest = 0; guest < scenario.fleet.guests; guest++) link.setGuestDemand(scenario.guest.traffic, guest)

  const onStage = planFailures({
    kernel,
    link,
    scenario,
    onFault: () => {
      for (const { migration } of fleet.members) migration.noteFault()
    },
    fail: (cause) => fleet.fail(cause),
  })
  const progress = (): RunProgress => {
    const { iterations, timeline, majorFaults, minorFaults } = fleet.members[0]?.migration.snapshot() ?? emptyStats
    return {
      totalBytes: scenario.guest.memory,
      pageBytes: scenario.guest.pageSize,
      elapsedMs: kernel.now / 1e6,
      transferredBytes: fleet.members.reduce((sum, { migration }) => sum + migration.transferredBytes, 0),
      iterations,
      timeline,
      majorFaults,
      minorFaults,
    }
  }
  const fleet: Fleet = new Fleet({
    kernel,
    link,
    room: new DestinationRoom(scenario.destination.freeMemory),
    scenario,
    seed,
    traces: hooks.traces,
    onStage,
    onBatch: () => {
      if (hooks.cancelled?.() === true) throw new GodwitError('run.cancelled', 'the simulation was cancelled')
      hooks.onBatch?.(progress)
    },
    onMemoryMap: hooks.onMemoryMap,
  })
  fleet.begin()
  kernel.run(() => fleet.hasEnded)
  const guests = fleet.members.flatMap(({ migration: { stats }, ...member }) => (stats === null ? [] : [{ ...member, stats }]))
  if (!fleet.hasEnded) throw new GodwitError('simulation.stuck', 'the migration waits for something that never comes; this is a fault of the simulator')
  return fleetStats(guests, kernel.now)
}
