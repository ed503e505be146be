/**
 * Runs of two backends of one suite, for tests of what is told of both. What is said to be measured is simulated from a
 * scenario that is changed a little: a real record in every field, that differs as a measurement does.
 */

import { createHash } from 'node:crypto'
import type { MigrationStats, RunRecord } from '#shared/model/migration-stats.ts'
import type { BackendName, PlannedRun, SuitePlan } from '#shared/scenario/plan.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { provenanceOf } from '../../src-main/lab/provenance.ts'
import type { Store } from '../../src-main/store/contract.ts'
import { planOf } from './suites.ts'

/** A link that gives nine tenths of what it says. */
export function slowerLink(scenario: Scenario): Scenario {
  return { ...scenario, link: { ...scenario.link, bandwidth: Math.round(scenario.link.bandwidth * 0.9) } }
}

export interface BothBackends {
  readonly measured?: BackendName
  /** What the scenario of a measured run is made to. */
  readonly change?: (scenario: Scenario) => Scenario
  /** What becomes of its record; null: the run was not made. */
  readonly remake?: (stats: MigrationStats, run: PlannedRun) => MigrationStats | null
}

interface MadeRun {
  readonly planned: PlannedRun
  readonly stats: MigrationStats
}

/** Every run of the plan simulated, and once more as if it were measured with the same seed. */
function madeRuns({ runs }: SuitePlan, { measured = 'agents', change = slowerLink, remake = (stats) => stats }: BothBackends): readonly MadeRun[] {
  return runs.filter(({ backend }) => backend === 'sim').flatMap((planned) => {
    const other: PlannedRun = { ...planned, backend: measured, runId: createHash('sha256').update(`${planned.runId} ${measured}`).digest('hex') }
    const stats = remake(simulate(change(planned.point.scenario), planned.seed), other)
    return [{ planned, stats: simulate(planned.point.scenario, planned.seed) }, ...(stats === null ? [] : [{ planned: other, stats }])]
  })
}

const startedAt = '2026-11-21T10:00:00.000Z'

/** As records, without a store. */
export function recordsOfBoth(suite: string, options: BothBackends = {}): readonly RunRecord[] {
  const plan = planOf(suite)
  return madeRuns(plan, options).map(({ planned, stats }) => ({
    ...stats,
    runId: planned.runId,
    suite: plan.suiteName,
    point: planned.point.index,
    factors: planned.point.factors,
    repetition: planned.repetition,
    seed: planned.seed,
    backend: planned.backend,
    provenance: provenanceOf(planned, { startedAt, wallMs: 1.5 }),
  }))
}

/** In a store, as a suite that plans both backends leaves them there; gives the suite's number. */
export async function storeBoth(store: Store, suite: string, options: BothBackends = {}): Promise<number> {
  const plan = planOf(suite)
  const made = madeRuns(plan, options)
  const suiteId = await store.addSuite({ name: plan.suiteName, text: suite, planDigest: `${plan.suiteName} on ${options.measured ?? 'agents'}`, createdAt: startedAt })
  await store.addPoints(suiteId, plan.points)
  await store.planRuns(suiteId, made.map(({ planned }) => ({ runId: planned.runId, point: planned.point.index, repetition: planned.repetition })))
  await Promise.all(made.map(({ planned, stats }) => store.addRun({ runId: planned.runId, seed: planned.seed, backend: planned.backend, stats, provenance: provenanceOf(planned, { startedAt, wallMs: 1.5 }) })))
  return suiteId
}
