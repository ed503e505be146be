/** Reads a suite's results from the store a page at a time, so that a large suite need not fit in memory. */

import { type PointSummary, summarise } from '#shared/analysis/summarise.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Metric } from '#shared/model/metrics.ts'
import type { RunRecord, Scalar } from '#shared/model/migration-stats.ts'
import type { RunRow, SuiteEntry } from '#shared/rpc/app-contract.ts'
import { nearestSpelling } from '#shared/scenario/spelling.ts'
import type { RowQuery, RunQuery, Store } from '../store/contract.ts'

const runsAtATime = 500

export async function* runsOf(store: Store, query: Omit<RunQuery, 'after' | 'limit'>): AsyncGenerator<RunRecord> {
  let after: RunQuery['after']
  for (;;) {
    const page = await store.runs({ ...query, limit: runsAtATime, ...(after === undefined ? {} : { after }) })
    yield* page
    after = page.at(-1)
    if (page.length < runsAtATime) return
  }
}

/** As `runsOf`, with what is noted about each run and without its rows and series. */
export async function* rowsOf(store: Store, suiteId: number): AsyncGenerator<RunRow> {
  let after: RowQuery['after']
  for (;;) {
    const page = await store.runRows({ suiteId, limit: runsAtATime, ...(after === undefined ? {} : { after }) })
    yield* page
    after = page.at(-1)
    if (page.length < runsAtATime) return
  }
}

/** The factors that these suites vary, in the order in which they were written, with the values of each. */
export async function factorValues(store: Store, suites: readonly SuiteEntry[]): Promise<ReadonlyMap<string, ReadonlySet<Scalar>>> {
  const values = new Map<string, Set<Scalar>>()
  for (const { suiteId } of suites) {
    for (const { factors } of await store.points(suiteId)) {
      for (const [path, value] of Object.entries(factors)) values.set(path, (values.get(path) ?? new Set()).add(value))
    }
  }
  return values
}

/** One summary for each point and backend, in the order of the points; excluded runs are left out. */
export async function* summariesOf(store: Store, suiteId: number, metrics: readonly Metric[]): AsyncGenerator<PointSummary> {
  let ofPoint: RunRecord[] = []
  for await (const run of runsOf(store, { suiteId, iterations: false, withoutExcluded: true })) {
    if (ofPoint[0] !== undefined && ofPoint[0].point !== run.point) {
      yield* summarise(ofPoint, { metrics })
      ofPoint = []
    }
    ofPoint.push(run)
  }
  yield* summarise(ofPoint, { metrics })
}

/**
 * The suites to show: the newest of each name, or the one with the given name or number. A suite that was edited and run
 * again under the same name stays in the store, and its number still finds it.
 */
export async function chooseSuites(store: Store, nameOrId: string | undefined): Promise<readonly SuiteEntry[]> {
  const suites = await store.suites()
  if (nameOrId === undefined) return newestOfEachName(suites)
  const chosen = suites.find(({ name }) => name === nameOrId) ?? suites.find(({ suiteId }) => String(suiteId) === nameOrId)
  if (chosen !== undefined) return [chosen]
  const names = [...new Set(suites.map(({ name }) => name))]
  const nearest = nearestSpelling(nameOrId, names)
  const hint = nearest === undefined ? `it has ${names.map((name) => `"${name}"`).join(', ') || 'none'}` : `did you mean "${nearest}"?`
  throw new GodwitError('results.no-suite', `the store has no suite "${nameOrId}"; ${hint}`)
}

function newestOfEachName(suites: readonly SuiteEntry[]): readonly SuiteEntry[] {
  const newest = new Map<string, SuiteEntry>()
  for (const suite of suites) if (!newest.has(suite.name)) newest.set(suite.name, suite)
  return [...newest.values()].reverse()
}
