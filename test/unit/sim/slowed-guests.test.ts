/** Guests that are slowed so that they can be moved: dirty limit, micro-sleeps, auto-converge, stunned processes. */

import { describe, expect, it } from 'vitest'
import { nextDirtyLimit, nextThrottle, unlimitedDirtying, unthrottled } from '#shared/migration/policies/throttle.ts'
import { processesToStun } from '#shared/migration/policies/stun.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { scenarioPresets } from '#shared/scenario/presets/index.ts'
import { overlay, type Tree } from '#shared/scenario/resolve.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const mebibyte = 2 ** 20

describe('the dirty limit', () => {
  it('lets a rate within 25 MiB/s of the quota be', () => {
    expect(nextDirtyLimit(unlimitedDirtying, 10 * mebibyte, 35 * mebibyte)).toBe(unlimitedDirtying)
  })

  it('corrects in proportion while far from the quota, and in fixed steps near to it', () => {
    // 80 % too fast: four times the time that the memory takes to be dirtied.
    const far = nextDirtyLimit(unlimitedDirtying, 100 * mebibyte, 500 * mebibyte)
    expect(far.sleepNsPerByte).toBeCloseTo((4 * 1e9) / (500 * mebibyte), 6)
    const near = nextDirtyLimit(far, 100 * mebibyte, 150 * mebibyte)
    expect(near.sleepNsPerByte - far.sleepNsPerByte).toBeCloseTo((0.1 * 1e9) / (500 * mebibyte), 6)
    const below = nextDirtyLimit(near, 100 * mebibyte, 60 * mebibyte)
    expect(below.sleepNsPerByte).toBeCloseTo(far.sleepNsPerByte, 6)
    expect(nextDirtyLimit(below, 100 * mebibyte, 0).sleepNsPerByte).toBe(0)
  })
})

describe('micro-sleeps', () => {
  it('leave the guest the time in which it dirties the wanted share of what is sent', () => {
    const { optimisations } = scenarioOf({ optimisations: { throttle: 'micro-sleeps', microSleepTarget: '50 %' } })
    const first = nextThrottle(optimisations, unthrottled, 200, 100)
    expect(first.share).toBeCloseTo(0.75, 12)
    expect(nextThrottle(optimisations, first, 50, 100).share).toBeCloseTo(0.75, 12)
    expect(nextThrottle(optimisations, first, 10, 100).share).toBe(0)
  })
})

describe('the stun rule', () => {
  it('picks those awake above the limit', () => {
    const processes = [{ asleep: false, writeFaults: 41 }, { asleep: true, writeFaults: 99 }, { asleep: false, writeFaults: 40 }]
    expect(processesToStun(processes, 40)).toEqual([0])
  })

  it('puts the rogue process to sleep, at the cost of its share of the work, until the guest is resumed', () => {
    const input: ScenarioInput = {
      guest: { memory: '128 MiB' },
      workload: { kind: 'uniform', writes: '100 pages/s', workingSet: '8 MiB', processes: [{ kind: 'diabolical', writes: '500000 pages/s', workingSet: '64 MiB' }] },
      link: { bandwidth: '1 Gbit/s' },
      strategy: { policy: 'qemu', stop: { downtime: '30 ms' } },
    }
    expect(simulate(scenarioOf(input), 1).outcome).toBe('failed')
    const stats = simulate(scenarioOf({ ...input, optimisations: { stun: true } }), 1)
    expect([stats.outcome, stats.stunnedProcesses]).toEqual(['completed', 1])
    const asleepMs = stats.totalMs - stats.downtimeMs - 100
    expect(stats.guestLostParts.sourceMs).toBeGreaterThan(asleepMs * 0.5)
    expect(stats.guestLostParts.sourceMs).toBeLessThan(asleepMs * 0.5 + 100)
  })
})

describe('the comparison of dirty limit and auto-converge', () => {
  it('has the published order, and auto-converge does not converge with 110 MB', () => {
    const run = (throttle: 'dirty-limit' | 'auto-converge', megabytes: number): MigrationStats =>
      simulate(scenarioOf(overlay(scenarioPresets[`qemu-dirty-${megabytes}-mb`]?.input as Tree, { optimisations: { throttle } })), 1)
    const sizes = [60, 70, 90, 110]
    const limited = sizes.map((size) => run('dirty-limit', size))
    const converged = sizes.map((size) => run('auto-converge', size))
    expect(limited.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'completed', 'completed'])
    expect(converged.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'completed', 'failed'])
    for (let i = 1; i < sizes.length; i++) {
      expect(limited[i]?.totalMs).toBeGreaterThan(limited[i - 1]?.totalMs ?? Infinity)
      expect(converged[i]?.totalMs).toBeGreaterThan(converged[i - 1]?.totalMs ?? Infinity)
      expect(converged[i]?.totalMs).toBeGreaterThan(limited[i]?.totalMs ?? Infinity)
    }
  })
})
