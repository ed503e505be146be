/** The controllers of products: their limits as read in their code, and each rule seen to fire. */

import { describe, expect, it } from 'vitest'
import { downtimeLimitNs, type IterationSummary, verdictAfter } from '#shared/migration/policies/stop-rules.ts'
import type { PolicyName } from '#shared/scenario/policies.ts'
import { scenarioPresets } from '#shared/scenario/presets/index.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const stopOf = (policy: PolicyName, stop: NonNullable<NonNullable<ScenarioInput['strategy']>['stop']> = {}) => scenarioOf({ strategy: { policy, stop } }).strategy.stop
const guest = { pages: 262_144, gibibytes: 3 }
const limitMs = (policy: PolicyName, seconds: number, gibibytes: number, fromSeconds = 0): number => (downtimeLimitNs(stopOf(policy), seconds * 1e9, { ...guest, gibibytes }, fromSeconds * 1e9) ?? NaN) / 1e6

const iteration = (over: Partial<IterationSummary>): IterationSummary => ({
  iteration: 5, sentPages: 1000, skippedPages: 0, sentBytes: 100e6, durationNs: 1e9, dirtyPages: 1000, remainingBytes: 50e6, elapsedNs: 1e9, totalSentPages: 5000, rateAtMax: false, wantedRateAboveMax: false, ...over,
})

describe('the ramp of the downtime limit', () => {
  it('of Nova rises from a tenth to the whole in ten steps, each as long as the guest is large', () => {
    expect([0, 224, 225, 450, 2249, 2250, 9999].map((seconds) => limitMs('nova', seconds, 3))).toEqual([50, 50, 95, 140, 455, 500, 500])
    expect([149, 150].map((seconds) => limitMs('nova', seconds, 1))).toEqual([50, 95])
  })

  it('of KubeVirt rises every ten seconds, but not before the fourth iteration', () => {
    expect([0, 9, 10, 20, 70, 80].map((seconds) => Math.round(limitMs('kubevirt', seconds, 3)))).toEqual([150, 150, 257, 364, 900, 900])
    expect([29, 30, 40].map((seconds) => Math.round(limitMs('kubevirt', seconds, 3, 30)))).toEqual([150, 257, 364])
  })
})

describe('a stall as KubeVirt sees it', () => {
  const left = (...rows: Array<readonly [seconds: number, megabytes: number]>) => rows.map(([seconds, megabytes]) => iteration({ elapsedNs: seconds * 1e9, remainingBytes: megabytes * 1e6 }))

  it('begins when what is left is not 4 % below the least of a window ago', () => {
    const limits = stopOf('kubevirt-stall-pause')
    expect(verdictAfter(left([0, 100], [40, 95.9]), limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter(left([0, 100], [40, 96]), limits, guest)).toEqual({ kind: 'stop-and-copy', rule: 'stallWindow' })
    expect(verdictAfter(left([0, 100], [39, 100]), limits, guest)).toEqual({ kind: 'continue' })
  })

  it('waits for a moment as good as the best, and with its patience asks for less', () => {
    const limits = stopOf('kubevirt-stall-postcopy')
    const waiting = [[0, 100], [40, 110], [60, 112]] as const
    expect(verdictAfter(left(...waiting), limits, guest)).toEqual({ kind: 'continue' })
    // 104 is within 4 % of the best; 112 is so only when 80 s have made the least since the stall, 112, the best.
    expect(verdictAfter(left(...waiting, [70, 104]), limits, guest)).toEqual({ kind: 'postcopy', rule: 'stallWindow' })
    expect(verdictAfter(left(...waiting, [79, 112]), limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter(left(...waiting, [80, 112]), limits, guest)).toEqual({ kind: 'postcopy', rule: 'stallWindow' })
  })

  it('raises the limit where what is left takes at most one and a half times as long, and else gives up', () => {
    const limits = stopOf('kubevirt-stall')
    // 100 MB a second: 90 MB are within 900 ms, 130 MB within one and a half times that, 140 MB beyond.
    expect(verdictAfter(left([0, 90], [40, 90]), limits, guest)).toEqual({ kind: 'stop-and-copy', rule: 'stallWindow' })
    expect(verdictAfter(left([0, 140], [40, 140]), limits, guest)).toEqual({ kind: 'abort', rule: 'stallWindow' })
    const raised = [[0, 130], [40, 130]] as const
    expect(verdictAfter(left(...raised), limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter(left(...raised, [41, 90]), limits, guest)).toEqual({ kind: 'stop-and-copy', rule: 'stallWindow' })
    expect(verdictAfter(left(...raised, [100, 130]), limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter(left(...raised, [101, 130]), limits, guest)).toEqual({ kind: 'abort', rule: 'stallWindow' })
  })
})

describe('the rules of p.haul', () => {
  const limits = stopOf('p.haul')
  it('speak of pages sent, and allow nine iterations', () => {
    expect(verdictAfter([iteration({ sentPages: 1000 }), iteration({ sentPages: 1100 })], limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter([iteration({ sentPages: 1000 }), iteration({ sentPages: 1101 })], limits, guest)).toMatchObject({ rule: 'sentGrowth' })
    expect(verdictAfter([iteration({ sentPages: 65 })], limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter([iteration({ sentPages: 64 })], limits, guest)).toMatchObject({ rule: 'smallIteration' })
    expect(verdictAfter([iteration({ iteration: 7 })], limits, guest)).toEqual({ kind: 'continue' })
    expect(verdictAfter([iteration({ iteration: 8 })], limits, guest)).toMatchObject({ rule: 'iterations' })
  })
})

describe('a guest that does not converge', () => {
  // Nova counts 2 GiB at least, KubeVirt one; cloud-hypervisor looks at the clock between iterations only.
  const cases = [
    ['nova-abort', 'failed', 'timeoutPerGiB', 1600],
    ['nova-pause', 'completed', 'timeoutPerGiB', 1600],
    ['nova-postcopy', 'completed', 'timeoutPerGiB', 1600],
    ['kubevirt-abort', 'failed', 'timeoutPerGiB', 150],
    ['kubevirt-pause', 'completed', 'timeoutPerGiB', 150],
    ['kubevirt-postcopy', 'completed', 'timeoutPerGiB', 150],
    ['kubevirt-stall', 'failed', 'stallWindow', 40],
    ['kubevirt-stall-pause', 'completed', 'stallWindow', 40],
    ['kubevirt-stall-postcopy', 'completed', 'stallWindow', 40],
    ['cloud-hypervisor', 'failed', 'timeout', 3600],
    ['cloud-hypervisor-ignore', 'completed', 'timeout', 3600],
    ['libvirt-suspend', 'completed', 'timeout', 60],
    ['libvirt-postcopy', 'completed', 'timeout', 60],
  ] as const
  it.each(cases)('is ended by %s: %s by %s', (name, outcome, rule, seconds) => {
    const stats = simulate(scenarioOf(scenarioPresets[name]?.input ?? {}), 42)
    expect(stats).toMatchObject({ outcome, stopRule: rule })
    const endOfPrecopyMs = stats.timeline.phases.filter(({ phase }) => phase === 'precopy').at(-1)?.endMs ?? 0
    expect(endOfPrecopyMs).toBeGreaterThanOrEqual(seconds * 1000)
    // The last batch, or the last iteration and for a stall the one before it, may take until after that.
    expect(endOfPrecopyMs).toBeLessThan(seconds * 1000 + 15_000)
    expect(stats.postcopyBytes > 0).toBe(name.endsWith('postcopy'))
  })
})
