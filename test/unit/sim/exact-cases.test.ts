/** Cases whose result can be written down, each met to 0.1 %. */

import { describe, expect, it } from 'vitest'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const mebibyte = 2 ** 20
const pageBytes = 4096

/** A guest of 256 MiB on a link of 1 Gbit/s on which nothing but bytes takes time. */
function idealScenario(over: ScenarioInput) {
  return scenarioOf({
    guest: { memory: '256 MiB', deviceState: '0 B', nonPageable: '0 B' },
    link: { bandwidth: '1 Gbit/s', latency: '0 us' },
    tracking: { writeFault: '0 ns', cleanPerPage: '0 ns' },
    ...over,
  })
}

const transferMs = (bytes: number): number => (bytes * 8) / 1e6

function within(actual: number, expected: number, share = 0.001): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(Math.abs(expected) * share)
}

describe('an idle guest', () => {
  it('is copied once, with an empty last copy', () => {
    const stats = simulate(idealScenario({}), 1)
    expect(stats.outcome).toBe('completed')
    expect(stats.iterations.map(({ phase, pages }) => [phase, pages])).toEqual([['precopy', 65536], ['stop-and-copy', 0]])
    within(stats.totalMs, transferMs(256 * mebibyte))
    expect(stats.downtimeMs).toBe(0)
    expect(stats.transferredBytes).toBe(256 * mebibyte)
  })

  it('takes memory and state over the link plus a round trip to reserve and three ways to commit, by default', () => {
    const stats = simulate(scenarioOf({ guest: { memory: '256 MiB' } }), 1)
    const stateMs = transferMs(512 * 1024)
    within(stats.totalMs, transferMs(256 * mebibyte) + stateMs + 6 * 0.1)
    within(stats.downtimeMs, stateMs + 3 * 0.1)
  })
})

describe('stop-and-copy', () => {
  it('is down for as long as the memory takes, plus suspension, state and resumption', () => {
    const stats = simulate(
      idealScenario({
        guest: { memory: '256 MiB', deviceState: '1 MiB', nonPageable: '0 B', suspendTime: '7 ms', resumeTime: '11 ms' },
        workload: { kind: 'uniform', writes: '100000 pages/s', workingSet: '128 MiB' },
        strategy: { kind: 'stop-and-copy' },
      }),
      1,
    )
    within(stats.downtimeMs, 7 + transferMs(257 * mebibyte) + 11)
    within(stats.totalMs, stats.downtimeMs)
    expect(stats.pagesSent).toBe(65536)
    expect(stats.guestLostMs).toBeCloseTo(stats.downtimeMs, 6)
  })
})

describe('a guest that sweeps at a constant rate', () => {
  const linkPagesPerSecond = 1e9 / 8 / pageBytes

  it('sends a geometric series of copies while it is slower than the link', () => {
    const writes = 10_000
    const stats = simulate(idealScenario({ workload: { kind: 'sequential', writes, workingSet: '64 MiB' }, strategy: { stop: { iterations: 4 } } }), 3)
    let pages = 65536
    let expected = pages
    for (let iteration = 0; iteration < 4; iteration++) {
      expected += pages = Math.min(16384, (pages / linkPagesPerSecond) * writes)
      const row = stats.iterations[iteration]
      expect(row?.dirtyPages).toBeGreaterThanOrEqual(Math.floor(pages) - 2)
      expect(row?.dirtyPages).toBeLessThanOrEqual(Math.ceil(pages) + 2)
    }
    within(stats.pagesSent, expected)
    within(stats.totalMs, transferMs(expected * pageBytes))
    within(stats.downtimeMs, transferMs(pages * pageBytes), 0.005)
  })

  it('has its whole working set dirty after each iteration once it is faster than the link', () => {
    const stats = simulate(idealScenario({ workload: { kind: 'sequential', writes: 2 * linkPagesPerSecond, workingSet: '64 MiB' }, strategy: { stop: { iterations: 6 } } }), 3)
    expect(stats.iterations.map(({ pages }) => pages)).toEqual([65536, 16384, 16384, 16384, 16384, 16384, 16384])
    within(stats.totalMs, transferMs((256 + 6 * 64) * mebibyte))
    within(stats.downtimeMs, transferMs(64 * mebibyte))
  })
})

describe('tracking', () => {
  it('slows the guest by its cost for each page written first, no more', () => {
    // Every page of the working set faults once an iteration; nothing else takes time from the guest.
    const stats = simulate(
      idealScenario({
        tracking: { writeFault: '10 us', cleanPerPage: '0 ns' },
        workload: { kind: 'uniform', writes: '1000000 pages/s', workingSet: '32 MiB' },
        strategy: { stop: { iterations: 3 } },
      }),
      1,
    )
    const faults = 3 * 8192
    within(stats.guestLostMs - stats.downtimeMs, faults * 0.01, 0.01)
  })

  it('costs a guest of four processors a quarter', () => {
    const lost = (vcpus: number): number => {
      const stats = simulate(
        idealScenario({
          guest: { memory: '256 MiB', deviceState: '0 B', nonPageable: '0 B', vcpus },
          tracking: { writeFault: '10 us' },
          workload: { kind: 'uniform', writes: '1000000 pages/s', workingSet: '32 MiB' },
          strategy: { stop: { iterations: 1 } },
        }),
        1,
      )
      return stats.guestLostMs - stats.downtimeMs
    }
    within(lost(4), lost(1) / 4, 0.01)
  })

  it('charges cleaning and scanning to the iteration in which the log is read', () => {
    const quick = simulate(idealScenario({ workload: { kind: 'sequential', writes: 50_000, workingSet: '64 MiB' }, strategy: { stop: { iterations: 1 } } }), 1)
    const slow = simulate(
      idealScenario({ tracking: { writeFault: '0 ns', cleanPerPage: '1 us', scanPerPage: '100 ns', readCost: '5 ms' }, workload: { kind: 'sequential', writes: 50_000, workingSet: '64 MiB' }, strategy: { stop: { iterations: 1 } } }),
      1,
    )
    // Two reads, each over all pages; 16384 pages are dirty at the first, some at the second.
    const second = (slow.iterations[1]?.pages ?? 0) - 16384
    expect(second).toBeLessThanOrEqual(0)
    const readMs = 5 + 65536 * 1e-4 + 16384 * 1e-3
    within((slow.iterations[0]?.ms ?? 0) - (quick.iterations[0]?.ms ?? 0), readMs, 0.001)
  })
})

describe('rates', () => {
  it('are kept by the limiter to within 0.1 %', () => {
    const stats = simulate(idealScenario({ strategy: { maxRate: '123 Mbit/s' } }), 1)
    within(stats.iterations[0]?.rateBitsPerSecond ?? 0, 123e6)
  })

  it('leave background traffic its share of the link', () => {
    const stats = simulate(idealScenario({ link: { bandwidth: '1 Gbit/s', latency: '0 us', background: '400 Mbit/s' } }), 1)
    within(stats.totalMs, transferMs(256 * mebibyte) / 0.6)
  })

  it("leave the guest's own traffic what it asks while it runs", () => {
    const stats = simulate(
      idealScenario({ guest: { memory: '256 MiB', deviceState: '0 B', nonPageable: '0 B', traffic: '300 Mbit/s' } }),
      1,
    )
    within(stats.totalMs, transferMs(256 * mebibyte) / 0.7)
    within(stats.guestTrafficBitsPerSecond, 300e6)
  })
})

describe('overheads', () => {
  it('count bytes for each page and batch, and time for each batch', () => {
    const stats = simulate(idealScenario({ link: { bandwidth: '1 Gbit/s', latency: '0 us', perPage: '8 B', perBatch: '100 B', batchTime: '1 ms' } }), 1)
    const bytes = 256 * mebibyte + 65536 * 8 + 64 * 100
    expect(stats.transferredBytes).toBe(bytes)
    within(stats.totalMs, transferMs(bytes) + 64)
  })

  it('shrink a page of zeros to a marker of nine bytes', () => {
    const stats = simulate(idealScenario({ guest: { memory: '256 MiB', deviceState: '0 B', nonPageable: '0 B', zeroPages: '50 %' }, optimisations: { zeroPages: 'marker' } }), 1)
    within(stats.zeroPages, 32768, 0.02)
    expect(stats.transferredBytes).toBe(stats.normalPages * pageBytes + stats.zeroPages * 9)
  })
})
