/** What holds whatever the source makes of the pages on their way. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const percent = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map((value) => `${value} %`)

const optimisations = fc.record({
  zeroPages: fc.constantFrom('off' as const, 'marker' as const, 'multifd' as const),
  zeroScanRate: fc.constantFrom('off', '1 GB/s'),
  delta: fc.boolean(),
  deltaCache: fc.constantFrom('1 MiB', '4 MiB', '64 MiB'),
  deltaChanged: percent(0, 100),
  compression: fc.constantFrom('none' as const, 'zlib' as const, 'lz4' as const, 'zstd' as const, 'adaptive' as const),
  compressionThreads: fc.integer({ min: 1, max: 8 }),
  channels: fc.integer({ min: 1, max: 16 }),
  channelRate: fc.constantFrom('off', '200 Mbit/s', '5 Gbit/s'),
})

const faulting: readonly string[] = ['hybrid', 'postcopy', 'three-stage']

const scenarios = fc
  .record({
    optimisations,
    kind: fc.constantFrom('precopy' as const, 'precopy' as const, 'hybrid' as const, 'postcopy' as const, 'three-stage' as const, 'self' as const, 'stop-and-copy' as const),
    scan: fc.constantFrom('linear' as const, 'permuted' as const, 'lru' as const, 'weight' as const),
    profile: fc.constantFrom('0 s', '200 ms'),
    holdBack: fc.integer({ min: 0, max: 3 }),
    skipDirty: fc.boolean(),
    iterations: fc.integer({ min: 0, max: 6 }),
    prefetch: fc.constantFrom('none' as const, 'next-k' as const),
    workload: fc.record({ kind: fc.constantFrom('uniform' as const, 'hot-cold' as const, 'diabolical' as const), writes: fc.integer({ min: 0, max: 50_000 }), reads: fc.integer({ min: 0, max: 20_000 }), workingSet: fc.constant('16 MiB') }),
    similarPages: percent(0, 50),
    randomPages: percent(0, 50),
    zeroShare: percent(0, 80),
    bandwidth: fc.constantFrom('300 Mbit/s', '10 Gbit/s'),
    batchTime: fc.constantFrom('0 us', '200 us'),
    lostAtMs: fc.option(fc.integer({ min: 1, max: 1500 })),
  })
  .map((choice): Scenario =>
    scenarioOf({
      guest: { memory: '32 MiB', similarPages: choice.similarPages, randomPages: choice.randomPages, zeroPages: choice.zeroShare },
      workload: choice.workload,
      link: { bandwidth: choice.bandwidth, batchTime: choice.batchTime, perPage: '8 B', timeout: '100 ms' },
      strategy: { kind: choice.kind, scan: choice.scan, profile: choice.profile, holdBack: choice.holdBack, skipDirty: choice.skipDirty, prefetch: faulting.includes(choice.kind) ? choice.prefetch : 'none', recover: true, stop: { iterations: choice.iterations } },
      optimisations: choice.optimisations,
      faults: choice.lostAtMs === null ? [] : [{ at: `${choice.lostAtMs} ms`, lasts: '1 s' }],
    }),
  )

/** Checks so many random scenarios. */
function every(numRuns: number, check: (stats: MigrationStats, scenario: Scenario, seed: number) => void): void {
  fc.assert(fc.property(scenarios, fc.nat(), (scenario, seed) => check(simulate(scenario, seed), scenario, seed)), { numRuns })
}

describe('every data path', () => {
  it('accounts for each byte by what it is', () => {
    every(200, ({ bytesByKind, transferredBytes }) => {
      for (const bytes of Object.values(bytesByKind)) expect(bytes).toBeGreaterThanOrEqual(0)
      expect(Object.values(bytesByKind).reduce((sum, bytes) => sum + bytes, 0)).toBe(transferredBytes)
    })
  })

  it('brings every page, and blames the link alone if it does not', () => {
    every(200, (stats, { faults }) => {
      if (faults.length === 0) expect(stats.outcome).toBe('completed')
    })
  })

  it('never makes a page larger than plain by more than a header', () => {
    every(100, (stats, { guest, link }) => {
      const { plain, zero, delta, compressed } = stats.bytesByKind
      expect(plain + zero + delta + compressed).toBeLessThanOrEqual(stats.pagesSent * (guest.pageSize + 3))
      for (const row of stats.iterations) expect(row.bytes).toBeLessThanOrEqual(row.pages * (guest.pageSize + link.perPage + 3))
      expect(stats.deltaSavedBytes).toBeGreaterThanOrEqual(-3 * stats.deltaHits)
      expect(stats.deltaOverflows).toBeLessThanOrEqual(stats.deltaHits)
    })
  })

  it('is not faster than its threads and connections are', () => {
    every(100, (stats, { optimisations: { channels, compressionThreads, delta } }) => {
      expect(stats.sourceCpuMs).toBeGreaterThanOrEqual(0)
      expect(stats.sourceCpuMs).toBeLessThanOrEqual(stats.totalMs * (1 + channels + compressionThreads) + 1e-6)
      expect(stats.destinationCpuMs).toBeLessThanOrEqual(stats.totalMs * (compressionThreads + (delta ? 1 : 0)) + 1e-6)
    })
  })

  it('gives the same result for the same scenario and seed', () => {
    every(40, (stats, scenario, seed) => {
      expect(simulate(scenario, seed)).toEqual(stats)
    })
  })
})
