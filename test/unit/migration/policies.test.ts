import { describe, expect, it } from 'vitest'
import { firstRate, lastCopyRate, nextRate } from '#shared/migration/policies/rate-control.ts'
import { downtimeLimitNs, expectedDowntimeNs, type IterationSummary, type StopLimits, verdictAfter, verdictAt } from '#shared/migration/policies/stop-rules.ts'
import { nextThrottle, unthrottled } from '#shared/migration/policies/throttle.ts'
import { TokenBucket } from '#shared/migration/policies/token-bucket.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

type StopInput = NonNullable<NonNullable<ScenarioInput['strategy']>['stop']>

const guest = { pages: 100_000, gibibytes: 2 }
const limitsOf = (stop: StopInput): StopLimits => scenarioOf({ strategy: { stop } }).strategy.stop

function summary(over: Partial<IterationSummary>): IterationSummary {
  const dirtyPages = over.dirtyPages ?? 5000
  return {
    iteration: 3,
    sentPages: 10_000,
    skippedPages: 0,
    sentBytes: 40_960_000,
    durationNs: 1e9,
    dirtyPages,
    remainingBytes: dirtyPages * 4096,
    elapsedNs: 10e9,
    totalSentPages: 150_000,
    rateAtMax: false,
    wantedRateAboveMax: false,
    ...over,
  }
}

const decide = (stop: StopInput, ...history: Array<Partial<IterationSummary>>) => verdictAfter(history.map(summary), limitsOf(stop), guest)

describe('a stop rule speaks at its limit and is silent before it', () => {
  const cases: ReadonlyArray<readonly [string, StopInput, Array<Partial<IterationSummary>>, Array<Partial<IterationSummary>>]> = [
    ['nothingLeft', {}, [{ dirtyPages: 1 }], [{ dirtyPages: 0 }]],
    ['iterations', { iterations: 5 }, [{ iteration: 3 }], [{ iteration: 4 }]],
    ['smallIteration', { smallIteration: 50 }, [{ sentPages: 30, skippedPages: 20 }], [{ sentPages: 30, skippedPages: 19 }]],
    ['pagesLeft', { pagesLeft: 50 }, [{ dirtyPages: 50 }], [{ dirtyPages: 49 }]],
    ['bytesLeft', { bytesLeft: '256 KiB' }, [{ dirtyPages: 64 }], [{ dirtyPages: 63 }]],
    ['sentFactor', { sentFactor: 3 }, [{ totalSentPages: 300_000 }], [{ totalSentPages: 300_001 }]],
    ['downtime', { downtime: '300 ms' }, [{ dirtyPages: 3001 }], [{ dirtyPages: 3000 }]],
    ['growth', { growth: '10 %' }, [{ dirtyPages: 1000 }, { dirtyPages: 1100 }], [{ dirtyPages: 1000 }, { dirtyPages: 1101 }]],
    ['rateAboveMax', { rateAboveMax: true }, [{}], [{ wantedRateAboveMax: true }]],
    ['sentGrowthAtMaxRate', { sentGrowthAtMaxRate: true }, [{ sentPages: 10 }, { sentPages: 11 }], [{ sentPages: 10 }, { sentPages: 11, rateAtMax: true }]],
    ['stallWindow', { stallWindow: '4 s' }, [{ elapsedNs: 1e9 }, { elapsedNs: 4.9e9 }], [{ elapsedNs: 1e9 }, { elapsedNs: 5e9 }]],
  ]
  for (const [rule, stop, before, at] of cases) {
    it(rule, () => {
      expect(decide(stop, ...before)).toEqual({ kind: 'continue' })
      expect(decide(stop, ...at)).toEqual({ kind: 'stop-and-copy', rule })
    })
  }

  it('sentGrowthAtMaxRate wants growth, not only the maximum rate', () => {
    expect(decide({ sentGrowthAtMaxRate: true }, { sentPages: 11 }, { sentPages: 10, rateAtMax: true })).toEqual({ kind: 'continue' })
  })
})

describe('a stall', () => {
  it('is no stall while the remaining bytes fall by more than the margin', () => {
    const falling = [9000, 8000, 7000, 6000].map((dirtyPages, i) => ({ dirtyPages, elapsedNs: (i + 1) * 10e9 }))
    expect(decide({ stallWindow: '15 s' }, ...falling)).toEqual({ kind: 'continue' })
  })

  it('is acted upon at a local minimum only', () => {
    const flat = [5000, 5000, 5000].map((dirtyPages, i) => ({ dirtyPages, elapsedNs: (i + 1) * 10e9 }))
    expect(decide({ stallWindow: '15 s' }, ...flat.slice(0, 2), { dirtyPages: 5201, elapsedNs: 40e9 })).toEqual({ kind: 'continue' })
    expect(decide({ stallWindow: '15 s' }, ...flat.slice(0, 2), { dirtyPages: 5201, elapsedNs: 40e9 }, { dirtyPages: 5200, elapsedNs: 41e9 })).toEqual({ kind: 'stop-and-copy', rule: 'stallWindow' })
  })

  it('may abort or be ignored', () => {
    const flat = [5000, 5000].map((dirtyPages, i) => ({ dirtyPages, elapsedNs: (i + 1) * 10e9 }))
    expect(decide({ stallWindow: '5 s', stallAction: 'abort' }, ...flat)).toEqual({ kind: 'abort', rule: 'stallWindow' })
    expect(decide({ stallWindow: '5 s', stallAction: 'ignore' }, ...flat)).toEqual({ kind: 'continue' })
  })
})

describe('the clock', () => {
  it('ends pre-copy at the timeout, by the action asked for', () => {
    const at = (seconds: number, stop: StopInput) => verdictAt(seconds * 1e9, limitsOf(stop), guest)
    expect(at(29, { timeout: '30 s' })).toEqual({ kind: 'continue' })
    expect(at(30, { timeout: '30 s' })).toEqual({ kind: 'abort', rule: 'timeout' })
    expect(at(30, { timeout: '30 s', timeoutAction: 'pause' })).toEqual({ kind: 'stop-and-copy', rule: 'timeout' })
    expect(at(30, { timeout: '30 s', timeoutAction: 'ignore' })).toEqual({ kind: 'continue' })
  })

  it('counts a timeout per GiB for each GiB of the guest', () => {
    const at = (seconds: number) => verdictAt(seconds * 1e9, limitsOf({ timeoutPerGiB: '10 s' }), guest)
    expect(at(19.9)).toEqual({ kind: 'continue' })
    expect(at(20)).toEqual({ kind: 'abort', rule: 'timeoutPerGiB' })
  })
})

describe('giving up', () => {
  it('comes after its number of iterations, whatever the policy', () => {
    expect(decide({ giveUp: 10 }, { iteration: 8 })).toEqual({ kind: 'continue' })
    expect(decide({ giveUp: 10 }, { iteration: 9 })).toEqual({ kind: 'abort', rule: 'giveUp' })
  })
})

describe('the downtime limit', () => {
  it('rises in steps to its full value', () => {
    const limits = limitsOf({ downtime: '500 ms', rampSteps: 10, rampDelay: '75 s' })
    const limitMs = (seconds: number): number => (downtimeLimitNs(limits, seconds * 1e9, guest) ?? 0) / 1e6
    // Ten steps of 45 ms from 50 ms, 150 s apart for 2 GiB.
    expect([0, 149, 150, 1499, 1500, 9999].map(limitMs)).toEqual([50, 50, 95, 455, 500, 500])
  })

  it('starts where it is told to', () => {
    const limits = limitsOf({ downtime: '300 ms', rampSteps: 3, rampFrom: '150 ms', rampDelay: '1 s' })
    expect([0, 2, 4, 6].map((seconds) => (downtimeLimitNs(limits, seconds * 1e9, guest) ?? 0) / 1e6)).toEqual([150, 200, 250, 300])
  })

  it('is compared with what is left at the bandwidth of the last iteration', () => {
    expect(expectedDowntimeNs(summary({ sentBytes: 4096e3, durationNs: 2e9, dirtyPages: 500 }))).toBe(1e9)
    expect(expectedDowntimeNs(summary({ sentBytes: 0 }))).toBe(Infinity)
  })
})

describe('the rate', () => {
  const mbit = 1e6
  const options = (rateControl: 'fixed' | 'follow' | 'rise') => scenarioOf({ strategy: { rateControl, minRate: '100 Mbit/s', maxRate: '500 Mbit/s' } }).strategy

  it('follows the dirtying rate plus the increment between minimum and maximum, and makes the last copy at the maximum', () => {
    const follow = options('follow')
    expect(firstRate(follow)).toBe(100 * mbit)
    expect([10, 120, 700].map((dirty) => nextRate(follow, 300 * mbit, dirty * mbit))).toEqual([100 * mbit, 170 * mbit, 500 * mbit])
    expect(lastCopyRate(follow, 170 * mbit)).toBe(500 * mbit)
  })

  it('only ever rises as the code of 2005 has it, and makes the last copy at the rate reached', () => {
    const rise = options('rise')
    expect([90, 101, 700].map((dirty) => nextRate(rise, 100 * mbit, dirty * mbit))).toEqual([100 * mbit, 151 * mbit, 500 * mbit])
    expect(nextRate(rise, 300 * mbit, 200 * mbit)).toBe(300 * mbit)
    expect(lastCopyRate(rise, 300 * mbit)).toBe(300 * mbit)
  })

  it('stays at the maximum when fixed', () => {
    const fixed = options('fixed')
    expect([firstRate(fixed), nextRate(fixed, 1, 1), lastCopyRate(fixed, 1)]).toEqual([500 * mbit, 500 * mbit, 500 * mbit])
  })
})

describe('the token bucket', () => {
  it('lets a burst pass at once and stretches the rest at its rate', () => {
    const bucket = new TokenBucket(1000)
    bucket.setRate(8e6, 0)
    expect(bucket.take(1000, 0)).toBe(0)
    expect(bucket.take(1000, 0)).toBe(1e6)
  })

  it('earns no more than a burst while idle', () => {
    const bucket = new TokenBucket(1000)
    bucket.setRate(8e6, 0)
    bucket.take(1000, 0)
    expect(bucket.take(3000, 60e9)).toBe(2e6)
  })

  it('gives its rate over a long stream', () => {
    const bucket = new TokenBucket(102_400)
    bucket.setRate(100e6, 0)
    let now = 0
    for (let i = 0; i < 500; i++) now += bucket.take(4_194_304, now)
    expect((500 * 4_194_304 * 8e9) / now / 100e6).toBeCloseTo(1, 3)
  })

  it('limits nothing without a rate', () => {
    expect(new TokenBucket(1).take(1e12, 0)).toBe(0)
  })
})

describe('auto-converge', () => {
  const { optimisations } = scenarioOf({ optimisations: { autoConverge: true } })

  it('throttles at the second iteration that dirties more than half of what was sent, then harder each second time', () => {
    const shares: number[] = []
    let state = unthrottled
    for (let i = 0; i < 22; i++) {
      state = nextThrottle(optimisations, state, 51, 100)
      shares.push(Math.round(state.share * 100))
    }
    expect(shares.slice(0, 6)).toEqual([0, 20, 20, 30, 30, 40])
    expect(shares.at(-1)).toBe(99)
  })

  it('leaves a guest alone that dirties no more than half, or where it is off', () => {
    expect(nextThrottle(optimisations, unthrottled, 50, 100)).toBe(unthrottled)
    expect(nextThrottle(scenarioOf({}).optimisations, unthrottled, 90, 100)).toBe(unthrottled)
  })
})
