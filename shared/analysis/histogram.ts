/**
 * Values sorted into bins of equal width. The number of bins follows Freedman and Diaconis (1981), and is never less than
 * Sturges (1926) would take; bins begin at round values, so that a reader can name them.
 */

import { quartilesOf } from './quartiles.ts'

export interface Bin {
  /** The bin holds values from `from` (inclusive) to `to` (exclusive; the last bin holds its upper end as well). */
  readonly from: number
  readonly to: number
}

const mostBins = 100

/** Bins that hold all these values; one bin where all are (nearly) equal, none where there are none. `count` bins exactly, if given. */
export function binsOf(values: readonly number[], count?: number): readonly Bin[] {
  if (values.length === 0) return []
  if (!values.every(Number.isFinite)) throw new RangeError('A histogram needs finite numbers')
  const least = smallest(values)
  const most = largest(values)
  const narrowest = Math.max(Math.abs(least), Math.abs(most), Number.MIN_VALUE * 2 ** 60) * 1e-9
  if (most - least <= narrowest) {
    const half = Math.abs(least) * 0.05 || 0.5
    return [{ from: least - half, to: Math.max(least + half, most) }]
  }
  if (count !== undefined) return covering(bins(least, (most - least) / count, count), least, most)
  const step = roundStep((most - least) / wantedBins(values, most - least))
  const first = Math.floor(least / step + 1e-9)
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1)
  return covering(bins(first * step, step, last - first), least, most)
}

/** How many values lie in each bin. Values outside all bins are not counted. */
export function countInBins(values: readonly number[], among: readonly Bin[]): readonly number[] {
  const counts = among.map(() => 0)
  for (const value of values) {
    const place = placeOf(value, among)
    if (place >= 0) counts[place] = (counts[place] ?? 0) + 1
  }
  return counts
}

/** The bin in which a value lies, or -1. */
export function placeOf(value: number, among: readonly Bin[]): number {
  const last = among.length - 1
  return among.findIndex(({ from, to }, index) => value >= from && (value < to || (index === last && value === to)))
}

function wantedBins(values: readonly number[], range: number): number {
  const { q1, q3 } = quartilesOf(values)
  const width = (2 * (q3 - q1)) / Math.cbrt(values.length)
  const sturges = Math.ceil(Math.log2(values.length)) + 1
  return width > 0 ? Math.min(Math.max(Math.ceil(range / width), sturges), mostBins) : sturges
}

/** Edges are rounded for readers; the outermost still have to hold all values. */
function covering(among: readonly Bin[], least: number, most: number): readonly Bin[] {
  return among.map(({ from, to }, index) => ({ from: index === 0 ? Math.min(from, least) : from, to: index === among.length - 1 ? Math.max(to, most) : to }))
}

function bins(start: number, width: number, count: number): readonly Bin[] {
  const edge = (index: number): number => Number((start + index * width).toPrecision(12))
  return Array.from({ length: count }, (_, index) => ({ from: edge(index), to: edge(index + 1) }))
}

/** 1, 2 or 5 times a power of ten, no more than the step that was wanted is from it. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  const mantissa = [1, 2, 5, 10].find((candidate) => candidate * power >= wanted * 0.999) ?? 10
  return mantissa * power
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
}
