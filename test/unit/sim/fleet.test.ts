/** Several guests: the whole is the sum of its guests, and they share the link as the fluid says. */

import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const mebibyte = 2 ** 20

function ideal(fleet: ScenarioInput['fleet'], over: ScenarioInput = {}) {
  return scenarioOf({
    guest: { memory: '128 MiB', deviceState: '0 B', nonPageable: '0 B' },
    workload: { kind: 'idle' },
    link: { bandwidth: '1 Gbit/s', latency: '0 us' },
    tracking: { writeFault: '0 ns', cleanPerPage: '0 ns' },
    fleet: { ...fleet },
    ...over,
  })
}

const busy: ScenarioInput = { workload: { kind: 'uniform', writes: '4000 pages/s', workingSet: '64 MiB' }, strategy: { kind: 'precopy', policy: 'xen-current' } }
const singleMs = (128 * mebibyte * 8) / 1e6
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function within(actual: number, expected: number, share = 0.001): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(Math.abs(expected) * share)
}

function endOf({ startMs, totalMs }: MigrationStats['guests'][number]): number {
  return startMs + totalMs
}

describe('idle guests', () => {
  it('take in series the sum of what each takes alone', () => {
    const stats = simulate(ideal({ guests: 4 }), 1)
    within(stats.totalMs, 4 * singleMs)
    let beforeMs = 0
    for (const guest of stats.guests) {
      within(guest.totalMs, singleMs)
      expect(guest.startMs).toBeCloseTo(beforeMs, 6)
      beforeMs = endOf(guest)
    }
  })

  it('take in parallel as long as in series, each of them all of the time', () => {
    const stats = simulate(ideal({ guests: 4, order: 'parallel' }), 1)
    within(stats.totalMs, 4 * singleMs)
    for (const guest of stats.guests) {
      expect(guest.startMs).toBe(0)
      within(guest.totalMs, 4 * singleMs)
    }
  })

  it('keep to the limit of each host', () => {
    const stats = simulate(ideal({ guests: 6, order: 'parallel', hosts: 2, perHost: 1 }), 1)
    expect(stats.guests.map(({ host }) => host)).toEqual([0, 1, 0, 1, 0, 1])
    for (const guest of stats.guests) {
      const together = stats.guests.filter((other) => other.host === guest.host && other.startMs < endOf(guest) - 1e-6 && endOf(other) > guest.startMs + 1e-6)
      expect(together).toEqual([guest])
      within(guest.totalMs, 2 * singleMs)
    }
  })
})

describe('several guests', () => {
  it('are in series what one at a time from a single host is', () => {
    const series = simulate(ideal({ guests: 3 }, busy), 5)
    const limited = simulate(ideal({ guests: 3, order: 'parallel', perHost: 1 }, busy), 5)
    expect(limited.fingerprint).toBe(series.fingerprint)
    expect(limited.guests).toEqual(series.guests)
  })

  it('have a whole that is the sum of its guests', () => {
    const stats = simulate(ideal({ guests: 4, order: 'parallel' }, busy), 2)
    expect(stats.outcome).toBe('completed')
    expect(stats.transferredBytes).toBe(sum(stats.guests.map(({ transferredBytes }) => transferredBytes)))
    expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
    expect(stats.normalPages + stats.zeroPages).toBe(stats.pagesSent)
    expect(stats.totalBytes).toBe(4 * 128 * mebibyte)
    expect(stats.downtimeMs).toBe(Math.max(...stats.guests.map(({ downtimeMs }) => downtimeMs)))
    expect(sum(Object.values(stats.downtimeParts))).toBeCloseTo(stats.downtimeMs, 6)
    expect(stats.totalMs).toBeCloseTo(Math.max(...stats.guests.map(endOf)), 6)
    expect(sum(Object.values(stats.guestLostParts))).toBeCloseTo(stats.guestLostMs, 6)
  })

  it('write each at their own random: the first as a single guest does, the others otherwise', () => {
    const alone = simulate(ideal({}, busy), 9)
    const stats = simulate(ideal({ guests: 2 }, busy), 9)
    const [first, second] = stats.guests
    expect(alone.guests).toEqual([])
    expect([first?.totalMs, first?.downtimeMs, first?.transferredBytes]).toEqual([alone.totalMs, alone.downtimeMs, alone.transferredBytes])
    expect(stats.iterations).toEqual(alone.iterations)
    expect(second?.transferredBytes).not.toBe(first?.transferredBytes)
  })

  it('send more in parallel than in series, because each of them dirties for longer', () => {
    const series = simulate(ideal({ guests: 4 }, busy), 3)
    const parallel = simulate(ideal({ guests: 4, order: 'parallel' }, busy), 3)
    expect(parallel.transferredBytes).toBeGreaterThan(series.transferredBytes)
    expect(parallel.downtimeMs).toBeGreaterThan(series.downtimeMs)
  })

  it('go by post-copy as well, each with faults of its own', () => {
    const over: ScenarioInput = { workload: { kind: 'uniform', writes: '1000 pages/s', reads: '2000 pages/s', workingSet: '64 MiB' }, strategy: { kind: 'postcopy' } }
    const alone = simulate(ideal({}, over), 4)
    const stats = simulate(ideal({ guests: 3, order: 'parallel' }, over), 4)
    expect(stats.outcome).toBe('completed')
    expect(stats.pagesSent).toBe(3 * 32768)
    expect(stats.majorFaults).toBeGreaterThan(alone.majorFaults)
  })

  it('share the link with the traffic of them all', () => {
    const over: ScenarioInput = { guest: { memory: '128 MiB', deviceState: '0 B', nonPageable: '0 B', traffic: '200 Mbit/s' } }
    // Two guests send 200 Mbit/s each; the one that moves has the other 600.
    const stats = simulate(ideal({ guests: 2 }, over), 1)
    for (const guest of stats.guests) within(guest.totalMs, singleMs / 0.6)
    expect(stats.guestTrafficBitsPerSecond).toBeCloseTo(200e6, -3)
  })

  it('give an equal result for an equal seed', () => {
    const scenario = ideal({ guests: 3, order: 'parallel' }, busy)
    expect(simulate(scenario, 7)).toEqual(simulate(scenario, 7))
  })
})

describe('the failure of one guest', () => {
  it('does not end the others: who finds no room goes on at the source', () => {
    const stats = simulate(ideal({ guests: 4, order: 'parallel' }, { ...busy, destination: { freeMemory: '300 MiB' } }), 1)
    expect(stats.guests.map(({ outcome, reason }) => [outcome, reason])).toEqual([['completed', null], ['completed', null], ['failed', 'reservation-refused'], ['failed', 'reservation-refused']])
    expect(stats.outcome).toBe('failed')
    expect(stats.reason?.message).toMatch(/^2 of 4 guests did not arrive; guest 2: the destination has 44 MiB free/)
  })

  it('gives its room on the destination to the next', () => {
    const over: ScenarioInput = { ...busy, destination: { freeMemory: '130 MiB' }, link: { bandwidth: '1 Gbit/s', latency: '0 us', timeout: '100 ms' }, faults: [{ at: '500 ms', lasts: '200 ms' }] }
    const stats = simulate(ideal({ guests: 2 }, over), 1)
    expect(stats.guests.map(({ outcome }) => outcome)).toEqual(['failed', 'completed'])
  })

  it('in series leaves the others to the link that came back', () => {
    const over: ScenarioInput = { ...busy, link: { bandwidth: '1 Gbit/s', latency: '0 us', timeout: '100 ms' }, faults: [{ at: '1500 ms', lasts: '150 ms' }] }
    const stats = simulate(ideal({ guests: 3 }, over), 1)
    expect(stats.guests.map(({ outcome, reason }) => [outcome, reason])).toEqual([['completed', null], ['failed', 'connection-lost'], ['completed', null]])
  })

  it('ends every guest in turn when the link never comes back', () => {
    const over: ScenarioInput = { ...busy, link: { bandwidth: '1 Gbit/s', latency: '0 us', timeout: '100 ms' }, faults: [{ at: '500 ms' }] }
    const stats = simulate(ideal({ guests: 3 }, over), 1)
    expect(stats.guests.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed'])
    within(stats.totalMs, 500 + 3 * 100)
  })
})

describe('a simulation of several guests', () => {
  it('can be watched and cancelled', () => {
    const seen: number[] = []
    simulate(ideal({ guests: 3 }), 1, { onBatch: (progress) => seen.push(progress().transferredBytes) })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(3 * 128 * mebibyte)
    expect(() => simulate(ideal({ guests: 3 }), 1, { cancelled: () => true })).toThrow('cancelled')
  })

  it('films the first guest', () => {
    let films = 0
    simulate(ideal({ guests: 3, order: 'parallel' }), 1, { onMemoryMap: () => films++ })
    expect(films).toBe(1)
  })

  it.each<[string, ScenarioInput['fleet'], string]>([
    ['more hosts than guests', { guests: 2, hosts: 3 }, 'there are 3 hosts and only 2 guests'],
    ['a limit in series', { guests: 4, perHost: 2 }, 'use order parallel'],
    ['no guest at all', { guests: 0 }, 'below the smallest'],
  ])('is refused with %s', (_name, fleet, message) => {
    expect(() => ideal(fleet)).toThrow(message)
  })
})
