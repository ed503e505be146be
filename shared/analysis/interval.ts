/**
 * The mean of a few repetitions and how far to trust it: Student's t interval, which holds for small samples of a
 * roughly normal quantity.
 */

import jstat from 'jstat'

export interface MeanInterval {
  readonly n: number
  readonly mean: number
  /** Of the sample, with n - 1 below the line; 0 for a single value. */
  readonly standardDeviation: number
  /** Ends of the interval; null where a single value leaves it without bounds. */
  readonly low: number | null
  readonly high: number | null
  readonly halfWidth: number | null
}

export type IntervalResult = ({ readonly ok: true } & MeanInterval) | { readonly ok: false; readonly n: 0; readonly problem: string }

/**
 * Two-sided interval of the mean at the given confidence (a fraction of one).
 *
 * No values give a result that says so. A value that is not a finite number is a fault of the caller.
 */
export function meanInterval(values: readonly number[], confidence = 0.95): IntervalResult {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`A confidence of ${confidence} is not between 0 and 1`)
  const n = values.length
  if (n === 0) return { ok: false, n: 0, problem: 'There are no values to take a mean of' }
  if (!values.every(Number.isFinite)) throw new RangeError('A mean needs finite numbers')

  const mean = meanOf(values)
  if (n === 1) return { ok: true, n, mean, standardDeviation: 0, low: null, high: null, halfWidth: null }

  const standardDeviation = Math.sqrt(sumOf(values.map((value) => (value - mean) ** 2)) / (n - 1))
  const halfWidth = (jstat.jStat.studentt.inv(1 - (1 - confidence) / 2, n - 1) * standardDeviation) / Math.sqrt(n)
  return { ok: true, n, mean, standardDeviation, low: mean - halfWidth, high: mean + halfWidth, halfWidth }
}

/** Equal values give exactly that value, so that the spread of constants is exactly zero. */
function meanOf(values: readonly number[]): number {
  const first = values[0] ?? 0
  return first + sumOf(values.map((value) => value - first)) / values.length
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
