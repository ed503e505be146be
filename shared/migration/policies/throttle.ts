/**
 * How a guest is slowed that dirties memory faster than it can be sent.
 *
 * Auto-converge, as in QEMU's migration/ram.c and options.c (verified): if more than a share of the bytes sent was
 * dirtied again in two iterations, the guest is throttled, and more so each time that is not enough. The dirty limit, as
 * in QEMU's system/dirtylimit.c (verified), begins on the same sign; then the virtual processors that dirty sleep.
 * Micro-sleeps, after vMotion's stun during page send (lab): the guest keeps only the share of its time in which it
 * dirties no more than a given share of what is sent.
 */

import type { Scenario } from '../../scenario/scenario.ts'

type ThrottleOptions = Scenario['optimisations']

export interface ThrottleState {
  /** Share of its time taken from the guest, 0 to below 1. */
  readonly share: number
  /** Iterations that dirtied too much since the throttle last changed. */
  readonly highIterations: number
  /** Is the dirty limit in force? */
  readonly limited?: boolean
}

export const unthrottled: ThrottleState = { share: 0, highIterations: 0 }

/** The throttle of a scenario: the older switch `autoConverge` is another way to write one of them. */
export function throttleKind({ throttle, autoConverge }: ThrottleOptions): ThrottleOptions['throttle'] {
  return autoConverge ? 'auto-converge' : throttle
}

export function nextThrottle(options: ThrottleOptions, state: ThrottleState, dirtyBytes: number, sentBytes: number): ThrottleState {
  const kind = throttleKind(options)
  if (kind === 'none') return state
  if (kind === 'micro-sleeps') return microSleeps(options, state, dirtyBytes, sentBytes)
  if (dirtyBytes <= options.throttleTrigger * sentBytes) return state
  if (state.highIterations === 0) return { ...state, highIterations: 1 }
  if (kind === 'dirty-limit') return { share: 0, highIterations: 0, limited: true }
  const raised = state.share === 0 ? options.throttleInitial : state.share + options.throttleIncrement
  return { share: Math.min(raised, options.throttleMax), highIterations: 0 }
}

/** Scales the time left to the guest so that it dirties the wanted share of what is sent; both took the same time. */
function microSleeps(options: ThrottleOptions, state: ThrottleState, dirtyBytes: number, sentBytes: number): ThrottleState {
  if (dirtyBytes === 0 || sentBytes === 0) return state
  const wantedRunning = ((1 - state.share) * options.microSleepTarget * sentBytes) / dirtyBytes
  return { ...state, share: Math.min(options.throttleMax, Math.max(0, 1 - wantedRunning)) }
}

export interface DirtyLimitState {
  /** A virtual processor sleeps this long for each byte that it dirties. */
  readonly sleepNsPerByte: number
  /** Highest dirty rate seen, bytes per second of one virtual processor. */
  readonly maxBytesPerSecond: number
}

export const unlimitedDirtying: DirtyLimitState = { sleepNsPerByte: 0, maxBytesPerSecond: 0 }

/** Constants of QEMU's system/dirtylimit.c (verified): a rate this near to the quota is near enough; */
const toleranceBytesPerSecond = 25 * 2 ** 20
/** one that differs by more than this share is corrected in proportion, otherwise by a fixed step, */
const proportionalAbove = 0.5
const fixedStep = 0.1
/** and no correction is made for more than this share asleep, nor a sleep longer than this many times the filling of the ring. */
const mostAsleep = 0.99
const longestSleep = 99

/**
 * One look at the dirty rate of a virtual processor, rates in bytes per second. QEMU sleeps each time the dirty ring is
 * full; here the sleep is spread over the bytes of the ring, whose size then does not matter.
 */
export function nextDirtyLimit(state: DirtyLimitState, quota: number, current: number): DirtyLimitState {
  if (Math.abs(quota - current) <= toleranceBytesPerSecond) return state
  if (current === 0) return { ...state, sleepNsPerByte: 0 }
  const maxBytesPerSecond = Math.max(state.maxBytesPerSecond, current)
  const fillingNs = 1e9 / maxBytesPerSecond
  const difference = Math.abs(quota - current) / Math.max(quota, current)
  const asleep = Math.min(mostAsleep, difference)
  const step = difference > proportionalAbove ? asleep / (1 - asleep) : fixedStep
  const sleepNsPerByte = state.sleepNsPerByte + (quota < current ? step : -step) * fillingNs
  return { maxBytesPerSecond, sleepNsPerByte: Math.min(longestSleep * fillingNs, Math.max(0, sleepNsPerByte)) }
}
