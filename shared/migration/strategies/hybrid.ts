/**
 * Hybrid migration: iterations of pre-copy while the guest runs at the source, then post-copy of what was dirtied since.
 * Hines and Gopalan 2009 left it as future work, with one iteration; QEMU switches on request. Here any stop rule of
 * pre-copy decides: an iteration, a time, bytes left, a stall.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { lastCopyRate } from '../policies/rate-control.ts'
import { continueOnDestination } from './postcopy.ts'
import { iterations, notConverged } from './precopy.ts'
import { type Migration, type MigrationContext, reserve } from './stages.ts'

export function* hybrid(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused
  const { verdict, toSend, iteration, rate } = yield* iterations(context, scenario)
  if (verdict.kind === 'abort') return notConverged(verdict.rule)
  world.limitRate(lastCopyRate(scenario.strategy, rate))
  return yield* continueOnDestination(context, scenario, { iteration, left: toSend, stopRule: verdict.rule })
}
