/**
 * A workload operation by operation, for a guest that really runs: operation k of a stream falls on a page at a guest
 * time, both of which follow from the seed alone. How many were made at a moment is all that a replay must know.
 */

import { hashedUniform } from '../kernel/streams.ts'
import type { Intensity } from './intensity.ts'

export interface OperationStream {
  /** Index of the process in the workload. */
  readonly process: number
  readonly firstPage: number
  /** One past the last page. */
  readonly endPage: number
  /** `take`: memory is allocated, page by page; `trace`: reads and writes mixed. */
  readonly does: 'write' | 'read' | 'take' | 'trace'
  isWrite(k: number): boolean
  page(k: number): number
  /** The guest time, as the process counts it, at which operation k falls; Infinity: never. */
  guestNsOf(k: number): number
  /** Operations that fall before or at a guest time. */
  countAt(guestNs: number): number
  /** Writes among the first operations. */
  writesAmong(count: number): number
}

/** A stream of which the process is not known yet. */
export type ProcesslessStream = Omit<OperationStream, 'process'>

type Range = { readonly firstPage: number; readonly pages: number }

interface RatedOptions {
  readonly range: Range
  readonly does: 'write' | 'read' | 'take'
  readonly intensity: Intensity
  /** Where the count stands at guest time 0, in fractions; only whole operations beyond that are made. */
  readonly start: number
  readonly offsetOf: (k: number) => number
}

function ratedStream({ range, does, intensity, start, offsetOf }: RatedOptions): ProcesslessStream {
  const before = Math.floor(start)
  const { firstPage, pages } = range
  const isWrite = does !== 'read'
  return {
    firstPage,
    endPage: firstPage + pages,
    does,
    isWrite: () => isWrite,
    page: (k) => firstPage + offsetOf(k),
    guestNsOf: (k) => intensity.inverse(before + k + 1 - start),
    countAt: (guestNs) => Math.floor(start + intensity.at(guestNs)) - before,
    writesAmong: (count) => (isWrite ? count : 0),
  }
}

/** Pages drawn with equal weights or others. */
export function drawnOperations(does: 'write' | 'read', range: Range, intensity: Intensity, weights: Float32Array | 'equal', seed: number): ProcesslessStream {
  const { pages } = range
  const drawColumn = (k: number): number => Math.floor(hashedUniform(seed, k, 0) * pages)
  if (weights === 'equal') return ratedStream({ range, does, intensity, start: 0, offsetOf: drawColumn })
  const { keep, alias } = aliasTable(weights)
  const offsetOf = (k: number): number => {
    const column = drawColumn(k)
    return hashedUniform(seed, k, 1) < (keep[column] ?? 1) ? column : (alias[column] ?? column)
  }
  return ratedStream({ range, does, intensity, start: 0, offsetOf })
}

/** Page after page from where `SweepSource` and `takenPages` of the same seed begin, and at the same moments. */
export function sweptOperations(does: 'write' | 'read' | 'take', range: Range, intensity: Intensity, seed: number): ProcesslessStream {
  const start = hashedUniform(seed, 0, 0) * range.pages
  const before = Math.floor(start)
  return ratedStream({ range, does, intensity, start, offsetOf: (k) => (before + k) % range.pages })
}

/** The alias method (Walker 1977, as Vose 1991 builds the table): a draw from any weights in constant time. */
export function aliasTable(weights: Float32Array): { readonly keep: Float64Array; readonly alias: Uint32Array } {
  const count = weights.length
  let sum = 0
  for (const weight of weights) sum += weight
  const keep = Float64Array.from(weights, (weight) => (weight * count) / sum)
  const alias = Uint32Array.from({ length: count }, (_, column) => column)
  const small: number[] = []
  const large: number[] = []
  for (let column = 0; column < count; column++) ((keep[column] ?? 0) < 1 ? small : large).push(column)
  while (small.length > 0) {
    const column = small.pop() ?? 0
    const donor = large.at(-1)
    if (donor === undefined) {
      // Only rounding is left.
      keep[column] = 1
      continue
    }
    alias[column] = donor
    const left = (keep[donor] ?? 0) + (keep[column] ?? 0) - 1
    keep[donor] = left
    if (left < 1) {
      large.pop()
      small.push(donor)
    }
  }
  for (const column of large) keep[column] = 1
  return { keep, alias }
}
