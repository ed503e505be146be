/** The runs that figures need, from the store, with no more of each run than the recipes draw. Runs that somebody excluded are left out. */

import type { FigureKind, Recipe } from '#shared/figures/recipe.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { chooseSuites, runsOf } from '../lab/read-results.ts'
import type { Store } from '../store/contract.ts'

/** Kinds that are drawn from sampled series. */
const sampled: ReadonlySet<FigureKind> = new Set(['wws', 'page-heat', 'service-level', 'fault-latency', 'faults', 'balloon'])

export async function loadRuns(store: Store, suites: readonly SuiteEntry[], recipes: readonly Recipe[]): Promise<readonly RunRecord[]> {
  const iterations = recipes.some(({ kind }) => kind === 'iteration-timeline' || kind === 'timelines')
  const timelines = recipes.some(({ kind }) => sampled.has(kind))
  const runs: RunRecord[] = []
  for (const { suiteId } of suites) {
    for await (const run of runsOf(store, { suiteId, iterations, timelines, withoutExcluded: true })) runs.push(run)
  }
  return runs
}

/** The suite asked for, or all of them. */
export async function suitesFor(store: Store, storePath: string, name: string | undefined): Promise<readonly SuiteEntry[]> {
  const suites = await chooseSuites(store, name)
  if (suites.length > 0) return suites
  throw new GodwitError('figure.no-runs', `The store "${storePath}" has no results yet; fill it with \`godwit run FILE --store ${storePath}\``)
}
