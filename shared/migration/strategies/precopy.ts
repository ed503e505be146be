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
import { firstRate, lastCopyRate, nextRate, wantedRate } from '../policies/rate-control.ts'
import { type GuestSize, type IterationSummary, type Verdict, verdictAfter, verdictAt } from '../policies/stop-rules.ts'
import { nextThrottle, unthrottled } from '../policies/throttle.ts'
import type { Step } from '../world.ts'
import { type Migration, type MigrationContext, type PassResult, reserve, sendPass, stopAndCopy } from './stages.ts'

export function* preCopy(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const { strategy, optimisations } = scenario
  const guest: GuestSize = { pages: world.pageCount, gibibytes: (world.pageCount * world.pageBytes) / 2 ** 30 }

  const refused = yield* reserve(world)
  if (refused !== null) return refused

  yield* world.dirtyLog.start()
  const toSend = new Bitmap(world.pageCount)
  toSend.addRange(0, world.pageCount)
  const toFix = new Bitmap(world.pageCount)
  const history: IterationSummary[] = []
  let rate = firstRate(strategy)
  let throttle = unthrottled
  let verdict: Verdict = strategy.stop.iterations === 0 ? { kind: 'stop-and-copy', rule: 'iterations' } : { kind: 'continue' }

  for (let iteration = 0; verdict.kind === 'continue'; iteration++) {
    world.enter('precopy', iteration)
    world.limitRate(rate)
    const clock = (): Verdict => verdictAt(world.now(), strategy.stop, guest)
    const startNs = world.now()
    const pass = yield* sendIteration(context, { iteration, toSend, toFix, skipDirty: strategy.skipDirty, stopNow: () => clock().kind !== 'continue' })

    const durationNs = world.now() - startNs
    const dirtyBitsPerSecond = durationNs === 0 ? 0 : (strategy.dirtyRateFactor * pass.dirtyPages * world.pageBytes * 8e9) / durationNs
    const { maxRate } = strategy
    history.push({
      iteration,
      sentPages: pass.sentPages,
      skippedPages: pass.skippedPages,
      sentBytes: pass.bytes,
      durationNs,
      dirtyPages: pass.dirtyPages,
      remainingBytes: pass.dirtyPages * world.pageBytes,
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
  }

  if (verdict.kind === 'abort') {
    return { outcome: 'failed', code: 'not-converged', message: `pre-copy was given up by the rule stop.${verdict.rule}; the guest goes on at the source`, stopRule: verdict.rule }
  }
  toSend.addAll(toFix)
  world.limitRate(lastCopyRate(strategy, rate))
  return yield* stopAndCopy(context, { iteration: history.length, toSend, stopRule: verdict.rule })
}

interface IterationOptions {
  readonly iteration: number
  /** In: the pages of this iteration. Out: those of the next, with what was left if the iteration was broken off. */
  readonly toSend: Bitmap
  readonly toFix: Bitmap
  readonly skipDirty: boolean
  readonly stopNow: () => boolean
}

/** One iteration: send, then read and clear the dirty log. */
function* sendIteration(context: MigrationContext, options: IterationOptions): Step<PassResult & { readonly dirtyPages: number }> {
  const { world, recorder } = context
  const { toSend, toFix, stopNow } = options
  recorder.beginIteration(options.iteration, 'precopy')
  const pass = yield* sendPass(context, {
    toSend,
    toFix,
    stopNow,
    ...(options.skipDirty ? { skip: (page: number) => world.dirtyLog.peek(page) } : {}),
  })
  const dirty = new Bitmap(world.pageCount)
  const dirtyPages = yield* world.dirtyLog.readAndClear(dirty)
  toSend.addAll(dirty)
  world.noteRemaining(dirtyPages * world.pageBytes)
  recorder.endIteration({ ...pass, dirtyPages })
  return { ...pass, dirtyPages }
}
