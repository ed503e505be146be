/**
 * A look at the guest before anything is sent: the dirty log is read again and again, as Xen's analysis phase did
 * (xc_linux_save.c 2005, verified), so that orders that go by it know the pages from the first iteration on. It costs what
 * tracking costs, and time.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { Bitmap } from '../memory/bitmap.ts'
import type { Step } from '../world.ts'
import type { MigrationContext } from './stages.ts'

/** Reads the log for `strategy.profile`, which must have been started. Nothing happens if nothing goes by what it shows. */
export function* profileGuest({ world, history }: MigrationContext, { profile, profileEvery }: Scenario['strategy']): Step<void> {
  if (!history || profile === 0) return
  const endNs = world.now() + profile
  const dirty = new Bitmap(world.pageCount)
  while (world.now() < endNs) {
    // The guest is at the source, where nobody asks for pages.
    yield* world.awaitRequest(Math.min(profileEvery, endNs - world.now()))
    yield* world.dirtyLog.readAndClear(dirty)
    history.note(dirty)
  }
}
