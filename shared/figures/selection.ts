/** Which runs a figure shows, and by what they are told apart. */

import { GodwitError } from '../model/godwit-error.ts'
import { type Metric, metricOf, metrics } from '../model/metrics.ts'
import type { RunRecord, Scalar } from '../model/migration-stats.ts'
import { nearest } from './nearest.ts'
import type { Recipe } from './recipe.ts'

/** What runs may be grouped by besides the factors of their suite. */
const built = ['backend', 'suite'] as const

export function metricFor(recipe: Recipe): Metric {
  const key = recipe.metric ?? 'totalMs'
  const metric = metricOf(key)
  if (metric !== undefined) return metric
  const known = metrics.map((candidate) => candidate.key)
  throw new GodwitError('figure.metric', `"${key}" is not a metric${nearest(key, known)}; there are ${known.join(', ')}`)
}

/** What runs are told apart by, or points of runs. */
export type Grouped = Pick<RunRecord, 'backend' | 'suite' | 'factors'>

/** The value by which a run is grouped; null where its suite does not vary the field. */
export function valueOf(run: Grouped, path: string): Scalar {
  if (path === 'backend') return run.backend
  if (path === 'suite') return run.suite
  return run.factors[path] ?? null
}

/** Paths of all factors of these runs, in the order of their suites. */
export function factorPaths(runs: ReadonlyArray<Pick<Grouped, 'factors'>>): readonly string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run.factors)))]
}

export function distinctValues(runs: readonly Grouped[], path: string): readonly Scalar[] {
  return [...new Set(runs.map((run) => valueOf(run, path)))]
}

/** Refuses a path that these runs do not vary. */
export function requireFactor(runs: readonly Grouped[], path: string, use: string): void {
  const factors = factorPaths(runs)
  if (factors.includes(path) || built.some((name) => name === path)) return
  const varied = factors.length === 0 ? 'this suite varies nothing' : `varied are ${factors.join(', ')}`
  throw new GodwitError('figure.factor', `${use}: "${path}" was not varied in these runs; ${varied}${nearest(path, [...factors, ...built])}`)
}

/** The runs that the recipe asks for; at least one. */
export function selectRuns(recipe: Recipe, runs: readonly RunRecord[]): readonly RunRecord[] {
  if (runs.length === 0) throw new GodwitError('figure.no-runs', 'There are no runs to draw; run the suite first')
  for (const path of Object.keys(recipe.where)) requireFactor(runs, path, 'where')
  const selected = runs.filter(
    (run) =>
      (recipe.point === undefined || run.point === recipe.point) &&
      (recipe.run === undefined || run.runId.startsWith(recipe.run)) &&
      Object.entries(recipe.where).every(([path, value]) => asList(value).includes(String(valueOf(run, path)))),
  )
  if (selected.length > 0) return selected
  throw new GodwitError('figure.no-runs', `None of the ${runs.length} runs fits the recipe: ${whyNone(recipe, runs)}`)
}

/** What a condition allows, as text. */
function asList(value: Recipe['where'][string]): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String)
}

function whyNone(recipe: Recipe, runs: readonly RunRecord[]): string {
  if (recipe.run !== undefined && !runs.some((run) => run.runId.startsWith(recipe.run ?? ''))) return `no run has an id that begins with "${recipe.run}"`
  if (recipe.point !== undefined && !runs.some((run) => run.point === recipe.point)) {
    return `there is no point ${recipe.point}; the last is ${Math.max(...runs.map((run) => run.point))}`
  }
  for (const [path, value] of Object.entries(recipe.where)) {
    const values = distinctValues(runs, path).map(String)
    if (!asList(value).some((one) => values.includes(one))) return `${path} is never ${asList(value).join(' or ')}; its values are ${values.join(', ')}`
  }
  return 'no run has all the values that "where", "point" and "run" ask for together'
}

/**
 * The one run that a figure of a single run shows: the first completed one of the lowest point and repetition, or the
 * first at all where none completed.
 */
export function selectOneRun(recipe: Recipe, runs: readonly RunRecord[], usable: (run: RunRecord) => boolean, lacking: string): RunRecord {
  const selected = selectRuns(recipe, runs)
  const candidates = selected.filter(usable)
  requireOneSuite(candidates)
  const rank = (run: RunRecord): number => (run.outcome === 'completed' ? 0 : 1)
  const [first] = candidates.toSorted((one, other) => rank(one) - rank(other) || one.point - other.point || one.repetition - other.repetition)
  if (first !== undefined) return first
  throw new GodwitError('figure.no-runs', lacking)
}

export function requireOneSuite(runs: readonly RunRecord[]): void {
  const suites = distinctValues(runs, 'suite')
  if (suites.length < 2) return
  throw new GodwitError('figure.suites', `The runs come from several suites (${suites.join(', ')}); name one of them, or group by suite`)
}

/** "link.bandwidth = 1 Gbit/s, seed 7": which run this is, for a caption. */
export function describeRun(run: RunRecord): string {
  const factors = Object.entries(run.factors).map(([path, value]) => `${path} = ${String(value)}`)
  return [...factors, `repetition ${run.repetition}`, `seed ${run.seed}`, `backend ${run.backend}`].join(', ')
}
