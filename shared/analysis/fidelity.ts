/**
 * How far the simulation is from what was measured. A pair is one simulated run and one measured run of the same point,
 * repetition and seed, both completed; everything here is told of pairs, so that neither side has runs that the other
 * lacks. Errors are those of the simulation: simulated minus measured, relative to what was measured.
 */

import { type Metric, metricOf } from '../model/metrics.ts'
import type { Outcome, RunRecord, Scalar } from '../model/migration-stats.ts'
import { type IntervalResult, meanInterval } from './interval.ts'
import { pairedDelta } from './paired.ts'
import { quartilesOf } from './quartiles.ts'
import { groupBy } from './summarise.ts'

export const simulatedBackend = 'sim'
/** Backends that move real memory, in the order in which they are shown. */
export const measuredBackends: readonly string[] = ['agents', 'qemu']

/** What is compared unless somebody asks for something else. */
export const fidelityMetrics: readonly Metric[] = ['totalMs', 'downtimeMs', 'pagesSent', 'transferredBytes', 'iterationCount', 'majorFaults', 'faultP50Ms', 'guestLostMs'].flatMap((key) => metricOf(key) ?? [])

type Interval = Extract<IntervalResult, { readonly ok: true }>

export interface PairSide {
  readonly runId: string
  /** By metric key. */
  readonly values: Readonly<Record<string, number>>
}

export interface FidelityPair {
  readonly repetition: number
  readonly seed: number
  readonly simulated: PairSide
  readonly measured: PairSide
}

/** One metric at one point, over its pairs. */
export interface PointError {
  readonly simulated: Interval
  readonly measured: Interval
  /** Simulated minus measured, pair by pair. */
  readonly difference: Interval
  /** Size of the mean difference. */
  readonly absoluteError: number
  /** The difference over the measured mean, as a fraction of one; null where nothing was measured (a mean of zero). */
  readonly relative: { readonly mean: number; readonly low: number | null; readonly high: number | null } | null
}

export interface PointFidelity {
  readonly point: number
  readonly factors: Readonly<Record<string, Scalar>>
  /** At least one. */
  readonly pairs: readonly FidelityPair[]
  /** By metric key. */
  readonly errors: Readonly<Record<string, PointError>>
}

/** One metric over all points. Relative errors are of points, each with the same weight, as fractions of one. */
export interface MetricFidelity {
  readonly metric: string
  /** Points with a relative error. */
  readonly points: number
  /** Points where both sides are zero, such as faults in pre-copy: they say nothing and are in no number here. */
  readonly bothZero: number
  /** Points where the simulation has something and nothing was measured: no relative error can tell how far that is off. */
  readonly onlySimulated: number
  /** Of the absolute relative errors; null without points. */
  readonly medianError: number | null
  /** Of the absolute relative errors, with its interval. */
  readonly meanError: IntervalResult
  /** Mean of the signed relative errors: below zero, the simulation tells too little. */
  readonly bias: IntervalResult
  /** The point with the largest absolute relative error. */
  readonly worst: { readonly point: number; readonly factors: Readonly<Record<string, Scalar>>; readonly relative: number } | null
}

export interface MissingPoint {
  readonly point: number
  readonly factors: Readonly<Record<string, Scalar>>
  readonly lacks: 'simulated' | 'measured' | 'pair'
  /** Why, as the end of a sentence. */
  readonly reason: string
}

export interface DisagreementSide {
  readonly runId: string
  readonly outcome: Outcome
  /** Empty where it completed. */
  readonly reason: string
}

/** Two runs with equal inputs that ended differently, such as completed here and failed there. */
export interface Disagreement {
  readonly point: number
  readonly factors: Readonly<Record<string, Scalar>>
  readonly repetition: number
  readonly seed: number
  readonly simulated: DisagreementSide
  readonly measured: DisagreementSide
}

export interface Fidelity {
  /** The backend that was measured. */
  readonly measured: string
  readonly pairs: number
  /** Runs of the two backends that are in no pair. */
  readonly unpaired: number
  readonly metrics: readonly MetricFidelity[]
  /** Points with a pair, in their order. */
  readonly points: readonly PointFidelity[]
  readonly missing: readonly MissingPoint[]
  readonly disagreements: readonly Disagreement[]
}

export interface FidelityOptions {
  readonly measured: string
  readonly metrics?: readonly Metric[]
  readonly confidence?: number
}

/** What a suite has of its backends: one comparison for each that measures, if it was simulated as well. */
export interface SuiteFidelity {
  /** All that have runs of the suite: the simulator first, then those that measure. */
  readonly backends: readonly string[]
  readonly comparisons: readonly Fidelity[]
}

export function suiteFidelity(runs: readonly RunRecord[], options: Omit<FidelityOptions, 'measured'> = {}): SuiteFidelity {
  const found = new Set(runs.map(({ backend }) => backend))
  const backends = [...new Set([simulatedBackend, ...measuredBackends, ...found])].filter((backend) => found.has(backend))
  const measured = backends.includes(simulatedBackend) ? measuredBackends.filter((backend) => backends.includes(backend)) : []
  return { backends, comparisons: measured.map((backend) => fidelityOf(runs, { ...options, measured: backend })) }
}

/** `runs` are of one suite; those of other backends than the two are passed over. */
export function fidelityOf(runs: readonly RunRecord[], { measured, metrics = fidelityMetrics, confidence = 0.95 }: FidelityOptions): Fidelity {
  const concerned = runs.filter(({ backend }) => backend === simulatedBackend || backend === measured)
  const ofPoints = [...groupBy(concerned, ({ point }) => String(point)).values()].toSorted(([one], [other]) => one.point - other.point).map((group) => pairUp(group, measured))
  const points = ofPoints.flatMap((found) => (found.completed.length === 0 ? [] : [pointFidelity(found, metrics, confidence)]))
  const pairs = points.reduce((sum, point) => sum + point.pairs.length, 0)
  return {
    measured,
    pairs,
    unpaired: concerned.length - 2 * pairs,
    metrics: metrics.map(({ key }) => metricFidelity(key, points, confidence)),
    points,
    missing: ofPoints.flatMap((found) => (found.completed.length === 0 ? [missingPoint(found, measured)] : [])),
    disagreements: ofPoints.flatMap(({ first, pairs: all }) => all.filter(disagree).map(({ simulated, measured: other }) => ({
      point: first.point, factors: first.factors, repetition: simulated.repetition, seed: simulated.seed, simulated: sideOf(simulated), measured: sideOf(other),
    }))),
  }
}

interface Pair {
  readonly simulated: RunRecord
  readonly measured: RunRecord
}

interface PairsOfPoint {
  readonly first: RunRecord
  readonly runs: readonly RunRecord[]
  /** However they ended. */
  readonly pairs: readonly Pair[]
  readonly completed: readonly Pair[]
}

function pairUp(runs: readonly [RunRecord, ...RunRecord[]], measured: string): PairsOfPoint {
  const inputs = ({ repetition, seed }: RunRecord): string => `${repetition} ${seed}`
  const byInputs = (wanted: string) => new Map(runs.filter(({ backend }) => backend === wanted).map((run) => [inputs(run), run]))
  const others = byInputs(measured)
  const pairs = [...byInputs(simulatedBackend)].flatMap(([key, simulated]) => {
    const other = others.get(key)
    return other === undefined ? [] : [{ simulated, measured: other }]
  })
  return { first: runs[0], runs, pairs, completed: pairs.filter((pair) => pair.simulated.outcome === 'completed' && pair.measured.outcome === 'completed') }
}

/** They say nothing about migration. */
const noOutcome: ReadonlySet<Outcome> = new Set<Outcome>(['crashed', 'invalid'])

function disagree({ simulated, measured }: Pair): boolean {
  return simulated.outcome !== measured.outcome && !noOutcome.has(simulated.outcome) && !noOutcome.has(measured.outcome)
}

function sideOf({ runId, outcome, reason }: RunRecord): DisagreementSide {
  return { runId, outcome, reason: reason?.message ?? '' }
}

function missingPoint({ first, runs, pairs }: PairsOfPoint, measured: string): MissingPoint {
  const has = (backend: string): boolean => runs.some((run) => run.backend === backend)
  const place = { point: first.point, factors: first.factors }
  if (!has(simulatedBackend)) return { ...place, lacks: 'simulated', reason: 'it was not simulated' }
  if (!has(measured)) return { ...place, lacks: 'measured', reason: `it was not measured with ${measured}` }
  return { ...place, lacks: 'pair', reason: pairs.length === 0 ? 'no repetition was both simulated and measured' : 'no repetition completed on both sides' }
}

function pointFidelity({ first, completed }: PairsOfPoint, metrics: readonly Metric[], confidence: number): PointFidelity {
  return {
    point: first.point,
    factors: first.factors,
    pairs: completed.map(({ simulated, measured }) => ({ repetition: simulated.repetition, seed: simulated.seed, simulated: valuesOf(simulated, metrics), measured: valuesOf(measured, metrics) })),
    errors: Object.fromEntries(metrics.map((metric) => [metric.key, pointError(completed, metric, confidence)])),
  }
}

function valuesOf(run: RunRecord, metrics: readonly Metric[]): PairSide {
  return { runId: run.runId, values: Object.fromEntries(metrics.map(({ key, of }) => [key, of(run)])) }
}

function pointError(pairs: readonly Pair[], { of }: Metric, confidence: number): PointError {
  const side = (which: keyof Pair) => pairs.map((pair) => ({ seed: pair[which].seed, value: of(pair[which]) }))
  const [measured, simulated] = [side('measured'), side('simulated')]
  const delta = pairedDelta(measured, simulated, confidence)
  if (!delta.ok) throw new RangeError(delta.problem)
  return {
    simulated: intervalOf(simulated, confidence),
    measured: intervalOf(measured, confidence),
    difference: delta.difference,
    absoluteError: Math.abs(delta.difference.mean),
    relative: delta.relative,
  }
}

function intervalOf(values: ReadonlyArray<{ readonly value: number }>, confidence: number): Interval {
  const interval = meanInterval(values.map(({ value }) => value), confidence)
  if (interval.ok) return interval
  throw new RangeError(interval.problem)
}

function metricFidelity(metric: string, points: readonly PointFidelity[], confidence: number): MetricFidelity {
  const errors = points.flatMap(({ point, factors, errors: { [metric]: error } }) => (error === undefined ? [] : [{ point, factors, error }]))
  const told = errors.flatMap(({ point, factors, error }) => (error.relative === null ? [] : [{ point, factors, relative: error.relative.mean }]))
  const sizes = told.map(({ relative }) => Math.abs(relative))
  const untold = errors.filter(({ error }) => error.relative === null)
  const onlySimulated = untold.filter(({ error }) => error.simulated.mean !== 0).length
  return {
    metric,
    points: told.length,
    bothZero: untold.length - onlySimulated,
    onlySimulated,
    medianError: sizes.length === 0 ? null : quartilesOf(sizes).median,
    meanError: meanInterval(sizes, confidence),
    bias: meanInterval(told.map(({ relative }) => relative), confidence),
    worst: told.reduce<MetricFidelity['worst']>((worst, one) => (worst === null || Math.abs(one.relative) > Math.abs(worst.relative) ? one : worst), null),
  }
}
