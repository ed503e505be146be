/** What holds whatever fails, whenever, as often as it likes. */

import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const phases = ['any', 'reservation', 'precopy', 'stop-and-copy', 'save', 'move', 'restore', 'commitment', 'activation', 'postcopy'] as const
const duration = fc.integer({ min: 0, max: 1500 }).map((ms) => `${ms} ms`)
const loss = fc.record({ kind: fc.constant('link-loss' as const), at: duration, phase: fc.constantFrom(...phases), lasts: fc.oneof(fc.constant('off'), duration) })
const crash = fc.record({ kind: fc.constantFrom('source-crash' as const, 'destination-crash' as const), at: duration, phase: fc.constantFrom(...phases) })

const scenarios = fc
  .record({
    strategy: fc.record({
      kind: fc.constantFrom('precopy' as const, 'stop-and-copy' as const, 'self' as const, 'cold' as const, 'postcopy' as const, 'on-demand' as const, 'hybrid' as const, 'three-stage' as const),
      recover: fc.boolean(),
      checkpoint: fc.boolean(),
      checkpointInterval: fc.constantFrom('5 ms', '50 ms', '500 ms'),
      preempt: fc.boolean(),
      demandTime: fc.constant('500 ms'),
    }),
    writes: fc.integer({ min: 0, max: 20_000 }),
    timeout: fc.constantFrom('1 ms', '50 ms', '400 ms'),
    guests: fc.constantFrom(1, 1, 1, 3),
    order: fc.constantFrom('series' as const, 'parallel' as const),
    hosts: fc.constantFrom(1, 2),
    faults: fc.array(fc.oneof(loss, loss, crash), { maxLength: 4 }),
  })
  .map(({ strategy, writes, timeout, guests, order, hosts, faults }): Scenario =>
    scenarioOf({
      guest: { memory: '16 MiB' },
      workload: { kind: 'uniform', writes: `${writes} pages/s`, reads: `${writes} pages/s`, workingSet: '8 MiB' },
      link: { bandwidth: '200 Mbit/s', timeout },
      strategy: { ...strategy, stop: { iterations: 3 } },
      fleet: { guests, order, hosts: Math.min(hosts, guests) },
      faults,
    }),
  )

it('every failure leaves the guest in one place or none, and the accounts in order', () => {
  fc.assert(
    fc.property(scenarios, fc.nat(), (scenario, seed) => {
      const stats = simulate(scenario, seed)
      const guests = stats.guests.length === 0 ? [stats] : stats.guests
      const { strategy, faults } = scenario
      for (const { outcome } of guests) expect(['completed', 'failed', 'lost']).toContain(outcome)
      expect(stats.reason === null).toBe(stats.outcome === 'completed')
      expect(stats.faultsHit).toBeLessThanOrEqual(faults.length)
      if (stats.faultsHit === 0) expect(stats.outcome).toBe('completed')
      const isPostCopy = ['postcopy', 'on-demand', 'hybrid', 'three-stage'].includes(strategy.kind)
      if (!isPostCopy && faults.every(({ kind }) => kind === 'link-loss')) expect(stats.outcome).not.toBe('lost')
      if (stats.rolledBackMs > 0) expect(strategy.checkpoint && isPostCopy && faults.some(({ kind }) => kind === 'destination-crash')).toBe(true)
      if (stats.pausedMs > 0) expect(strategy.recover && isPostCopy).toBe(true)
      if (!strategy.checkpoint || !isPostCopy) expect(stats.checkpointBytes).toBe(0)
      expect(Object.values(stats.downtimeParts).reduce((sum, value) => sum + value, 0)).toBeCloseTo(stats.downtimeMs, 6)
      const { sourceMs, downtimeMs, destinationMs } = stats.guestLostParts
      expect(sourceMs + downtimeMs + destinationMs).toBeCloseTo(stats.guestLostMs, 6)
      if (guests.length === 1) {
        expect(stats.guestLostMs).toBeLessThanOrEqual(stats.totalMs + 1e-6)
        expect(stats.rollbackOutageMs + stats.pausedMs).toBeLessThanOrEqual(stats.totalMs + 1e-6)
      }
      expect(simulate(scenario, seed).fingerprint).toBe(stats.fingerprint)
    }),
    { numRuns: 200 },
  )
})
