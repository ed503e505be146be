/**
 * Differences from a baseline under common random numbers. Runs of one repetition share their seed, and so the guest's
 * behaviour, whatever else differs; the difference of each pair is free of that noise, and the interval of the mean of
 * the differences is narrower than two separate intervals would let one think.
 */

import { type IntervalResult, meanInterval } from './interval.ts'

export interface Measured {
  readonly seed: number
  readonly value: number
}

export interface PairedDelta {
  /** Pairs of runs with the same seed. */
  readonly pairs: number
  /** Means over the pairs. */
  readonly baselineMean: number
  readonly mean: number
  /** Of value minus baseline, with Student's t interval. */
  readonly difference: IntervalResult & { readonly ok: true }
  /** The mean difference over the baseline's mean, and the ends of the interval likewise; null where the baseline is zero. */
  readonly relative: { readonly mean: number; readonly low: number | null; readonly high: number | null } | null
  /** `lower` or `higher` only if the interval leaves out zero. */
  readonly verdict: 'lower' | 'higher' | 'undecided' | 'equal'
  /** Runs on either side whose seed the other side does not have. */
  readonly unpaired: number
  /** A sentence where not all seeds match, else empty. */
  readonly note: string
}

export type PairedResult = ({ readonly ok: true } & PairedDelta) | { readonly ok: false; readonly problem: string }

/** Pairs by seed. Needs at least one seed that both sides have, and no seed twice on one side. */
export function pairedDelta(baseline: readonly Measured[], measured: readonly Measured[], confidence = 0.95): PairedResult {
  if (baseline.length === 0) return { ok: false, problem: 'The baseline has no completed runs here' }
  if (measured.length === 0) return { ok: false, problem: 'There are no completed runs to compare' }
  const before = bySeed(baseline)
  const after = bySeed(measured)
  if (before.size < baseline.length || after.size < measured.length) {
    return { ok: false, problem: 'Several runs have the same seed, so that they cannot be paired; narrow the runs until each differs in its seed only' }
  }
  const pairs = [...after].flatMap(([seed, value]) => {
    const base = before.get(seed)
    return base === undefined ? [] : [{ base, value }]
  })
  if (pairs.length === 0) return { ok: false, problem: 'No seed occurs on both sides, so that no run has its counterpart; run both with the same seed and repetitions' }
  const unpaired = baseline.length + measured.length - 2 * pairs.length
  const difference = required(meanInterval(pairs.map(({ base, value }) => value - base), confidence))
  const baselineMean = required(meanInterval(pairs.map(({ base }) => base))).mean
  return {
    ok: true,
    pairs: pairs.length,
    baselineMean,
    mean: required(meanInterval(pairs.map(({ value }) => value))).mean,
    difference,
    relative: relativeTo(baselineMean, difference),
    verdict: verdictOf(difference),
    unpaired,
    note: unpaired === 0 ? '' : `${unpaired} ${unpaired === 1 ? 'run has' : 'runs have'} no counterpart with the same seed and ${unpaired === 1 ? 'is' : 'are'} left out`,
  }
}

export interface DeltaOptions<Run> {
  /** Splits the runs into the sides that are compared, such as by policy. */
  readonly sideOf: (run: Run) => string
  /** The side that the others are compared with. */
  readonly baseline: string
  /** What must be equal for runs to be compared at all, such as the value on the x axis. */
  readonly placeOf: (run: Run) => string
  readonly measure: (run: Run) => Measured
  readonly confidence?: number
}

export interface DeltaRow {
  readonly place: string
  readonly side: string
  readonly result: PairedResult
}

/** Each side against the baseline at each place, in the order in which places and sides first appear. */
export function baselineDeltas<Run>(runs: readonly Run[], { sideOf, baseline, placeOf, measure, confidence = 0.95 }: DeltaOptions<Run>): readonly DeltaRow[] {
  const places = new Map<string, Map<string, Measured[]>>()
  for (const run of runs) {
    const sides = places.get(placeOf(run)) ?? new Map<string, Measured[]>()
    places.set(placeOf(run), sides)
    const side = sides.get(sideOf(run)) ?? []
    sides.set(sideOf(run), side)
    side.push(measure(run))
  }
  return [...places].flatMap(([place, sides]) =>
    [...sides].filter(([side]) => side !== baseline).map(([side, measured]) => ({ place, side, result: pairedDelta(sides.get(baseline) ?? [], measured, confidence) })),
  )
}

function bySeed(runs: readonly Measured[]): ReadonlyMap<number, number> {
  return new Map(runs.map(({ seed, value }) => [seed, value]))
}

function relativeTo(base: number, { mean, low, high }: PairedDelta['difference']): PairedDelta['relative'] {
  if (base === 0) return null
  const ends = [low, high].map((end) => (end === null ? null : end / base))
  const [first = null, second = null] = base > 0 ? ends : ends.reverse()
  return { mean: mean / base, low: first, high: second }
}

function verdictOf({ mean, low, high }: PairedDelta['difference']): PairedDelta['verdict'] {
  if (low === null || high === null) return 'undecided'
  if (mean === 0 && low === 0 && high === 0) return 'equal'
  if (high < 0) return 'lower'
  return low > 0 ? 'higher' : 'undecided'
}

function required(result: IntervalResult): IntervalResult & { readonly ok: true } {
  if (result.ok) return result
  throw new RangeError(result.problem)
}
