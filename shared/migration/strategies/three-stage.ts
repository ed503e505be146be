/**
 * Three-stage memory copy: Song, Liu, Yin and Gao, 2014.
 *
 * First, all memory is sent while the guest runs, and what it modifies is recorded. Second, the guest is stopped, and the
 * bitmap of the dirty pages and the processor state are sent. Third, the guest runs on the destination: the source pushes
 * the dirty pages, a batch at each interval (`strategy.pushInterval`), and answers a fault with the page and its
 * neighbours (`strategy.prefetch: neighbours`). A page goes twice at most, and only dirty pages fault.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { Bitmap } from '../memory/bitmap.ts'
import { continueOnDestination } from './postcopy.ts'
import { sendIteration } from './precopy.ts'
import { profileGuest } from './profile.ts'
import { type Migration, type MigrationContext, reserve } from './stages.ts'

export function* threeStage(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused
  world.limitRate(scenario.strategy.maxRate)
  yield* world.dirtyLog.start()
  yield* profileGuest(context, scenario.strategy)
  const left = Bitmap.full(world.pageCount)
  world.enter('precopy', 0)
  yield* sendIteration(context, { iteration: 0, toSend: left, skipDirty: scenario.strategy.skipDirty })
  return yield* continueOnDestination(context, scenario, { iteration: 1, left, stopRule: null, announceMissing: true })
}
