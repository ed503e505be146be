/**
 * Pre-copy in its means, for a model that says how many pages are dirtied from one moment to another.
 *
 *     V(0) = memory,  T(i) = V(i) / R,  V(i+1) = dirtied during T(i)
 *
 * until a stop rule of the scenario ends it; then V(n) is sent while the guest stands. R is what the link leaves, or the
 * rate limit in force. Left out, as in the papers: pages skipped because they are dirty again, the time that tracking
 * takes from the guest, pages that cannot be mapped, packets and their loss.
 */

import { firstRate, lastCopyRate, nextRate, type Rate, wantedRate } from '../migration/policies/rate-control.ts'
import { type IterationSummary, type Verdict, verdictAfter, verdictAt } from '../migration/policies/stop-rules.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type ModelAnswer, notApplicable } from './model.ts'
import { announcementNs, copyPages, copyState, expectedZeroPages, fixedDowntimeNs, guestPages, logReadNs, setupNs } from './wire.ts'

/**
 * Pages dirtied between two moments, in nanoseconds from the start of the migration; the guest runs all the time. Asked
 * for one iteration after the other, each beginning where the one before ended.
 */
export type DirtyingLaw = (fromNs: number, toNs: number) => number

export function walkPreCopy(scenario: Scenario, dirtied: DirtyingLaw): ModelAnswer {
  const { guest, strategy } = scenario
  const size = { pages: guestPages(scenario), gibibytes: guest.memory / 2 ** 30 }
  const deadlineNs = deadlineOf(scenario)
  const history: IterationSummary[] = []
  let rate = strategy.kind === 'precopy' ? firstRate(strategy) : strategy.maxRate
  let left = size.pages
  let sentBytes = 0
  let nowNs = setupNs(scenario)
  let cleanedNs = nowNs
  let verdict: Verdict = strategy.kind !== 'precopy' || strategy.stop.iterations === 0 ? { kind: 'stop-and-copy', rule: 'iterations' } : { kind: 'continue' }

  while (verdict.kind === 'continue') {
    const whole = copyPages(scenario, left, { rate, guestRuns: true, zeroPages: history.length === 0 ? expectedZeroPages(scenario) : 0 })
    // A timeout breaks an iteration off.
    const share = nowNs + whole.ns <= deadlineNs ? 1 : Math.max(0, deadlineNs - nowNs) / whole.ns
    const sentPages = left * share
    const copiedNs = nowNs + whole.ns * share
    const found = dirtied(cleanedNs, copiedNs)
    const dirtyPages = found < 1 ? 0 : found
    if (!Number.isFinite(dirtyPages) || !Number.isFinite(whole.bytes)) return { kind: 'fails', reason: `the pages of iteration ${history.length + 1} are more than a number can hold` }
    const endNs = copiedNs + logReadNs(scenario, dirtyPages)
    const durationNs = endNs - nowNs
    const dirtyBitsPerSecond = durationNs === 0 ? 0 : (strategy.dirtyRateFactor * dirtyPages * guest.pageSize * 8e9) / durationNs
    history.push({
      iteration: history.length,
      sentPages,
      skippedPages: 0,
      sentBytes: whole.bytes * share,
      durationNs,
      dirtyPages,
      remainingBytes: dirtyPages * guest.pageSize,
      elapsedNs: endNs,
      totalSentPages: (history.at(-1)?.totalSentPages ?? 0) + sentPages,
      rateAtMax: rate === strategy.maxRate,
      wantedRateAboveMax: strategy.maxRate !== null && wantedRate(strategy, dirtyBitsPerSecond) > strategy.maxRate,
    })
    sentBytes += whole.bytes * share
    // What an iteration that was broken off left unsent may have been dirtied as well.
    left = Math.max(dirtyPages, Math.min(size.pages, left - sentPages + dirtyPages))
    cleanedNs = copiedNs
    nowNs = endNs
    verdict = verdictAt(Math.ceil(nowNs), strategy.stop, size)
    if (verdict.kind === 'continue') verdict = verdictAfter(history, strategy.stop, size)
    rate = nextRate(strategy, rate, dirtyBitsPerSecond)
  }

  if (verdict.kind === 'abort') return { kind: 'fails', reason: `pre-copy is given up by stop.${verdict.rule} after ${history.length} iterations` }
  if (verdict.kind !== 'stop-and-copy') return notApplicable(`stop.${verdict.rule} goes on in a way that the model does not describe`)
  return lastCopy(scenario, { nowNs, left, sentBytes, iterations: history.length, rate })
}

interface BeforeLastCopy {
  readonly nowNs: number
  readonly left: number
  readonly sentBytes: number
  readonly iterations: number
  readonly rate: Rate
}

function lastCopy(scenario: Scenario, { nowNs, left, sentBytes, iterations, rate }: BeforeLastCopy): ModelAnswer {
  const lastRate = iterations === 0 ? rate : lastCopyRate(scenario.strategy, rate)
  const pages = copyPages(scenario, left, { rate: lastRate, guestRuns: false, zeroPages: iterations === 0 ? expectedZeroPages(scenario) : 0 })
  const state = copyState(scenario, { rate: lastRate, guestRuns: false })
  const downtimeNs = fixedDowntimeNs(scenario) + pages.ns + state.ns
  return {
    kind: 'completes',
    totalMs: (nowNs + downtimeNs + announcementNs(scenario)) / 1e6,
    downtimeMs: downtimeNs / 1e6,
    transferredBytes: sentBytes + pages.bytes + state.bytes,
    iterationCount: iterations,
  }
}

/** When a timeout that does more than take note breaks pre-copy off, nanoseconds from the start. */
function deadlineOf({ guest, strategy }: Scenario): number {
  const { timeout, timeoutPerGiB, timeoutAction } = strategy.stop
  if (timeoutAction === 'ignore') return Infinity
  return Math.min(timeout ?? Infinity, timeoutPerGiB === null ? Infinity : (timeoutPerGiB * guest.memory) / 2 ** 30)
}
