/** Which unit an axis counts in, so that its numbers are short. */

import type { Metric } from '../model/metrics.ts'
import { type Dimension, formatNumber, parseQuantity, unitsOf } from '../units/quantity.ts'

export interface AxisUnit {
  /** As written on the axis; empty for a plain count. */
  readonly name: string
  /** How many base units it has. */
  readonly factor: number
}

/** From large to small. An axis takes the first in which its largest value is at least 2. */
const metricUnits: Readonly<Record<Metric['unit'], readonly AxisUnit[]>> = {
  ms: [{ name: 's', factor: 1000 }, { name: 'ms', factor: 1 }],
  B: [{ name: 'TiB', factor: 2 ** 40 }, { name: 'GiB', factor: 2 ** 30 }, { name: 'MiB', factor: 2 ** 20 }, { name: 'KiB', factor: 2 ** 10 }, { name: 'B', factor: 1 }],
  pages: [{ name: 'million pages', factor: 1e6 }, { name: 'thousand pages', factor: 1e3 }, { name: 'pages', factor: 1 }],
  'bit/s': [{ name: 'Gbit/s', factor: 1e9 }, { name: 'Mbit/s', factor: 1e6 }, { name: 'kbit/s', factor: 1e3 }, { name: 'bit/s', factor: 1 }],
  '%': [{ name: '%', factor: 1 }],
  '': [{ name: '', factor: 1 }],
}

export function unitFor(unit: Metric['unit'], largest: number): AxisUnit {
  const units = metricUnits[unit]
  return units.find(({ factor }) => largest / factor >= 2) ?? units.at(-1) ?? { name: '', factor: 1 }
}

/** The largest unit of a dimension in which no value but zero is below one. */
export function unitForFactor(dimension: Dimension | 'count', values: readonly number[]): AxisUnit {
  if (dimension === 'count') return { name: '', factor: 1 }
  const least = Math.min(...values.map(Math.abs).filter((value) => value > 0))
  const units = unitsOf(dimension).map((name) => ({ name, factor: baseUnits(name, dimension) }))
  return units.find(({ factor }) => least / factor >= 1) ?? units.at(-1) ?? { name: '', factor: 1 }
}

function baseUnits(unit: string, dimension: Dimension): number {
  const parsed = parseQuantity(`1 ${unit}`, dimension)
  return parsed.ok ? parsed.value : 1
}

export function labelWithUnit(label: string, unit: string): string {
  return unit === '' ? label : `${label} (${unit})`
}

/** A number in few digits, for labels inside a figure: 676.8, 12.5, 0.148. */
export function shortNumber(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 100) return formatNumber(Math.round(value))
  return formatNumber(Number(value.toPrecision(magnitude >= 10 ? 3 : 2)))
}
