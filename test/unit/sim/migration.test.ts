/** Pre-copy in the simulator: its stages, its three sets of pages, and what happens when something fails. */

import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { policyDefaults } from '#shared/scenario/policies.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const busy: ScenarioInput = {
  guest: { memory: '128 MiB', suspendTime: '5 ms', resumeTime: '10 ms' },
  workload: { kind: 'hot-cold', writes: '8000 pages/s', workingSet: '32 MiB' },
  strategy: { stop: { iterations: 3 } },
}

const run = (over: ScenarioInput, seed = 1): MigrationStats => simulate(scenarioOf({ ...busy, ...over }), seed)

function partsOf({ downtimeParts }: MigrationStats): number {
  return Object.values(downtimeParts).reduce((sum, part) => sum + part, 0)
}

describe('a migration that nothing disturbs', () => {
  it('goes through set-up, iterations, stop-and-copy and activation, and its rows add up to its totals', () => {
    const stats = run({})
    expect(stats.outcome).toBe('completed')
    expect(stats.stopRule).toBe('iterations')
    expect(stats.timeline.phases.map(({ phase, iteration }) => (phase === 'precopy' ? iteration : phase))).toEqual(['setup', 0, 1, 2, 'stop-and-copy', 'activation'])
    expect(stats.iterations.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3])
    const pages = stats.iterations.reduce((sum, row) => sum + row.pages, 0)
    const bytes = stats.iterations.reduce((sum, row) => sum + row.bytes, 0)
    expect(pages).toBe(stats.pagesSent)
    expect(bytes + 512 * 1024).toBe(stats.transferredBytes)
    expect(stats.precopyBytes + stats.downtimeBytes).toBe(stats.transferredBytes)
    expect(partsOf(stats)).toBeCloseTo(stats.downtimeMs, 9)
    expect(stats.downtimeParts.suspendMs).toBe(5)
  })

  it('has a timeline whose transfer adds up to the bytes sent and whose service level is zero in the downtime', () => {
    const { timeline, transferredBytes, totalMs, downtimeMs, guestLostMs } = run({})
    let bits = 0
    let lostMs = 0
    timeline.timeMs.forEach((start, index) => {
      const ms = (timeline.timeMs[index + 1] ?? totalMs) - start
      bits += ((timeline.transferBitsPerSecond[index] ?? 0) * ms) / 1000
      lostMs += (1 - (timeline.serviceLevel[index] ?? 0)) * ms
    })
    expect(bits / 8 / transferredBytes).toBeCloseTo(1, 6)
    expect(lostMs / guestLostMs).toBeCloseTo(1, 6)
    expect(guestLostMs).toBeGreaterThan(downtimeMs)
    expect(Math.min(...timeline.serviceLevel)).toBe(0)
  })

  it('skips pages that are dirty again, which then make up a larger last copy', () => {
    const plain = run({ strategy: { scan: 'permuted', stop: { iterations: 3 } } })
    const peeking = run({ strategy: { scan: 'permuted', skipDirty: true, stop: { iterations: 3 } } })
    expect(plain.skippedPages).toBe(0)
    expect(peeking.skippedPages).toBeGreaterThan(500)
    expect(peeking.pagesSent).toBeLessThan(plain.pagesSent)
    for (const row of peeking.iterations.filter(({ phase }) => phase === 'precopy')) expect(row.dirtyPages).toBeGreaterThanOrEqual(row.skippedPages)
  })

  it('sends pages that could not be mapped in the last copy, unless they were sent before', () => {
    const stats = simulate(scenarioOf({ guest: { memory: '128 MiB', unmapped: '2 %' } }), 1)
    const [first, last] = stats.iterations
    expect(first?.pages).toBeLessThan(32768 * 0.985)
    expect((first?.pages ?? 0) + (last?.pages ?? 0)).toBe(32768)
  })

  it('starts at the minimum rate and rises with the dirtying rate', () => {
    const stats = run({ workload: { kind: 'uniform', writes: '8000 pages/s', workingSet: '32 MiB' }, strategy: { policy: 'xen-2005' } })
    const rates = stats.iterations.map(({ rateBitsPerSecond }) => rateBitsPerSecond / 2 ** 20)
    expect(rates[0]).toBeCloseTo(100, 0)
    expect(rates.at(-1)).toBeGreaterThan(200)
    const precopy = stats.iterations.filter(({ phase }) => phase === 'precopy')
    for (const [i, row] of precopy.entries()) expect(row.rateBitsPerSecond).toBeGreaterThan((precopy[i - 1]?.rateBitsPerSecond ?? 0) * 0.95)
  })

  it('throttles a guest that dirties faster than the link carries until it converges', () => {
    const fast: ScenarioInput = { workload: { kind: 'uniform', writes: '60000 pages/s', workingSet: '96 MiB' }, tracking: { writeFault: '0 ns' } }
    const stop = { downtime: '30 ms', giveUp: 100 }
    expect(run({ ...fast, strategy: { stop } }).reason?.code).toBe('not-converged')
    const throttled = run({ ...fast, strategy: { stop }, optimisations: { autoConverge: true } })
    expect(throttled.outcome).toBe('completed')
    expect(throttled.cpuThrottlePercent).toBeGreaterThanOrEqual(20)
    expect(throttled.timeline.serviceLevel.some((level) => level > 0 && level < 0.85)).toBe(true)
  })

  it('stops the guest in the middle of an iteration when its time is up, and sends all that was left', () => {
    const stats = run({ strategy: { stop: { timeout: '500 ms', timeoutAction: 'pause' } } })
    expect(stats.outcome).toBe('completed')
    expect(stats.stopRule).toBe('timeout')
    expect(stats.iterationCount).toBe(1)
    expect(stats.iterations[0]?.pages).toBeLessThan(32768)
    expect(stats.iterations[0]?.ms).toBeLessThan(540)
    expect((stats.iterations[0]?.pages ?? 0) + (stats.iterations[1]?.pages ?? 0)).toBeGreaterThanOrEqual(32768)
  })

  it('goes to stop-and-copy at once when no iteration is allowed', () => {
    const stats = run({ strategy: { stop: { iterations: 0 } } })
    expect(stats.iterations.map(({ phase, pages }) => [phase, pages])).toEqual([['stop-and-copy', 32768]])
  })

  it('ends under every named policy, within its own limits', () => {
    for (const policy of Object.keys(policyDefaults) as Array<keyof typeof policyDefaults>) {
      const { strategy } = scenarioOf({ strategy: { policy } })
      const stats = run({ strategy: { policy } })
      expect(['completed', 'failed'], policy).toContain(stats.outcome)
      expect(stats.iterationCount, policy).toBeLessThanOrEqual(Math.min(strategy.stop.giveUp, strategy.stop.iterations ?? Infinity))
    }
  })
})

describe('a destination without room', () => {
  it('refuses the reservation, and the guest goes on at the source undisturbed', () => {
    const stats = run({ destination: { freeMemory: '64 MiB' } })
    expect(stats.outcome).toBe('failed')
    expect(stats.reason?.code).toBe('reservation-refused')
    expect(stats.reason?.message).toContain('64 MiB')
    expect([stats.transferredBytes, stats.downtimeMs, stats.guestLostMs]).toEqual([0, 0, 0])
  })
})

describe('a link that is lost', () => {
  for (const phase of ['reservation', 'precopy', 'stop-and-copy', 'commitment'] as const) {
    it(`in ${phase} leaves the guest running at the source`, () => {
      const stats = run({ faults: [{ kind: 'link-loss', phase }] })
      expect(stats.outcome).toBe('failed')
      expect(stats.reason?.code).toBe('connection-lost')
      const stopped = phase === 'stop-and-copy' || phase === 'commitment'
      // The source gives the connection up after ten seconds; a stopped guest waits for that and resumes in 10 ms.
      expect(stats.downtimeMs).toBeGreaterThanOrEqual(stopped ? 10_010 : 0)
      expect(stats.downtimeMs).toBeLessThan(stopped ? 10_150 : 1e-9)
      expect(partsOf(stats)).toBeCloseTo(stats.downtimeMs, 6)
      expect(stats.downtimeParts.resumeMs).toBe(stopped ? 10 : 0)
    })
  }

  it('in activation changes nothing any more', () => {
    const stats = run({ faults: [{ kind: 'link-loss', phase: 'activation' }] })
    expect(stats.outcome).toBe('completed')
    expect(stats.downtimeMs).toBeCloseTo(run({}).downtimeMs, 9)
  })

  it('and comes back before the timeout only delays the migration', () => {
    const undisturbed = run({})
    const stats = run({ faults: [{ kind: 'link-loss', at: '300 ms', lasts: '2 s' }] })
    expect(stats.outcome).toBe('completed')
    expect(stats.totalMs).toBeGreaterThan(undisturbed.totalMs + 2000)
  })

  it('and comes back after the timeout comes too late', () => {
    const stats = run({ faults: [{ kind: 'link-loss', at: '300 ms', lasts: '11 s' }] })
    expect(stats.outcome).toBe('failed')
    expect(stats.totalMs).toBeCloseTo(10_300, 3)
  })

  it('at any moment never leaves the guest stopped or the record incomplete', () => {
    const total = run({}).totalMs
    for (let step = 0; step < 40; step++) {
      const stats = run({ faults: [{ kind: 'link-loss', at: `${((total * step) / 39).toFixed(3)} ms` }] })
      expect(['completed', 'failed']).toContain(stats.outcome)
      expect(partsOf(stats)).toBeCloseTo(stats.downtimeMs, 6)
      expect(stats.guestLostMs).toBeGreaterThanOrEqual(stats.downtimeMs - 1e-6)
    }
  })
})

describe('the writable working set', () => {
  it('grows from each clear to the next and is measured apart from the migration', () => {
    const measured = run({ wws: { duration: '4 s' } })
    expect(measured.wws?.samples).toHaveLength(80)
    const dirty = measured.wws?.samples.map(({ dirtyPages }) => dirtyPages) ?? []
    expect(dirty.slice(0, 40)).toEqual([...dirty.slice(0, 40)].sort((a, b) => a - b))
    expect(dirty[40]).toBeLessThan(dirty[39] ?? 0)
    expect({ ...measured, wws: null }).toEqual(run({}))
  })
})

describe('whoever watches a simulation', () => {
  it('reads the record so far after any batch, and changes nothing', () => {
    const scenario = scenarioOf(busy)
    const undisturbed = simulate(scenario, 1)
    const seen: number[] = []
    const watched = simulate(scenario, 1, {
      onBatch: (progress) => {
        const { elapsedMs, iterations, timeline, transferredBytes } = progress()
        expect(timeline.phases.at(-1)?.endMs).toBeCloseTo(elapsedMs, 6)
        expect(transferredBytes).toBeLessThanOrEqual(undisturbed.transferredBytes)
        expect(iterations).toEqual(undisturbed.iterations.slice(0, iterations.length))
        seen.push(elapsedMs)
      },
    })
    expect(seen.length).toBeGreaterThan(32)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(watched).toEqual(undisturbed)
  })

  it('may end it', () => {
    expect(() => simulate(scenarioOf(busy), 1, { cancelled: () => true })).toThrow('cancelled')
  })
})
