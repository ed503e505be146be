/**
 * Multiplies a suite out: every combination of its factors that its constraint keeps is a point, and every point is run
 * once per repetition and backend, all points before any is repeated.
 */

import { modelVersion } from '../sim/model-version.ts'
import type { Scalar } from '../model/migration-stats.ts'
import { agentsProblems } from './agents-rules.ts'
import { axisValue } from './axis.ts'
import { canonicalJson, sha256Hex } from './canonical.ts'
import { compileConstraint } from './constraint.ts'
import { problemAt } from './explain.ts'
import type { BackendName, PlannedPoint, PlannedRun, SuitePlan } from './plan.ts'
import { PointFiller, type PointValue } from './point-filler.ts'
import { type Problem, showPath } from './problem.ts'
import { contradictions, type ScenarioIssue } from './resolve.ts'
import { repetitionSeed } from './seeds.ts'
import type { Factor, Suite } from './suite.ts'
import type { SuiteHosts } from './suite-hosts.ts'

export type Planning = { readonly ok: true; readonly plan: SuitePlan } | { readonly ok: false; readonly problems: readonly Problem[] }

/** More runs than this are taken for a slip of the pen. */
export const mostRuns = 1_000_000

/** The points and runs of a suite. Their number is checked before any of them is made. */
export function planSuite(suite: Suite): Planning {
  const tooMany = checkSize(suite)
  if (tooMany !== undefined) return { ok: false, problems: [tooMany] }
  const { points, problems } = expandPoints(suite)
  if (problems.length > 0) return { ok: false, problems }
  if (points.length === 0) {
    return { ok: false, problems: [problemAt(suite.source, ['constraint'], suite.constraint, { message: 'the constraint leaves no point of the suite to run' })] }
  }
  return { ok: true, plan: { suiteName: suite.name, points, runs: planRuns(points, suite), hosts: suite.hosts } }
}

/** Id of a run: equal for equal inputs, whatever suite they come from. */
export function runIdOf(run: { readonly scenarioHash: string; readonly seed: number; readonly backend: BackendName; readonly hosts?: SuiteHosts | null }): string {
  const { scenarioHash, seed, backend, hosts = null } = run
  // What was measured between other hosts, or over another link, is another measurement.
  return sha256Hex(canonicalJson({ scenarioHash, seed, backend, modelVersion, ...(backend === 'agents' && hosts !== null ? { hosts } : {}) }))
}

function planRuns(points: readonly PlannedPoint[], suite: Suite): readonly PlannedRun[] {
  const runs: PlannedRun[] = []
  for (let repetition = 1; repetition <= suite.repeat; repetition++) {
    const seed = repetitionSeed(suite.seed, repetition)
    for (const backend of suite.backends) {
      for (const point of points) {
        runs.push({ runId: runIdOf({ scenarioHash: point.scenarioHash, seed, backend, hosts: suite.hosts }), point, repetition, seed, backend })
      }
    }
  }
  return runs
}

function checkSize(suite: Suite): Problem | undefined {
  const combinations = suite.factors.reduce((product, factor) => product * BigInt(factor.size), 1n)
  const runs = combinations * BigInt(suite.repeat) * BigInt(suite.backends.length)
  if (runs <= BigInt(mostRuns)) return undefined
  const largest = suite.factors.reduce<Factor | undefined>((most, factor) => (most === undefined || factor.size > most.size ? factor : most), undefined)
  const axis = largest?.axes[0]
  const byRepeat = largest === undefined || axis === undefined || suite.repeat > largest.size
  const remedy = byRepeat ? `lower repeat (${group(suite.repeat)})` : `give ${axis.field} fewer values (${group(largest.size)})`
  const filtered = suite.constraint === null ? '' : ' before its constraint'
  const message = `the suite makes ${group(runs)} runs${filtered} (points: ${group(combinations)}, repetitions: ${group(suite.repeat)}); at most ${group(mostRuns)} are allowed; ${remedy}`
  return problemAt(suite.source, byRepeat ? ['repeat'] : axis.path, String(runs), { message, allowed: `at most ${mostRuns} runs` })
}

/** A whole number with its thousands apart. */
function group(number: number | bigint): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}

interface Expansion {
  readonly points: readonly PlannedPoint[]
  readonly problems: readonly Problem[]
}

function expandPoints(suite: Suite): Expansion {
  const compiled = suite.constraint === null ? undefined : compileConstraint(suite.constraint)
  if (compiled?.ok === false) {
    return { points: [], problems: compiled.faults.map((fault) => problemAt(suite.source, ['constraint'], suite.constraint, fault)) }
  }
  const filler = new PointFiller(suite)
  const faults = new PointFaults(suite)
  const onAgents = suite.backends.includes('agents')
  const points: PlannedPoint[] = []
  const byHash = new Map<string, readonly PointValue[]>()
  for (const values of combinations(suite.factors)) {
    const filled = filler.fill(values)
    if (!filled.ok) {
      filled.issues.forEach((issue) => faults.add(issue, values))
      continue
    }
    const { scenario, preset } = filled
    if (compiled !== undefined && !compiled.test(scenario, preset)) continue
    const issues = [...contradictions(scenario), ...(onAgents ? agentsProblems(scenario) : [])]
    issues.forEach((issue) => faults.add(issue, values))
    if (issues.length > 0) continue
    const scenarioHash = sha256Hex(filled.json)
    const twin = byHash.get(scenarioHash)
    if (twin !== undefined) faults.add({ path: [], message: `the point is the same scenario as ${describe(twin)}; remove one of the two` }, values)
    byHash.set(scenarioHash, values)
    const factors = Object.fromEntries(values.map(({ axis, value }) => [axis.field, value]))
    points.push({ index: points.length, factors, scenario, scenarioHash })
  }
  return { points, problems: faults.problems() }
}

/** Every combination of the factors' values; the last factor changes fastest. */
function* combinations(factors: readonly Factor[]): Generator<readonly PointValue[]> {
  const columns = factors.map((factor) =>
    Array.from({ length: factor.size }, (_, index) => factor.axes.map((axis): PointValue => ({ axis, index, value: axisValue(axis.values, index) }))),
  )
  const places = factors.map(() => 0)
  for (;;) {
    yield columns.flatMap((column, factor) => column[places[factor] ?? 0] ?? [])
    let factor = factors.length - 1
    while (factor >= 0) {
      const next = (places[factor] ?? 0) + 1
      places[factor] = next
      if (next < (factors[factor]?.size ?? 0)) break
      places[factor] = 0
      factor--
    }
    if (factor < 0) return
  }
}

function describe(values: readonly PointValue[]): string {
  if (values.length === 0) return 'the base'
  return values.map(({ axis, value }) => `${axis.field} = ${showScalar(value)}`).join(', ')
}

function showScalar(value: Scalar): string {
  return value === null ? 'off' : String(value)
}

/** Collects what is wrong with points; the same fault of many points is told once, with the first of them. */
class PointFaults {
  private readonly suite: Suite
  private readonly found = new Map<string, { readonly issue: ScenarioIssue; readonly values: readonly PointValue[]; count: number }>()

  constructor(suite: Suite) {
    this.suite = suite
  }

  add(issue: ScenarioIssue, values: readonly PointValue[]): void {
    const twins = issue.path.length === 0 ? 'twins' : issue.message.replace(/[\d.]+/g, '#')
    const key = `${issue.path.join('.')}: ${twins}`
    const known = this.found.get(key)
    if (known === undefined) this.found.set(key, { issue, values, count: 1 })
    else known.count++
  }

  problems(): readonly Problem[] {
    return [...this.found.values()].map(({ issue, values, count }) => {
      const backend = issue.backend === undefined ? {} : { backend: issue.backend }
      if (values.length === 0) return problemAt(this.suite.source, ['base', ...issue.path], undefined, { message: issue.message, ...backend })
      const culprit = culpritOf(issue, values)
      const more = count === 1 ? '' : `; ${group(count - 1)} more ${count === 2 ? 'point has' : 'points have'} the same fault`
      const subject = issue.path.length === 0 ? '' : `${showPath(issue.path)}: `
      const message = `${subject}${issue.message} (at the point ${describe(values)}${more})`
      if (culprit === undefined) return problemAt(this.suite.source, ['base', ...issue.path], undefined, { message: `${issue.message} (at the point ${describe(values)}${more})`, ...backend })
      const { axis, index, value } = culprit
      const spot = axis.values.kind === 'values' ? ['values', index] : ['range']
      return problemAt(this.suite.source, [...axis.path, ...spot], showScalar(value), { message, ...backend })
    })
  }
}

/** The varied field that a fault is about: the field itself, one of the same section, or a preset; for twins the last. */
function culpritOf(issue: ScenarioIssue, values: readonly PointValue[]): PointValue | undefined {
  if (issue.path.length === 0) return values.at(-1)
  const field = issue.path.join('.')
  return values.find(({ axis }) => axis.field === field) ?? values.find(({ axis }) => axis.field.split('.')[0] === String(issue.path[0])) ?? values.find(({ axis }) => axis.field === 'preset')
}
