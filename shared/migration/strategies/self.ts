/**
 * Self migration: Clark et al. 2005, the second of their two methods. Managed migration, by a daemon beside the
 * hypervisor, is what every other strategy here is.
 *
 * The guest's own kernel makes the iterations of pre-copy, under the same policies; the destination runs only a small
 * stub. There is no log of the hypervisor: the guest finds written pages through its own page tables. The migration takes
 * a share of the guest's processor (`strategy.selfProcessor`) and dirties pages of the guest itself (`selfWrites` over
 * `selfMemory`). It cannot stop what it runs in, so it stops in two steps: all activity but the migration is stopped and
 * the last dirty pages are copied to a shadow buffer; then the buffer is sent, and what the migration writes meanwhile no
 * longer matters.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { lastCopyRate } from '../policies/rate-control.ts'
import { iterations, notConverged } from './precopy.ts'
import { type Migration, type MigrationContext, reserve, stopAndCopy } from './stages.ts'

export function* selfMigration(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused
  const { verdict, toSend, iteration, rate } = yield* iterations(context, scenario)
  if (verdict.kind === 'abort') return notConverged(verdict.rule)
  world.limitRate(lastCopyRate(scenario.strategy, rate))
  return yield* stopAndCopy(context, { iteration, toSend, stopRule: verdict.rule, shadowBuffer: true })
}
