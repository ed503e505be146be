/**
 * Dynamic rate limiting (Clark et al. 2005): the first iteration runs at the minimum m, each next one at the dirtying
 * rate of the last plus an increment, never beyond the maximum M.
 *
 * - `fixed`: always M (or no limit at all).
 * - `follow` (the paper): dirtying rate + increment, between m and M; the last copy runs at M.
 * - `rise` (the code of 2005): only if the dirtying rate exceeds the present rate, so it never falls; the last copy
 *   runs at the rate reached.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { assertNever } from '../../units/assert-never.ts'

type RateOptions = Pick<Scenario['strategy'], 'rateControl' | 'rateIncrement' | 'minRate' | 'maxRate'>

/** Bits per second; null is no limit. */
export type Rate = number | null

export function firstRate(options: RateOptions): Rate {
  return options.rateControl === 'fixed' ? options.maxRate : options.minRate
}

/** What the rate would be if there were no maximum; `rateAboveMax` compares it with M. */
export function wantedRate(options: RateOptions, dirtyBitsPerSecond: number): number {
  return dirtyBitsPerSecond + options.rateIncrement
}

export function nextRate(options: RateOptions, present: Rate, dirtyBitsPerSecond: number): Rate {
  const { minRate, maxRate, rateControl } = options
  const wanted = Math.min(wantedRate(options, dirtyBitsPerSecond), maxRate ?? Infinity)
  switch (rateControl) {
    case 'fixed':
      return maxRate
    case 'follow':
      return Math.max(wanted, minRate ?? 0)
    case 'rise':
      return present !== null && dirtyBitsPerSecond > present ? wanted : present
    default:
      return assertNever(rateControl)
  }
}

export function lastCopyRate(options: RateOptions, present: Rate): Rate {
  return options.rateControl === 'rise' ? present : options.maxRate
}
