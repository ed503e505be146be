/** What holds for every scenario, whatever the workload, policy, link and failures. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { policyDefaults } from '#shared/scenario/policies.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const kinds = ['idle', 'sequential', 'uniform', 'hot-cold', 'zipf', 'phased', 'burst', 'kernel-compile', 'web-server', 'oltp', 'diabolical'] as const
const mechanisms = ['shadow', 'hap', 'pml', 'dirty-ring', 'soft-dirty'] as const
const policies = Object.keys(policyDefaults) as Array<keyof typeof policyDefaults>
const phases = ['any', 'reservation', 'precopy', 'stop-and-copy', 'commitment', 'activation'] as const

const workload = fc.record({
  kind: fc.constantFrom(...kinds),
  writes: fc.integer({ min: 0, max: 80_000 }),
  workingSet: fc.integer({ min: 1, max: 24 }).map((mebibytes) => `${mebibytes} MiB`),
})

const fault = fc.record({ at: fc.integer({ min: 0, max: 8000 }).map((ms) => `${ms} ms`), phase: fc.constantFrom(...phases), lasts: fc.constantFrom('off', '100 ms', '30 s') })

const scenarios = fc
  .record({
    guest: fc.record({ memory: fc.integer({ min: 48, max: 100 }).map((mebibytes) => `${mebibytes} MiB`), vcpus: fc.integer({ min: 1, max: 8 }), zeroPages: fc.constantFrom('0 %', '30 %'), unmapped: fc.constantFrom('0 %', '1 %') }),
    first: workload,
    second: workload,
    bandwidth: fc.constantFrom('50 Mbit/s', '300 Mbit/s', '1 Gbit/s', '25 Gbit/s'),
    mechanism: fc.constantFrom(...mechanisms),
    policy: fc.constantFrom(...policies),
    kind: fc.constantFrom('precopy' as const, 'precopy' as const, 'stop-and-copy' as const),
    timeout: fc.constantFrom('off', '2 s'),
    timeoutAction: fc.constantFrom('abort' as const, 'pause' as const, 'ignore' as const),
    autoConverge: fc.boolean(),
    zeroPages: fc.constantFrom('off' as const, 'marker' as const),
    faults: fc.array(fault, { maxLength: 2 }),
    traffic: fc.constantFrom('0 Mbit/s', '200 Mbit/s'),
  })
  .map((choice): Scenario =>
    scenarioOf({
      guest: { ...choice.guest, traffic: choice.traffic },
      workload: { ...choice.first, processes: [choice.second] },
      link: { bandwidth: choice.bandwidth, latency: '200 us', perPage: '8 B' },
      tracking: { mechanism: choice.mechanism },
      strategy: { kind: choice.kind, policy: choice.policy, stop: { giveUp: 40, timeout: choice.timeout, timeoutAction: choice.timeoutAction } },
      optimisations: { autoConverge: choice.autoConverge, zeroPages: choice.zeroPages },
      faults: choice.faults,
    }),
  )

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Checks so many random scenarios. */
function every(numRuns: number, check: (stats: MigrationStats, scenario: Scenario) => void): void {
  fc.assert(fc.property(scenarios, fc.nat(), (scenario, seed) => check(simulate(scenario, seed), scenario)), { numRuns })
}

describe('every simulated migration', () => {
  it('ends completed or failed, with a reason if it failed', () => {
    every(150, (stats, scenario) => {
      expect(['completed', 'failed']).toContain(stats.outcome)
      expect(stats.reason === null).toBe(stats.outcome === 'completed')
      if (scenario.faults.length === 0 && scenario.strategy.kind === 'stop-and-copy') expect(stats.outcome).toBe('completed')
    })
  })

  it('keeps its accounts: pages, bytes, phases and downtime add up', () => {
    every(150, (stats, scenario) => {
      const { iterations } = stats
      expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
      expect(stats.normalPages + stats.zeroPages).toBe(stats.pagesSent)
      expect(sum(Object.values(stats.downtimeParts))).toBeCloseTo(stats.downtimeMs, 6)
      expect(stats.downtimeMs).toBeLessThanOrEqual(stats.totalMs + 1e-9)
      expect(stats.guestLostMs).toBeGreaterThanOrEqual(stats.downtimeMs - 1e-6)
      expect(stats.guestLostMs).toBeLessThanOrEqual(stats.totalMs + 1e-6)
      for (const row of iterations) {
        expect(row.bytes).toBeLessThanOrEqual(row.pages * (scenario.guest.pageSize + scenario.link.perPage))
        expect(row.zeroPages).toBeLessThanOrEqual(row.pages)
        expect(row.rateBitsPerSecond).toBeLessThanOrEqual(scenario.link.bandwidth * 1.001)
      }
      if (stats.outcome === 'completed') {
        expect(sum(iterations.map(({ pages }) => pages))).toBe(stats.pagesSent)
        expect(stats.pagesSent).toBeGreaterThanOrEqual(scenario.guest.memory / scenario.guest.pageSize)
      }
    })
  })

  it('has a clock and a timeline that never go back', () => {
    every(100, ({ timeline, totalMs, iterations }) => {
      const ascending = (times: readonly number[]): boolean => times.every((time, i) => time >= (times[i - 1] ?? 0))
      expect(ascending(timeline.timeMs)).toBe(true)
      expect(ascending(iterations.map(({ startMs }) => startMs))).toBe(true)
      expect(ascending(timeline.phases.flatMap(({ startMs, endMs }) => [startMs, endMs]))).toBe(true)
      expect(timeline.phases.at(-1)?.endMs).toBeCloseTo(totalMs, 6)
      for (const level of timeline.serviceLevel) {
        expect(level).toBeGreaterThanOrEqual(-1e-9)
        expect(level).toBeLessThanOrEqual(1 + 1e-9)
      }
    })
  })

  it('exceeds none of the limits of its policy', () => {
    every(100, (stats, scenario) => {
      const { stop } = scenario.strategy
      expect(stats.iterationCount).toBeLessThanOrEqual(Math.min(stop.giveUp, stop.iterations ?? Infinity))
      if (stats.stopRule === 'timeout') expect(stop.timeout).not.toBeNull()
    })
  })

  it('is the same again for the same seed, down to its fingerprint', () => {
    fc.assert(
      fc.property(scenarios, fc.nat(), (scenario, seed) => {
        expect(simulate(scenario, seed)).toEqual(simulate(scenario, seed))
      }),
      { numRuns: 40 },
    )
  })
})

describe('a guest that writes nothing', () => {
  it('is copied in one iteration with an empty last copy, under every policy', () => {
    for (const policy of policies) {
      const stats = simulate(scenarioOf({ guest: { memory: '32 MiB' }, strategy: { policy } }), 1)
      expect(stats.iterations.map(({ pages }) => pages), policy).toEqual([8192, 0])
    }
  })
})
