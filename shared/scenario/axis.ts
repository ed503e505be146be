/** The values of a varied field, each computed when it is needed: a range of a thousand million steps costs nothing. */

import type { Scalar } from '../model/migration-stats.ts'
import { writeQuantity } from '../units/quantity.ts'
import type { AxisValues } from './suite.ts'

/** A range that is not written out. */
export type RangeValues = Extract<AxisValues, { kind: 'range' }>

/** The value at a place, counted from 0, as it would be written in a file. */
export function axisValue(axis: AxisValues, index: number): Scalar {
  if (axis.kind === 'values') return axis.values[index] ?? null
  const value = rangeValue(axis, index)
  return axis.dimension === 'count' ? value : writeQuantity(value, axis.dimension)
}

/**
 * The number at a place of a range, in the base unit. The ends are exact; a value between them is rounded to a
 * thousandth of the step to its neighbour, so that it can be read, or to a whole number where the field counts things.
 */
export function rangeValue(range: RangeValues, index: number): number {
  const { from, to, steps, scale } = range
  if (index === 0) return from
  if (index === steps - 1) return to
  const share = index / (steps - 1)
  const ratio = scale === 'log' ? (to / from) ** (1 / (steps - 1)) : 1
  const exact = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share
  const step = scale === 'log' ? exact * Math.abs(ratio - 1) : Math.abs(to - from) / (steps - 1)
  return range.whole ? wholeValue(range, exact) : roundToStep(exact, step)
}

/** Sizes between two whole numbers of 4 KiB pages are whole numbers of such pages too. */
function wholeValue({ from, to, dimension }: RangeValues, exact: number): number {
  const unit = dimension === 'bytes' && from % 4096 === 0 && to % 4096 === 0 ? 4096 : 1
  return Math.round(exact / unit) * unit
}

function roundToStep(value: number, step: number): number {
  if (value === 0 || step === 0) return value
  const digits = Math.ceil(Math.log10(Math.abs(value) / step)) + 3
  return Number(value.toPrecision(Math.min(15, Math.max(4, digits))))
}
