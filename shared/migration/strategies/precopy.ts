/**
 * Pre-copy migration: Clark et al., NSDI 2005, and its descendants.
 *
 * Stage 1, reservation; refused, the guest simply goes on. Stage 2, iterative pre-copy: everything is sent while the
 * guest runs, then what it dirtied meanwhile, again and again, until a rule says stop. Stage 3, stop-and-copy. Stage 4,
 * commitment. Stage 5, activation.
 *
 * Three sets of pages, as in Xen's xc_linux_save.c (April 2005, verified): `toSend`, overwritten at the end of each
 * iteration by reading and clearing the dirty log; the pages to skip, found by peeking at the log before each batch (not
 * once an iteration) and ignored in the last copy; `toFix`, pages that could not be mapped when their turn came, sent in
 * the last copy unless sent before. A skipped page stays dirty in the log and so comes up again.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { Bitmap } from '../memory/bitmap.ts'
import { takeHot } from '../policies/page-order.ts'
import { firstRate, lastCopyRate, nextRate, type Rate, wantedRate } from '../policies/rate-control.ts'
import { type GuestSize, type IterationSummary, type Verdict, verdictAfter, verdictAt } from '../policies/stop-rules.ts'
import { nextThrottle, unthrottled } from '../policies/throttle.ts'
import type { Step } from '../world.ts'
import { continueOnDestination } from './postcopy.ts'
import { profileGuest } from './profile.ts'
import { type Migration, type MigrationContext, type MigrationEnd, type PassResult, reserve, sendPass, stopAndCopy } from './stages.ts'

export function* preCopy(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused

  const { verdict, toSend, iteration, rate } = yield* iterations(context, scenario)
  if (verdict.kind === 'abort') return notConverged(verdict.rule)
  world.limitRate(lastCopyRate(scenario.strategy, rate))
  if (verdict.kind === 'postcopy') return yield* continueOnDestination(context, scenario, { iteration, left: toSend, stopRule: verdict.rule })
  return yield* stopAndCopy(context, { iteration, toSend, stopRule: verdict.rule })
}

export function notConverged(rule: string): MigrationEnd {
  return { outcome: 'failed', code: 'not-converged', message: `pre-copy was given up by the rule stop.${rule}; the guest goes on at the source`, stopRule: rule }
}

interface Iterations {
  readonly verdict: Exclude<Verdict, { kind: 'continue' }>
  /** What is left to send, without what was written since the log was last read. */
  readonly toSend: Bitmap
  /** Number of iterations made. */
  readonly iteration: number
  readonly rate: Rate
}

/** Stage 2: iterations until a rule says stop. */
export function* iterations(context: MigrationContext, scenario: Scenario): Step<Iterations> {
  const { world } = context
  const { strategy, optimisations } = scenario
  const guest: GuestSize = { pages: world.pageCount, gibibytes: (world.pageCount * world.pageBytes) / 2 ** 30 }

  yield* world.dirtyLog.start()
  const toSend = Bitmap.full(world.pageCount)
  const toFix = new Bitmap(world.pageCount)
  yield* profileGuest(context, strategy)
  const history: IterationSummary[] = []
  let rate = firstRate(strategy)
  let throttle = unthrottled
  let verdict: Verdict = strategy.stop.iterations === 0 ? { kind: 'stop-and-copy', rule: 'iterations' } : { kind: 'continue' }

  for (let iteration = 0; verdict.kind === 'continue'; iteration++) {
    world.enter('precopy', iteration)
    world.limitRate(rate)
    const clock = (): Verdict => verdictAt(world.now(), strategy.stop, guest)
    const startNs = world.now()
    const pass = yield* sendIteration(context, { iteration, toSend, toFix, skipDirty: strategy.skipDirty, holdBack: strategy.holdBack, stopNow: () => clock().kind !== 'continue' })

    const durationNs = world.now() - startNs
    const dirtyBitsPerSecond = durationNs === 0 ? 0 : (strategy.dirtyRateFactor * pass.dirtyPages * world.pageBytes * 8e9) / durationNs
    const { maxRate } = strategy
    history.push({
      iteration,
      sentPages: pass.sentPages,
      skippedPages: pass.skippedPages,
      sentBytes: pass.bytes,
      durationNs,
      dirtyPages: pass.leftPages,
      remainingBytes: pass.leftPages * world.pageBytes,
      elapsedNs: world.now(),
      totalSentPages: (history.at(-1)?.totalSentPages ?? 0) + pass.sentPages,
      rateAtMax: rate === maxRate,
      wantedRateAboveMax: maxRate !== null && wantedRate(strategy, dirtyBitsPerSecond) > maxRate,
    })
    verdict = clock()
    if (verdict.kind === 'continue') verdict = verdictAfter(history, strategy.stop, guest)
    rate = nextRate(strategy, rate, dirtyBitsPerSecond)
    throttle = nextThrottle(optimisations, throttle, pass.dirtyPages * world.pageBytes, pass.bytes)
    world.throttle(throttle.share)
    if (throttle.limited === true) world.limitDirtying()
  }

  toSend.addAll(toFix)
  return { verdict, toSend, iteration: history.length, rate }
}

interface IterationOptions {
  readonly iteration: number
  /** In: the pages of this iteration. Out: those of the next, with what was left if the iteration was broken off. */
  readonly toSend: Bitmap
  readonly toFix?: Bitmap
  readonly skipDirty: boolean
  /** Hold back pages that so many readings in a row found dirty; absent or 0: none. */
  readonly holdBack?: number
  readonly stopNow?: () => boolean
}

/** One iteration: send, then read and clear the dirty log. */
export function* sendIteration(context: MigrationContext, options: IterationOptions): Step<PassResult & { readonly dirtyPages: number; readonly leftPages: number }> {
  const { world, recorder, history } = context
  const { toSend, toFix, stopNow } = options
  recorder.beginIteration(options.iteration, 'precopy')
  const held = history && options.holdBack ? takeHot(history, toSend, options.holdBack) : null
  const pass = yield* sendPass(context, {
    toSend,
    ...(toFix === undefined ? {} : { toFix }),
    ...(stopNow === undefined ? {} : { stopNow }),
    ...(options.skipDirty ? { skip: (page: number) => world.dirtyLog.peek(page) } : {}),
  })
  const dirty = new Bitmap(world.pageCount)
  const dirtyPages = yield* world.dirtyLog.readAndClear(dirty)
  history?.note(dirty)
  toSend.addAll(dirty)
  if (held !== null) toSend.addAll(held)
  const leftPages = held === null ? dirtyPages : toSend.count()
  world.noteRemaining(leftPages * world.pageBytes)
  recorder.endIteration({ ...pass, dirtyPages })
  return { ...pass, dirtyPages, leftPages }
}
