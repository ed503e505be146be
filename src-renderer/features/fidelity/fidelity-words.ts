/** Errors and their intervals as the fidelity view writes them. */

import type { IntervalResult } from '#shared/analysis/interval.ts'
import type { AxisUnit } from '#shared/figures/units.ts'
import type { Scalar } from '#shared/model/migration-stats.ts'
import { errorInWords, shareInWords } from '#shared/models/in-words.ts'
import { formatNumber } from '#shared/units/quantity.ts'

interface Ends {
  readonly low: number | null
  readonly high: number | null
}

export function errorRange({ low, high }: Ends): string {
  return low === null || high === null ? 'none for one' : `${errorInWords(low)} to ${errorInWords(high)}`
}

export function errorRangeOf(interval: IntervalResult): string {
  return interval.ok ? errorRange(interval) : ''
}

/** Of a mean of absolute errors, which have no sign. */
export function sizeRangeOf(interval: IntervalResult): string {
  if (!interval.ok) return ''
  return interval.low === null || interval.high === null ? 'none for one' : `${shareInWords(Math.max(interval.low, 0))} to ${shareInWords(interval.high)}`
}

export function valueRange({ low, high }: Ends, unit: AxisUnit): string {
  return low === null || high === null ? 'none for one' : `${signed(low, unit)} to ${signed(high, unit)}`
}

export function valueIn(value: number, { factor }: AxisUnit): string {
  return formatNumber(value / factor)
}

export function signed(value: number, unit: AxisUnit): string {
  return value > 0 ? `+${valueIn(value, unit)}` : valueIn(value, unit)
}

/** "link.bandwidth = 1 Gbit/s, workload.kind = idle". */
export function factorWords(factors: Readonly<Record<string, Scalar>>): string {
  return Object.entries(factors).map(([path, value]) => `${path} = ${String(value)}`).join(', ')
}

export const backendNames: Readonly<Record<string, string>> = { sim: 'Simulator', agents: 'Host agents', qemu: 'QEMU' }
