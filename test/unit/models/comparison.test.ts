import { expect, it } from 'vitest'
import { summarise } from '#shared/analysis/summarise.ts'
import { predictPoint, summariseModels } from '#shared/models/comparison.ts'
import { predictedMetrics } from '#shared/models/model.ts'
import { metricOf } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { Scenario, ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const metrics = predictedMetrics.flatMap((key) => metricOf(key) ?? [])
const provenance = { scenarioHash: '', programVersion: '', modelVersion: 1, node: '', os: '', host: '', backendVersion: '', startedAt: '', wallMs: 0 }

/** A point of real runs, with what the models say of it. */
function pointOf(point: number, scenario: Scenario, seeds: readonly number[]) {
  const runs = seeds.map((seed, repetition): RunRecord => ({ ...simulate(scenario, seed), runId: `${point}-${seed}`, suite: 'Test', point, factors: {}, repetition, seed, backend: 'sim', provenance }))
  const [summary] = summarise(runs, { metrics })
  if (summary === undefined) throw new Error('no runs')
  return predictPoint(summary, { scenario, seed: seeds[0] ?? 0 })
}

const small = (over: ScenarioInput): Scenario => scenarioOf({ guest: { memory: '32 MiB' }, ...over })
const sweeping = { kind: 'sequential', workingSet: '8 MiB' } as const

it('the error of a prediction is told against the mean of the runs', () => {
  const { point, predictions } = pointOf(0, small({ workload: { ...sweeping, writes: 3000 } }), [1, 2, 3])
  const mean = point.metrics['totalMs']
  const { answer, errors } = predictions['akoush-hist']
  if (mean?.ok !== true || answer.kind !== 'completes') throw new Error('nothing to compare')
  expect(errors.totalMs).toBeCloseTo(answer.totalMs / mean.mean - 1, 12)
  expect(Math.abs(errors.totalMs ?? 1)).toBeLessThan(0.01)
})

it('a summary tells errors over points, failures, and where a model does not apply', () => {
  const quiet = pointOf(0, small({}), [1])
  const hopeless = pointOf(1, small({ workload: { ...sweeping, writes: 1e6 }, strategy: { policy: 'qemu', stop: { downtime: '1 ms', giveUp: 5 } } }), [1])
  const refused = pointOf(2, small({ destination: { freeMemory: '1 MiB' } }), [1])
  const geometric = summariseModels([quiet, hopeless, refused]).find(({ model }) => model === 'geometric')
  expect(geometric).toMatchObject({ fails: 1, failsRightly: 1, notApplicable: [{ reason: 'the destination refuses the guest', points: 1 }] })
  expect(geometric?.metrics.totalMs.points).toBe(1)
  expect(geometric?.metrics.totalMs.meanAbsolute).toBeLessThan(1e-6)
})

it('a bound that does not hold is counted as broken', () => {
  const held = pointOf(0, small({ workload: { ...sweeping, writes: 3000 }, strategy: { policy: 'xen-current' } }), [1])
  const forged = { ...held, predictions: { ...held.predictions, 'survey-lower': { ...held.predictions['survey-lower'], errors: { totalMs: 0.2, downtimeMs: -0.1, transferredBytes: 0, iterationCount: null } } } }
  const brokenOf = (points: Parameters<typeof summariseModels>[0]): readonly number[] => summariseModels(points).filter(({ model }) => model === 'survey-lower').flatMap(({ metrics: of }) => predictedMetrics.map((metric) => of[metric].broken))
  expect(brokenOf([held])).toEqual([0, 0, 0, 0])
  expect(brokenOf([held, forged])).toEqual([1, 0, 0, 0])
})
