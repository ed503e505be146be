/**
 * When pre-copy ends. Each rule is a pure function of the iterations so far and the limits of the scenario
 * (`strategy.stop`); it is off where its limit is null. The first rule of the table that speaks decides.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { assertNever } from '../../units/assert-never.ts'
import { stallVerdict } from './stall.ts'

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
  | { readonly kind: 'stop-and-copy' | 'postcopy' | 'abort'; readonly rule: StopRuleName }

type Action = 'abort' | 'pause' | 'postcopy' | 'ignore' | 'soften'
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
  ['downtime', (last, history, limits, guest) => on(downtimeLimitNs(limits, last.elapsedNs, guest, rampFromNs(history, limits)), (limit) => expectedDowntimeNs(last) <= limit)],
  ['growth', (last, history, limits) => on(limits.growth, (limit) => last.dirtyPages > (history.at(-2)?.dirtyPages ?? Infinity) * (1 + limit))],
  ['sentGrowth', (last, history, limits) => on(limits.sentGrowth, (limit) => last.sentPages > (history.at(-2)?.sentPages ?? Infinity) * (1 + limit))],
]

/** Decides at the end of an iteration. */
export function verdictAfter(history: readonly IterationSummary[], limits: StopLimits, guest: GuestSize): Verdict {
  const last = history.at(-1)
  if (last === undefined) return { kind: 'continue' }
  for (const [rule, speaks] of rules) if (speaks(last, history, limits, guest)) return { kind: 'stop-and-copy', rule }
  const stall = verdictOnStall(history, limits, guest)
  if (stall.kind !== 'continue') return stall
  const late: Verdict = limits.timeoutChecked === 'iteration' ? verdictOfClock(last.elapsedNs, limits, guest) : { kind: 'continue' }
  if (late.kind !== 'continue') return late
  return last.iteration + 1 >= limits.giveUp ? { kind: 'abort', rule: 'giveUp' } : { kind: 'continue' }
}

function verdictOnStall(history: readonly IterationSummary[], limits: StopLimits, guest: GuestSize): Verdict {
  switch (stallVerdict(history, limits, guest)) {
    case 'none':
      return { kind: 'continue' }
    case 'stalled':
      return verdictOf(limits.stallAction, 'stallWindow')
    case 'soft-stop':
      return { kind: 'stop-and-copy', rule: 'stallWindow' }
    case 'abort':
      return { kind: 'abort', rule: 'stallWindow' }
  }
}

/** Decides at any moment of an iteration: the rules that look at the clock alone. */
export function verdictAt(elapsedNs: number, limits: StopLimits, guest: GuestSize): Verdict {
  return limits.timeoutChecked === 'always' ? verdictOfClock(elapsedNs, limits, guest) : { kind: 'continue' }
}

function verdictOfClock(elapsedNs: number, limits: StopLimits, guest: GuestSize): Verdict {
  if (on(limits.timeout, (limit) => elapsedNs >= limit)) return verdictOf(limits.timeoutAction, 'timeout')
  if (on(limits.timeoutPerGiB, (limit) => elapsedNs >= limit * counted(limits, guest))) return verdictOf(limits.timeoutAction, 'timeoutPerGiB')
  return { kind: 'continue' }
}

function verdictOf(action: Action, rule: StopRuleName): Verdict {
  switch (action) {
    case 'abort':
      return { kind: 'abort', rule }
    case 'pause':
      return { kind: 'stop-and-copy', rule }
    case 'postcopy':
      return { kind: 'postcopy', rule }
    case 'ignore':
    case 'soften':
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
 * `rampDelay` (for every GiB of the guest unless that is switched off); the first not before `fromNs`. Verified: Nova's
 * downtime_steps in nova/virt/libvirt/migration.py, KubeVirt's tuneDowntime in live-migration-source.go.
 */
export function downtimeLimitNs(limits: StopLimits, elapsedNs: number, guest: GuestSize, fromNs = 0): number | null {
  const { downtime, rampSteps, rampFrom, rampDelay, rampPerGiB } = limits
  if (downtime === null || rampSteps === null) return downtime
  const from = rampFrom ?? downtime / rampSteps
  const stepNs = (rampDelay ?? 0) * (rampPerGiB ? Math.max(1, counted(limits, guest)) : 1)
  if (elapsedNs < fromNs) return from
  const firstNs = Math.max(fromNs, stepNs)
  const steps = elapsedNs < firstNs ? 0 : stepNs === 0 ? rampSteps : 1 + Math.floor((elapsedNs - firstNs) / stepNs)
  return from + ((downtime - from) * Math.min(rampSteps, steps)) / rampSteps
}

/** When the iteration began from which on the limit may rise. */
function rampFromNs(history: readonly IterationSummary[], { rampAfter }: StopLimits): number {
  return rampAfter === 0 ? 0 : (history[rampAfter - 1]?.elapsedNs ?? Infinity)
}

/** GiB of the guest as they are counted. */
function counted({ leastGiB }: StopLimits, { gibibytes }: GuestSize): number {
  return Math.max(leastGiB ?? 0, gibibytes)
}
