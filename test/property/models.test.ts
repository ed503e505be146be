/** What the analytic models promise, over random scenarios, against the simulator. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modelNames, models } from '#shared/models/index.ts'
import { type ModelAnswer, predictedMetrics } from '#shared/models/model.ts'
import { policyDefaults } from '#shared/scenario/policies.ts'
import { mayFault } from '#shared/scenario/postcopy-rules.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

/** Where pre-copy may end in post-copy, no model says what becomes of it. */
const policies = (Object.keys(policyDefaults) as Array<keyof typeof policyDefaults>).filter((policy) => !mayFault(scenarioOf({ strategy: { kind: 'precopy', policy } }).strategy))

const scenarios = fc
  .record({
    memory: fc.integer({ min: 16, max: 64 }).map((mebibytes) => `${mebibytes} MiB`),
    workload: fc.record({
      kind: fc.constantFrom('idle', 'sequential', 'uniform', 'hot-cold', 'zipf', 'phased', 'burst', 'kernel-compile', 'web-server', 'oltp', 'diabolical'),
      writes: fc.integer({ min: 0, max: 60_000 }),
      workingSet: fc.integer({ min: 1, max: 16 }).map((mebibytes) => `${mebibytes} MiB`),
    }),
    bandwidth: fc.constantFrom('100 Mbit/s', '1 Gbit/s', '10 Gbit/s'),
    background: fc.constantFrom('0 Mbit/s', '70 Mbit/s'),
    traffic: fc.constantFrom('0 Mbit/s', '200 Mbit/s'),
    batchTime: fc.constantFrom('0 us', '50 us'),
    unmapped: fc.constantFrom('0 %', '1 %'),
    kind: fc.constantFrom('precopy', 'precopy', 'stop-and-copy'),
    policy: fc.constantFrom(...policies),
  })
  .map(({ memory, workload, bandwidth, background, traffic, batchTime, unmapped, kind, policy }): Scenario =>
    scenarioOf({
      guest: { memory, traffic, unmapped, nonPageable: '0 B', suspendTime: '2 ms', resumeTime: '3 ms' },
      workload,
      link: { bandwidth, background, batchTime, perPage: '8 B', perBatch: '32 B' },
      strategy: { kind, policy, stop: { giveUp: 30 } },
    }),
  )

const seeds = fc.nat({ max: 1e9 })

describe("the survey's bounds", () => {
  it('hold for every completed migration: time, downtime, bytes and iterations', () => {
    fc.assert(
      fc.property(scenarios, seeds, (scenario, seed) => {
        const stats = simulate(scenario, seed)
        if (stats.outcome !== 'completed') return
        const lower = models['survey-lower'].predict(scenario, seed)
        const upper = models['survey-upper'].predict(scenario, seed)
        if (lower.kind !== 'completes' || upper.kind !== 'completes') throw new Error('the survey speaks of all of these')
        for (const metric of predictedMetrics) {
          expect(lower[metric], `lower ${metric}`).toBeLessThanOrEqual(stats[metric] + 1e-3)
          expect(upper[metric], `upper ${metric}`).toBeGreaterThanOrEqual(stats[metric] - 1e-3)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('enclose what HIST says, whose history never leaves the working set', () => {
    fc.assert(
      fc.property(scenarios, seeds, (scenario, seed) => {
        const [lower, answer, upper] = (['survey-lower', 'akoush-hist', 'survey-upper'] as const).map((model) => models[model].predict(scenario, seed))
        if (lower?.kind !== 'completes' || answer?.kind !== 'completes' || upper?.kind !== 'completes') return
        for (const metric of predictedMetrics) {
          expect(answer[metric], metric).toBeGreaterThanOrEqual(lower[metric] * (1 - 1e-3))
          expect(answer[metric], metric).toBeLessThanOrEqual(upper[metric] * (1 + 1e-3))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('every model', () => {
  it('answers with finite numbers that are not negative, the same each time', () => {
    const check = (answer: ModelAnswer): void => {
      if (answer.kind !== 'completes') return expect(answer.reason.length).toBeGreaterThan(10)
      for (const metric of predictedMetrics) {
        expect(answer[metric]).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(answer[metric])).toBe(true)
      }
      expect(answer.downtimeMs).toBeLessThanOrEqual(answer.totalMs)
    }
    fc.assert(
      fc.property(scenarios, seeds, fc.constantFrom(...modelNames), (scenario, seed, name) => {
        const answer = models[name].predict(scenario, seed)
        check(answer)
        expect(models[name].predict(scenario, seed)).toEqual(answer)
      }),
      { numRuns: 400 },
    )
  })

  it('predicts no shorter migration for a guest that writes more, geometric model, fixed number of iterations', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 0, max: 8 }), (writes, more, iterations) => {
        const totalMs = (rate: number): number => {
          const answer = models.geometric.predict(scenarioOf({ guest: { memory: '32 MiB' }, workload: { kind: 'uniform', writes: rate, workingSet: '8 MiB' }, strategy: { stop: { iterations } } }), 1)
          return answer.kind === 'completes' ? answer.totalMs : Infinity
        }
        expect(totalMs(writes + more)).toBeGreaterThanOrEqual(totalMs(writes))
      }),
      { numRuns: 200 },
    )
  })
})
