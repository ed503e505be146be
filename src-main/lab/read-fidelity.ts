/** What the store holds of a suite's backends, side by side. Runs that somebody excluded are left out. */

import { type SuiteFidelity, suiteFidelity } from '#shared/analysis/fidelity.ts'
import type { Metric } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { Store } from '../store/contract.ts'
import { runsOf } from './read-results.ts'

export async function readFidelity(store: Store, suiteId: number, metrics?: readonly Metric[]): Promise<SuiteFidelity> {
  const runs: RunRecord[] = []
  for await (const run of runsOf(store, { suiteId, iterations: false, withoutExcluded: true })) runs.push(run)
  return suiteFidelity(runs, metrics === undefined ? {} : { metrics })
}
