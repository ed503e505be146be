/**
 * A plan as far as the window shows it: counts, an estimate, and the factors of its points in columns. Columns of numbers
 * change threads without being copied, where a plan of 100,000 runs would be cloned object by object.
 */

import type { Scalar } from '#shared/model/migration-stats.ts'
import type { BackendName, SuitePlan } from '#shared/scenario/plan.ts'
import type { Problem } from '#shared/scenario/problem.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { estimateSuite, type SuiteEstimate } from '#shared/sim/estimate.ts'

export interface SuiteOutline {
  readonly runs: number
  readonly points: number
  /** In the order in which each repetition makes its points on them. */
  readonly backends: readonly BackendName[]
  readonly columns: readonly FactorColumn[]
  /** Seed of each repetition. */
  readonly seeds: Uint32Array<ArrayBuffer>
  readonly firstScenario: Scenario | null
  readonly estimate: SuiteEstimate
}

/** One varied field: its different values, and for each point which of them it has. */
export interface FactorColumn {
  readonly field: string
  readonly values: readonly Scalar[]
  readonly places: Uint32Array<ArrayBuffer>
}

export type OutlinedPlanning = { readonly ok: true; readonly plan: SuiteOutline } | { readonly ok: false; readonly problems: readonly Problem[] }

/** A run of the outline: one row of the table. */
export interface OutlinedRun {
  /** Values of the factors, in the order of the columns. */
  readonly factors: ReadonlyArray<Scalar | undefined>
  /** Counted from 1. */
  readonly repetition: number
  readonly seed: number
  readonly backend: BackendName
}

export function outlineOf(plan: SuitePlan): SuiteOutline {
  const { points, runs } = plan
  const repetitions = runs.at(-1)?.repetition ?? 0
  const perRepetition = runs.length / Math.max(1, repetitions)
  const backends = Array.from({ length: perRepetition / Math.max(1, points.length) }, (_, place) => runs[place * points.length]?.backend ?? 'sim')
  return {
    runs: runs.length,
    points: points.length,
    backends,
    columns: Object.keys(points[0]?.factors ?? {}).map((field) => columnOf(plan, field)),
    seeds: Uint32Array.from({ length: repetitions }, (_, repetition) => runs[repetition * perRepetition]?.seed ?? 0),
    firstScenario: points[0]?.scenario ?? null,
    estimate: estimateSuite(plan),
  }
}

function columnOf({ points }: SuitePlan, field: string): FactorColumn {
  const placeOf = new Map<Scalar, number>()
  const places = new Uint32Array(points.length)
  points.forEach(({ factors }, index) => {
    const value = factors[field] ?? null
    const place = placeOf.get(value) ?? placeOf.size
    placeOf.set(value, place)
    places[index] = place
  })
  return { field, values: [...placeOf.keys()], places }
}

/** The run at a place of the plan, all points on each backend before any is repeated; undefined beyond its end. */
export function runAt({ runs, points, backends, columns, seeds }: SuiteOutline, index: number): OutlinedRun | undefined {
  if (index < 0 || index >= runs) return undefined
  const point = index % points
  const repetition = Math.floor((index * seeds.length) / runs)
  return {
    factors: columns.map(({ values, places }) => values[places[point] ?? 0]),
    repetition: repetition + 1,
    seed: seeds[repetition] ?? 0,
    backend: backends[Math.floor(index / points) % backends.length] ?? 'sim',
  }
}

/** What changes threads with an outline instead of being copied. */
export function buffersOf(outline: SuiteOutline): ArrayBuffer[] {
  return [outline.seeds.buffer, ...outline.columns.map(({ places }) => places.buffer)]
}
