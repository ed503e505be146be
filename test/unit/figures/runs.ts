/** Runs for tests of figures, made by the simulator from small guests. */

import type { RunRecord, Scalar } from '#shared/model/migration-stats.ts'
import { resolveScenario, type Tree } from '#shared/scenario/resolve.ts'
import { simulate } from '#shared/sim/simulate.ts'

export interface RunOf {
  readonly factors?: Readonly<Record<string, Scalar>>
  readonly point?: number
  readonly repetition?: number
  readonly suite?: string
  readonly backend?: string
}

const smallGuest: Tree = {
  guest: { memory: '32 MiB', pageSize: '4 KiB' },
  workload: { kind: 'uniform', workingSet: '8 MiB', writes: '4000 pages/s' },
  link: { bandwidth: '200 Mbit/s' },
  strategy: { kind: 'precopy', stop: { iterations: 4, pagesLeft: 50 } },
}

export function runOf(scenario: Tree, { factors = {}, point = 0, repetition = 1, suite = 'test', backend = 'sim' }: RunOf = {}): RunRecord {
  const resolved = resolveScenario({ ...smallGuest, ...scenario })
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.issues))
  const seed = 99 + repetition
  return {
    ...simulate(resolved.scenario, seed),
    runId: `${suite}-${backend}-${point}-${repetition}`,
    suite,
    point,
    factors,
    repetition,
    seed,
    backend,
    provenance: { scenarioHash: 'ab', programVersion: '0.1.0', modelVersion: 1, node: 'v24', os: 'test', host: 'test', backendVersion: '1', startedAt: '2026-01-01T00:00:00Z', wallMs: 1 },
  }
}

/** Post-copy of a guest that faults all over its memory. */
export function postcopyRun(push: 'linear' | 'forward' | 'dual' | 'multi-pivot', more: Tree = {}, point = 0): RunRecord {
  return runOf(
    { workload: { kind: 'hot-cold', workingSet: '24 MiB', writes: '4000 pages/s', reads: '20000 pages/s' }, strategy: { kind: 'postcopy', push }, ...more },
    { factors: { 'strategy.push': push }, point },
  )
}

export const bandwidths = ['100 Mbit/s', '400 Mbit/s'] as const
export const writeRates = ['500 pages/s', '2000 pages/s', '8000 pages/s', '32000 pages/s'] as const

/** Every bandwidth with every write rate, three repetitions each. */
export function gridOfRuns(): readonly RunRecord[] {
  return bandwidths.flatMap((bandwidth, row) =>
    writeRates.flatMap((writes, column) =>
      [1, 2, 3].map((repetition) =>
        runOf(
          { link: { bandwidth }, workload: { kind: 'uniform', workingSet: '8 MiB', writes } },
          { factors: { 'link.bandwidth': bandwidth, 'workload.writes': writes }, point: row * writeRates.length + column, repetition },
        ),
      ),
    ),
  )
}
