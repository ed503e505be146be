/** Cold and self migration: cases worked out by hand, each met to 0.1 %, and what happens when they fail. */

import { describe, expect, it } from 'vitest'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const mebibyte = 2 ** 20

/** A guest of 256 MiB on a link of 1 Gbit/s; a host writes 800 Mbit/s and reads 1600 Mbit/s. */
function ideal(over: ScenarioInput) {
  return scenarioOf({
    guest: { memory: '256 MiB', deviceState: '1 MiB', nonPageable: '1 MiB' },
    workload: { kind: 'uniform', writes: '20000 pages/s', workingSet: '64 MiB' },
    link: { bandwidth: '1 Gbit/s', latency: '0 us' },
    tracking: { writeFault: '0 ns', cleanPerPage: '0 ns', scanPerPage: '0 ns' },
    storage: { writeRate: '800 Mbit/s', readRate: '1600 Mbit/s', configuration: '1 MiB' },
    ...over,
  })
}

const ms = (bytes: number, megabits: number): number => (bytes * 8) / (megabits * 1e3)

function within(actual: number, expected: number, share = 0.001): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(Math.abs(expected) * share)
}

describe('cold migration', () => {
  const files = 258 * mebibyte

  it('writes three files, moves them no faster than storage writes, and reads them, all of it while the guest is down', () => {
    const stats = simulate(ideal({ strategy: { kind: 'cold' } }), 1)
    expect(stats.outcome).toBe('completed')
    within(stats.saveMs, ms(files, 800))
    within(stats.moveMs, ms(files, 800))
    within(stats.restoreMs, ms(files, 1600))
    within(stats.downtimeMs, stats.saveMs + stats.moveMs + stats.restoreMs)
    within(stats.totalMs, stats.downtimeMs)
    expect(stats.transferredBytes).toBe(files)
    expect(stats.downtimeBytes).toBe(files)
    expect(stats.pagesSent).toBe(65536)
    expect(stats.timeline.phases.map(({ phase }) => phase)).toEqual(['setup', 'save', 'move', 'restore', 'activation'])
  })

  it('moves the files as fast as the link where the link is the slower', () => {
    const stats = simulate(ideal({ strategy: { kind: 'cold' }, link: { bandwidth: '100 Mbit/s', latency: '0 us' } }), 1)
    within(stats.moveMs, ms(files, 100))
  })

  it('moves only the configuration over shared storage', () => {
    const stats = simulate(ideal({ strategy: { kind: 'cold' }, storage: { kind: 'shared', writeRate: '800 Mbit/s', readRate: '1600 Mbit/s', configuration: '1 MiB' } }), 1)
    expect(stats.outcome).toBe('completed')
    expect(stats.transferredBytes).toBe(mebibyte)
    expect(stats.pagesSent).toBe(0)
    within(stats.downtimeMs, ms(files, 800) + ms(mebibyte - 100 * 1024, 800) + ms(files, 1600), 0.002)
  })

  it('goes on at the source from its files when the link is lost while they are moved', () => {
    const stats = simulate(ideal({ strategy: { kind: 'cold' }, link: { bandwidth: '1 Gbit/s', latency: '0 us', timeout: '1 s' }, faults: [{ at: '3 s' }] }), 1)
    expect([stats.outcome, stats.reason?.code]).toEqual(['failed', 'connection-lost'])
    within(stats.totalMs, 4000 + ms(files, 1600))
    within(stats.downtimeMs, stats.totalMs)
  })

  it('stops nothing when the destination refuses the guest', () => {
    const stats = simulate(ideal({ strategy: { kind: 'cold' }, destination: { freeMemory: '100 MiB' } }), 1)
    expect([stats.outcome, stats.reason?.code, stats.downtimeMs]).toEqual(['failed', 'reservation-refused', 0])
  })
})

describe('self migration', () => {
  const self = { kind: 'self', selfProcessor: '25 %', selfMemory: '0 B', shadowCopyRate: '8 Gbit/s', stop: { iterations: 1 } } as const

  it('takes its share of the processor from the guest for as long as it copies', () => {
    const stats = simulate(ideal({ strategy: self, workload: { kind: 'idle' } }), 1)
    expect(stats.outcome).toBe('completed')
    const copyMs = ms(256 * mebibyte, 1000)
    within(stats.guestLostParts.sourceMs, copyMs / 4)
    within(stats.downtimeMs, ms(mebibyte, 1000))
  })

  it('copies the last pages to its buffer, then sends them', () => {
    const stats = simulate(ideal({ strategy: self }), 1)
    const last = stats.iterations.at(-1)
    expect(last?.pages).toBeGreaterThan(1000)
    const bytes = (last?.pages ?? 0) * 4096
    within(stats.downtimeParts.lastCopyMs, ms(bytes, 8000) + ms(bytes, 1000))
    within(stats.downtimeMs, stats.downtimeParts.lastCopyMs + ms(mebibyte, 1000))
  })

  it('dirties pages of its own, which an idle guest under managed migration does not', () => {
    const own = { ...self, selfMemory: '1 MiB', selfWrites: '100000 pages/s' } as const
    expect(simulate(ideal({ strategy: own, workload: { kind: 'idle' } }), 1).iterations.at(-1)?.pages).toBe(256)
    expect(simulate(ideal({ strategy: { kind: 'precopy', stop: { iterations: 1 } }, workload: { kind: 'idle' } }), 1).iterations.at(-1)?.pages).toBe(0)
  })

  it('dirties less than managed migration leaves to a guest that keeps its processor', () => {
    const managed = simulate(ideal({ strategy: { kind: 'precopy', stop: { iterations: 1 } } }), 1)
    const inside = simulate(ideal({ strategy: self }), 1)
    expect(inside.iterations[0]?.dirtyPages).toBeLessThan(managed.iterations[0]?.dirtyPages ?? 0)
  })

  it('tracks through its own page tables, whatever the mechanism of the hypervisor', () => {
    const strategy = { kind: 'self', policy: 'xen-current' } as const
    const lost = (['shadow', 'pml'] as const).map((mechanism) => simulate(scenarioOf({ guest: { memory: '256 MiB' }, workload: { kind: 'uniform', workingSet: '64 MiB' }, strategy, tracking: { mechanism } }), 1).guestLostMs)
    expect(lost[0]).toBe(lost[1])
  })

  it('leaves the guest its whole processor again when it fails', () => {
    const stats = simulate(ideal({ strategy: self, link: { bandwidth: '1 Gbit/s', latency: '0 us', timeout: '500 ms' }, faults: [{ at: '1 s' }] }), 1)
    expect(stats.outcome).toBe('failed')
    within(stats.guestLostMs, 1500 / 4)
  })
})
