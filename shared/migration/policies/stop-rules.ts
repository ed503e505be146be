/**
 * When pre-copy ends. Each rule is a pure function of the iterations so far and the limits of the scenario
 * (`strategy.stop`); it is off where its limit is null. The first rule of the table that speaks decides.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { assertNever } from '../../units/assert-never.ts'

export type StopLimits = Scenario['strategy']['stop']
export type StopRuleName = keyof StopLimits | 'nothingLeft'

/** What a rule may know about one iteration, after the dirty log was read at its end. */
export interface IterationSummary {
  readonly iteration: number
  readonly sentPages: number
  readonly skippedPages: number
  readonly sentBytes: number
  readonly durationNs: number
  /** Pages found dirty at the end, which is what is left to send. */
  readonly dirtyPages: number
  readonly remainingBytes: number
  /** From the start of the migration to the end of this iteration. */
  readonly elapsedNs: number
  readonly totalSentPages: number
  readonly rateAtMax: boolean
  readonly wantedRateAboveMax: boolean
}

export interface GuestSize {
  readonly pages: number
  readonly gibibytes: number
}

export type Verdict =
  | { readonly kind: 'continue' }
  | { readonly kind: 'stop-and-copy' | 'abort'; readonly rule: StopRuleName }

type Action = 'abort' | 'pause' | 'ignore'
type Rule = (last: IterationSummary, history: readonly IterationSummary[], limits: StopLimits, guest: GuestSize) => boolean

const on = (limit: number | null, exceeded: (limit: number) => boolean): boolean => limit !== null && exceeded(limit)

/** In the order in which they are asked. */
const rules: ReadonlyArray<readonly [StopRuleName, Rule]> = [
  ['nothingLeft', (last) => last.dirtyPages === 0],
  ['rateAboveMax', (last, _, limits) => limits.rateAboveMax && last.wantedRateAboveMax],
  ['sentGrowthAtMaxRate', (last, history, limits) => limits.sentGrowthAtMaxRate && last.rateAtMax && last.sentPages > (history.at(-2)?.sentPages ?? Infinity)],
  ['iterations', (last, _, limits) => on(limits.iterations, (limit) => last.iteration + 1 >= limit)],
  ['smallIteration', (last, _, limits) => on(limits.smallIteration, (limit) => last.sentPages + last.skippedPages < limit)],
  ['pagesLeft', (last, _, limits) => on(limits.pagesLeft, (limit) => last.dirtyPages < limit)],
  ['bytesLeft', (last, _, limits) => on(limits.bytesLeft, (limit) => last.remainingBytes < limit)],
  ['sentFactor', (last, _, limits, guest) => on(limits.sentFactor, (limit) => last.totalSentPages > limit * guest.pages)],
  ['downtime', (last, _, limits, guest) => on(downtimeLimitNs(limits, last.elapsedNs, guest), (limit) => expectedDowntimeNs(last) <= limit)],
  ['growth', (last, history, limits) => on(limits.growth, (limit) => last.dirtyPages > (history.at(-2)?.dirtyPages ?? Infinity) * (1 + limit))],
]

/** Decides at the end of an iteration. */
export function verdictAfter(history: readonly IterationSummary[], limits: StopLimits, guest: GuestSize): Verdict {
  const last = history.at(-1)
  if (last === undefined) return { kind: 'continue' }
  for (const [rule, speaks] of rules) if (speaks(last, history, limits, guest)) return { kind: 'stop-and-copy', rule }
  if (stalled(history, limits)) {
    const verdict = verdictOf(limits.stallAction, 'stallWindow')
    if (verdict.kind !== 'continue') return verdict
  }
  return last.iteration + 1 >= limits.giveUp ? { kind: 'abort', rule: 'giveUp' } : { kind: 'continue' }
}

/** Decides at any moment of an iteration: the rules that look at the clock alone. */
export function verdictAt(elapsedNs: number, limits: StopLimits, guest: GuestSize): Verdict {
  if (on(limits.timeout, (limit) => elapsedNs >= limit)) return verdictOf(limits.timeoutAction, 'timeout')
  if (on(limits.timeoutPerGiB, (limit) => elapsedNs >= limit * guest.gibibytes)) return verdictOf(limits.timeoutAction, 'timeoutPerGiB')
  return { kind: 'continue' }
}

function verdictOf(action: Action, rule: StopRuleName): Verdict {
  switch (action) {
    case 'abort':
      return { kind: 'abort', rule }
    case 'pause':
      return { kind: 'stop-and-copy', rule }
    case 'ignore':
      return { kind: 'continue' }
    default:
      return assertNever(action)
  }
}

/** Time that the remaining bytes take at the bandwidth of the last iteration. */
export function expectedDowntimeNs(last: IterationSummary): number {
  return last.sentBytes === 0 ? Infinity : (last.remainingBytes / last.sentBytes) * last.durationNs
}

/**
 * The downtime limit in force. With a ramp it rises from its first to its full value in equal steps, one each
 * `rampDelay` for every GiB of the guest (Nova's downtime steps, KubeVirt's; verified).
 */
export function downtimeLimitNs(limits: StopLimits, elapsedNs: number, guest: GuestSize): number | null {
  const { downtime, rampSteps, rampFrom, rampDelay } = limits
  if (downtime === null || rampSteps === null) return downtime
  const from = rampFrom ?? downtime / rampSteps
  const stepNs = (rampDelay ?? 0) * Math.max(1, guest.gibibytes)
  const step = stepNs === 0 ? rampSteps : Math.min(rampSteps, Math.floor(elapsedNs / stepNs))
  return from + ((downtime - from) * step) / rampSteps
}

/**
 * KubeVirt's stall detector (verified): the moving average of the remaining bytes has not fallen by the margin below
 * its best for a whole window, and the last reading is a local minimum.
 */
function stalled(history: readonly IterationSummary[], limits: StopLimits): boolean {
  const { stallWindow, stallMargin, stallSmoothing } = limits
  const last = history.at(-1)
  if (stallWindow === null || last === undefined) return false
  let average: number | null = null
  let best = Infinity
  let bestAtNs = 0
  for (const { remainingBytes, elapsedNs } of history) {
    average = average === null ? remainingBytes : stallSmoothing * remainingBytes + (1 - stallSmoothing) * average
    if (average < best * (1 - stallMargin)) {
      best = average
      bestAtNs = elapsedNs
    }
  }
  const localMinimum = last.remainingBytes <= (history.at(-2)?.remainingBytes ?? Infinity)
  return localMinimum && last.elapsedNs - bestAtNs >= stallWindow
}
