/**
 * Stop-and-copy: the guest is stopped, all of its memory and state are sent, and it starts on the destination. The
 * baseline that live migration is measured against: the shortest total time and the longest downtime.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { Bitmap } from '../memory/bitmap.ts'
import { type Migration, type MigrationContext, reserve, stopAndCopy } from './stages.ts'

export function* stopAndCopyStrategy(context: MigrationContext, { strategy }: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused
  world.limitRate(strategy.maxRate)
  const toSend = Bitmap.full(world.pageCount)
  return yield* stopAndCopy(context, { iteration: 0, toSend, stopRule: null })
}
