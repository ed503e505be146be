/** What holds for every fleet, whatever strategy, order, disk and failure. */

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const fleets = fc
  .record({
    guests: fc.integer({ min: 2, max: 5 }),
    order: fc.constantFrom('series' as const, 'parallel' as const),
    kind: fc.constantFrom('precopy' as const, 'postcopy' as const, 'three-stage' as const, 'stop-and-copy' as const, 'self' as const, 'cold' as const),
    writes: fc.integer({ min: 0, max: 20_000 }),
    disk: fc.constantFrom('none' as const, 'local' as const),
    blocksPerSecond: fc.integer({ min: 0, max: 200 }),
    freeMemory: fc.constantFrom('off', '40 MiB', '100 MiB'),
    lossAt: fc.option(fc.integer({ min: 0, max: 2000 })),
  })
  .map(({ guests, order, kind, writes, disk, blocksPerSecond, freeMemory, lossAt }) =>
    scenarioOf({
      guest: { memory: '32 MiB', traffic: '50 Mbit/s' },
      workload: { kind: 'uniform', writes, reads: writes, workingSet: '8 MiB' },
      link: { bandwidth: '1 Gbit/s', timeout: '200 ms' },
      destination: { freeMemory },
      strategy: { kind, stop: { giveUp: 20 } },
      disk: { kind: disk, size: '64 MiB', blocksPerSecond, workingSet: '4 MiB' },
      fleet: { guests, order },
      faults: lossAt === null ? [] : [{ at: `${lossAt} ms`, lasts: '300 ms' }],
    }),
  )

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

it('every guest ends by itself, and the whole is their sum', () => {
  fc.assert(
    fc.property(fleets, fc.nat(), (scenario, seed) => {
      const stats = simulate(scenario, seed)
      const { guests } = stats
      expect(guests.map(({ guest }) => guest)).toEqual(Array.from({ length: scenario.fleet.guests }, (_, guest) => guest))
      expect(sum(guests.map(({ transferredBytes }) => transferredBytes))).toBe(stats.transferredBytes)
      expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
      expect(stats.diskBytes).toBeLessThanOrEqual(stats.transferredBytes)
      expect(Math.max(...guests.map(({ startMs, totalMs }) => startMs + totalMs))).toBeCloseTo(stats.totalMs, 6)
      expect(stats.outcome === 'completed').toBe(guests.every(({ outcome }) => outcome === 'completed'))
      for (const guest of guests) {
        expect(guest.reason === null).toBe(guest.outcome === 'completed')
        expect(guest.downtimeMs).toBeLessThanOrEqual(guest.totalMs + 1e-6)
      }
      if (scenario.fleet.order === 'series') {
        for (const [index, guest] of guests.entries()) expect(guest.startMs).toBeCloseTo(index === 0 ? 0 : sum(guests.slice(0, index).map(({ totalMs }) => totalMs)), 6)
      }
    }),
    { numRuns: 60 },
  )
})
