/** What holds for every system that brings memory after the guest, whatever the workload, trap, push, prefetch, balloon and failures. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const failureKinds = ['link-loss', 'source-crash', 'destination-crash'] as const

const failure = fc.record({
  kind: fc.constantFrom(...failureKinds),
  phase: fc.constantFrom('any' as const, 'precopy' as const, 'stop-and-copy' as const, 'activation' as const, 'postcopy' as const, 'commitment' as const),
  at: fc.integer({ min: 0, max: 900 }).map((ms) => `${ms} ms`),
  lasts: fc.constantFrom('off', '50 ms', '3 s'),
})

const process = fc.record({
  kind: fc.constantFrom('idle' as const, 'sequential' as const, 'uniform' as const, 'hot-cold' as const, 'zipf' as const, 'phased' as const, 'burst' as const, 'diabolical' as const),
  writes: fc.integer({ min: 0, max: 40_000 }),
  reads: fc.integer({ min: 0, max: 60_000 }),
  workingSet: fc.integer({ min: 1, max: 10 }).map((mebibytes) => `${mebibytes} MiB`),
  allocation: fc.constantFrom('0 MiB', '2 MiB'),
  allocationPeriod: fc.constant('500 ms'),
})

const strategy = fc.record({
  kind: fc.constantFrom('postcopy' as const, 'postcopy' as const, 'on-demand' as const, 'hybrid' as const, 'three-stage' as const),
  scan: fc.constantFrom('linear' as const, 'permuted' as const),
  push: fc.constantFrom('linear' as const, 'forward' as const, 'dual' as const, 'multi-pivot' as const),
  pivots: fc.integer({ min: 1, max: 9 }),
  pushBatch: fc.constantFrom(1, 7, 64, 1024),
  pushInterval: fc.constantFrom('off', '1 ms'),
  preempt: fc.boolean(),
  prefetch: fc.constantFrom('none' as const, 'next-k' as const, 'neighbours' as const, 'stride' as const, 'ppm' as const),
  prefetchPages: fc.integer({ min: 1, max: 20 }),
  ppmOrder: fc.integer({ min: 0, max: 4 }),
  ppmChain: fc.boolean(),
  demandTime: fc.constantFrom('0 s', '300 ms'),
  recover: fc.boolean(),
  checkpoint: fc.boolean(),
  iterations: fc.integer({ min: 0, max: 4 }),
})

const systems = fc.record({
  memory: fc.integer({ min: 32, max: 48 }).map((mebibytes) => `${mebibytes} MiB`),
  vcpus: fc.integer({ min: 1, max: 4 }),
  threads: fc.integer({ min: 1, max: 12 }),
  zeroPages: fc.constantFrom('0 %', '30 %'),
  first: process,
  second: process,
  bandwidth: fc.constantFrom('100 Mbit/s', '1 Gbit/s', '25 Gbit/s'),
  trap: fc.constantFrom('shadow' as const, 'page-tracking' as const, 'pseudo-paging' as const, 'userfaultfd' as const, 'user-pager' as const),
  asyncFaults: fc.boolean(),
  balloon: fc.constantFrom('none' as const, 'self-ballooning' as const),
  strategy,
})

type Drawn<From> = From extends fc.Arbitrary<infer Value> ? Value : never

function scenarioFrom({ first, second, strategy: { iterations, ...written }, ...choice }: Drawn<typeof systems>, faults: ReadonlyArray<Drawn<typeof failure>>): Scenario {
  return scenarioOf({
    guest: { memory: choice.memory, vcpus: choice.vcpus, threads: choice.threads, zeroPages: choice.zeroPages, freeMemory: '8 MiB', nonPageable: '2 MiB' },
    workload: { ...first, processes: [second] },
    link: { bandwidth: choice.bandwidth, latency: '200 us', timeout: '500 ms' },
    tracking: { trap: choice.trap, asyncFaults: choice.asyncFaults },
    balloon: { kind: choice.balloon, interval: '200 ms', reserve: '1 MiB' },
    strategy: { ...written, stop: { iterations } },
    optimisations: { zeroPages: 'marker' },
    faults: faults.map((fault) => (fault.kind === 'link-loss' ? fault : { ...fault, lasts: 'off' })),
  })
}

type Check = (stats: MigrationStats, scenario: Scenario, seed: number) => void

/** Checks so many random scenarios; with failures where `failing` says so. */
function every(numRuns: number, { failing }: { readonly failing: boolean }, check: Check): void {
  const faults = failing ? fc.array(failure, { minLength: 1, maxLength: 2 }) : fc.constant([])
  fc.assert(
    fc.property(systems, faults, fc.nat(), (system, broken, seed) => {
      const scenario = scenarioFrom(system, broken)
      check(simulate(scenario, seed), scenario, seed)
    }),
    { numRuns },
  )
}

const pagesOf = ({ guest }: Scenario): number => guest.memory / guest.pageSize
const pagesIn = ({ iterations }: MigrationStats, phases: readonly string[]): number => iterations.reduce((sum, row) => sum + (phases.includes(row.phase) ? row.pages : 0), 0)

describe('a system that brings memory after the guest, undisturbed', () => {
  it('completes with every page there, and sends what the destination misses once and no more', () => {
    // The world throws `simulation.incomplete` at a commitment with a page missing, so as many pages as are missing is each once.
    every(150, { failing: false }, (stats, scenario) => {
      expect(stats.outcome).toBe('completed')
      const pages = pagesOf(scenario)
      const afterStop = pagesIn(stats, ['stop-and-copy', 'postcopy'])
      expect(afterStop).toBeLessThanOrEqual(pages)
      expect(stats.pagesSent).toBe(afterStop + pagesIn(stats, ['precopy']))
      if (scenario.strategy.kind === 'postcopy' || scenario.strategy.kind === 'on-demand') {
        expect(stats.pagesSent).toBeLessThanOrEqual(pages)
        if (scenario.balloon.kind === 'none') expect(stats.pagesSent).toBe(pages)
      }
      if (scenario.strategy.kind === 'three-stage') expect(pagesIn(stats, ['precopy'])).toBeLessThanOrEqual(pages)
      if (scenario.strategy.kind === 'hybrid') expect(stats.iterationCount).toBeLessThanOrEqual(scenario.strategy.stop.iterations ?? Infinity)
    })
  })

  it('keeps its accounts of bytes, downtime, faults and predictions', () => {
    every(100, { failing: false }, (stats) => {
      expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
      const { plain, zero, delta, compressed, other } = stats.bytesByKind
      expect(plain + zero + delta + compressed + other).toBe(stats.transferredBytes)
      expect(Object.values(stats.downtimeParts).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(stats.downtimeMs, 6)
      expect(stats.timeline.faults?.histogram.faults.reduce((sum, count) => sum + count, 0) ?? 0).toBe(stats.majorFaults)
      expect(stats.usedPredictions).toBeLessThanOrEqual(stats.predictedPages)
      expect(stats.faultP50Ms).toBeLessThanOrEqual(stats.faultMaxMs)
      expect(stats.guestLostMs).toBeLessThanOrEqual(stats.totalMs + 1e-6)
      expect(stats.guestLostMs).toBeGreaterThanOrEqual(stats.downtimeMs - 1e-6)
    })
  })

  it('gives the same result again, watched or not', () => {
    every(60, { failing: false }, (stats, scenario, seed) => {
      const progress: number[] = []
      expect(simulate(scenario, seed, { onBatch: (read) => void progress.push(read().elapsedMs) })).toEqual(stats)
      expect(progress.length).toBeGreaterThan(0)
    })
  })
})

describe('a system that brings memory after the guest, disturbed', () => {
  it('ends as completed, failed or lost, with a reason unless completed, and never with a page missing', () => {
    every(200, { failing: true }, (stats, scenario) => {
      expect(['completed', 'failed', 'lost']).toContain(stats.outcome)
      expect(stats.reason === null).toBe(stats.outcome === 'completed')
      expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
      expect(stats.faultsHit).toBeLessThanOrEqual(scenario.faults.length)
      if (!scenario.strategy.recover) expect(pagesIn(stats, ['stop-and-copy', 'postcopy'])).toBeLessThanOrEqual(pagesOf(scenario))
    })
  })

  it('gives the same result again, watched or not', () => {
    every(60, { failing: true }, (stats, scenario, seed) => expect(simulate(scenario, seed, { onBatch: (read) => void read() })).toEqual(stats))
  })
})
