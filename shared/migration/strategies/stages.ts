/**
 * The stages that strategies share (Clark et al. 2005): reservation, the copy made while the guest is stopped,
 * commitment, activation; and what happens when something goes wrong before commitment: the guest goes on at the source.
 */

import { Bitmap } from '../memory/bitmap.ts'
import { ScanCursor, type ScanOrder } from '../memory/scan.ts'
import type { PageHistory } from '../policies/page-order.ts'
import type { MigrationRecorder } from '../recorder.ts'
import type { SourceWorld, Step } from '../world.ts'
import { afterFailure, isFailure } from './failures.ts'
import { copyDisk, copyLastBlocks } from './disk.ts'

/** How a migration ended, apart from what the record says of its course. */
export type MigrationEnd =
  | { readonly outcome: 'completed'; readonly stopRule: string | null }
  | { readonly outcome: 'failed' | 'lost'; readonly code: string; readonly message: string; readonly stopRule: string | null }

export type Migration = Step<MigrationEnd>

/** Everything a strategy works with beside its options. */
export interface MigrationContext {
  readonly world: SourceWorld
  readonly recorder: MigrationRecorder
  readonly order: ScanOrder
  /** What the dirty log has shown of each page, if the strategy goes by it. */
  readonly history?: PageHistory | null
  readonly batchPages: number
}

/** What one pass over a set of pages sent. */
export interface PassResult {
  readonly sentPages: number
  readonly skippedPages: number
  readonly zeroPages: number
  readonly bytes: number
}

export interface PassOptions {
  /** Pages to send; each is removed when it was sent or skipped. */
  readonly toSend: Bitmap
  /** Leave this page out of this pass? Asked when its batch is collected. */
  readonly skip?: (page: number) => boolean
  /** Pages that could not be mapped when their turn came are put here. Absent: every page can be. */
  readonly toFix?: Bitmap
  /** Asked before each batch: break the pass off? */
  readonly stopNow?: () => boolean
}

/** Sends a set of pages batch by batch, in scan order. */
export function* sendPass(context: MigrationContext, options: PassOptions): Step<PassResult> {
  const { world, order, batchPages } = context
  const { toSend, skip, toFix, stopNow } = options
  const cursor = context.history?.cursor(toSend) ?? new ScanCursor(order, toSend)
  const batch = new Int32Array(batchPages)
  let remaining = toSend.count()
  let sentPages = 0
  let skippedPages = 0
  let zeroPages = 0
  let bytes = 0
  let page = 0
  while (page >= 0 && stopNow?.() !== true) {
    let filled = 0
    while (filled < batchPages && (page = cursor.next()) >= 0) {
      remaining--
      toSend.remove(page)
      if (world.isReleased(page)) {
        toFix?.remove(page)
      } else if (skip?.(page) === true) {
        skippedPages++
      } else if (toFix !== undefined && !world.isMapped(page)) {
        toFix.add(page)
      } else {
        toFix?.remove(page)
        batch[filled++] = page
      }
    }
    if (filled === 0) continue
    const sent = yield* world.sendPages(batch, filled)
    sentPages += filled
    zeroPages += sent.zeroPages
    bytes += sent.bytes
    world.noteRemaining(remaining * world.pageBytes)
  }
  return { sentPages, skippedPages, zeroPages, bytes }
}

/** Stage 1, then the disk if it has to be copied. A refusal ends the migration; the guest never noticed. */
export function* reserve(world: SourceWorld): Step<MigrationEnd | null> {
  const refused = yield* askForRoom(world)
  if (refused === null) yield* copyDisk(world)
  return refused
}

/** Stage 1 alone. */
export function* askForRoom(world: SourceWorld): Step<MigrationEnd | null> {
  world.enter('reservation')
  const reservation = yield* world.reserve()
  if (reservation.granted) return null
  return { outcome: 'failed', code: 'reservation-refused', message: reservation.reason, stopRule: null }
}

/** Stages 3 to 5: with the guest stopped, send what is left and its state; commit; activate. */
export function* stopAndCopy(context: MigrationContext, last: { readonly iteration: number; readonly toSend: Bitmap; readonly stopRule: string | null; readonly shadowBuffer?: boolean }): Migration {
  const { world, recorder } = context
  world.enter('stop-and-copy', last.iteration)
  yield* world.suspend()
  yield* copyLastBlocks(world)
  recorder.beginIteration(last.iteration, 'stop-and-copy')
  yield* addDirtied(world, last.toSend)
  if (last.shadowBuffer === true) yield* world.copyToShadowBuffer(last.toSend.count())
  const sent = yield* sendPass(context, { toSend: last.toSend })
  recorder.endIteration({ ...sent, dirtyPages: 0 })
  yield* world.sendDeviceState()
  yield* world.dirtyLog.stop()
  return yield* handOver(world, last.stopRule)
}

/** Stages 4 and 5, when the destination has everything. */
export function* handOver(world: SourceWorld, stopRule: string | null): Migration {
  world.enter('commitment')
  yield* world.commit()
  world.enter('activation')
  yield* world.activate()
  return { outcome: 'completed', stopRule }
}

/** Adds what was written since the log was last read. */
export function* addDirtied(world: SourceWorld, pages: Bitmap): Step<void> {
  const sinceLastRead = new Bitmap(world.pageCount)
  yield* world.dirtyLog.readAndClear(sinceLastRead)
  pages.addAll(sinceLastRead)
}

/** Runs a strategy to its end, whatever fails on the way; see `failures.ts`. */
export function* untilEnd({ world }: MigrationContext, migration: Migration): Migration {
  let ending = untilResumed(world, migration)
  for (;;) {
    try {
      return yield* ending
    } catch (cause) {
      if (!isFailure(cause)) throw cause
      ending = afterFailure(world, cause)
    }
  }
}

function* untilResumed(world: SourceWorld, migration: Migration): Migration {
  const end = yield* migration
  if (end.outcome === 'failed') yield* world.resumeAtSource()
  return end
}
