/** Each model against numbers worked out by hand. */

import { describe, expect, it } from 'vitest'
import { measuredDirtyingRate } from '#shared/models/akoush.ts'
import { type ModelName, models } from '#shared/models/index.ts'
import type { ModelAnswer } from '#shared/models/model.ts'
import type { Scenario, ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import type { TraceLibrary } from '#shared/trace/library.ts'
import { decodePageTrace, encodePageTrace } from '#shared/trace/page-trace.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const seed = 5
const pageBytes = 4096
const memoryPages = 65_536
/** 10^9 bit/s over pages of 4096 B. */
const linkPagesPerSecond = 30_517.578_125

/** 256 MiB over 1 Gbit/s, where nothing but pages takes time. */
function ideal(over: ScenarioInput): Scenario {
  return scenarioOf({
    guest: { memory: '256 MiB', deviceState: '0 B', nonPageable: '0 B' },
    link: { bandwidth: '1 Gbit/s', latency: '0 us' },
    tracking: { writeFault: '0 ns', cleanPerPage: '0 ns' },
    ...over,
  })
}

function completion(name: ModelName, scenario: Scenario): Extract<ModelAnswer, { readonly kind: 'completes' }> {
  const answer = models[name].predict(scenario, seed)
  if (answer.kind === 'completes') return answer
  throw new Error(`${name}: ${answer.reason}`)
}

describe("the survey's bounds", () => {
  // 65,536 pages take 2147.483648 ms, 512 KiB of state 4.194304 ms; six one-way messages of 0.1 ms, three of them in the downtime.
  const scenario = scenarioOf({ guest: { memory: '256 MiB' }, workload: { kind: 'uniform', workingSet: '64 MiB' }, strategy: { stop: { iterations: 5 } } })

  it('take RAM / link and overhead for the lower one, and state for its downtime', () => {
    const { totalMs, downtimeMs, transferredBytes, iterationCount } = completion('survey-lower', scenario)
    expect(totalMs).toBeCloseTo(2147.483648 + 4.194304 + 0.6, 6)
    expect(downtimeMs).toBeCloseTo(4.194304 + 0.3, 6)
    expect(transferredBytes).toBe(memoryPages * pageBytes + 512 * 1024)
    expect(iterationCount).toBe(1)
  })

  it('take all memory in each iteration and in the downtime for the upper one', () => {
    const { totalMs, downtimeMs, transferredBytes, iterationCount } = completion('survey-upper', scenario)
    // Cleaning the 16,384 pages of the working set at 20 ns each takes 0.32768 ms, after five iterations and in the last copy.
    expect(downtimeMs).toBeCloseTo(2147.483648 + 4.194304 + 0.3 + 0.32768, 6)
    expect(totalMs).toBeCloseTo(6 * (2147.483648 + 0.32768) + 4.194304 + 0.6, 6)
    expect(transferredBytes).toBe(6 * memoryPages * pageBytes + 512 * 1024)
    expect(iterationCount).toBe(5)
  })

  it('take RAM / link and overhead for post-copy, and state for its downtime', () => {
    const moved = scenarioOf({ guest: { memory: '256 MiB' }, strategy: { kind: 'postcopy' } })
    expect(completion('survey-lower', moved).totalMs).toBeCloseTo(2147.483648 + 4.194304 + 0.6, 6)
    expect(completion('survey-upper', moved).downtimeMs).toBeCloseTo(4.194304 + 0.1, 6)
    expect(models.geometric.predict(moved, seed)).toEqual({ kind: 'not-applicable', reason: 'the model describes pre-copy, not postcopy' })
  })

  it('meet for stop-and-copy', () => {
    const stopped = scenarioOf({ guest: { memory: '256 MiB' }, strategy: { kind: 'stop-and-copy' } })
    expect(completion('survey-lower', stopped)).toEqual(completion('survey-upper', stopped))
    expect(completion('survey-lower', stopped).downtimeMs).toBeCloseTo(2147.483648 + 4.194304 + 0.3, 6)
  })
})

describe('the geometric model', () => {
  it('multiplies each iteration by lambda = D / R', () => {
    // lambda = 10,000 / 30,517.578125 = 0.32768: 65536, 21474.8, 7036.9, 2305.8 pages and 755.6 in the last copy.
    const lambda = 0.32768
    const { totalMs, downtimeMs, transferredBytes, iterationCount } = completion('geometric', ideal({ workload: { kind: 'uniform', writes: 10_000, workingSet: '64 MiB' }, strategy: { stop: { iterations: 4 } } }))
    const pages = (memoryPages * (1 - lambda ** 5)) / (1 - lambda)
    expect(pages).toBeCloseTo(97_109.13, 1)
    expect(transferredBytes).toBeCloseTo(pages * pageBytes, 3)
    expect(totalMs).toBeCloseTo((pages / linkPagesPerSecond) * 1e3, 6)
    expect(downtimeMs).toBeCloseTo(24.759, 3)
    expect(iterationCount).toBe(4)
  })

  it('sends the memory once an iteration where D = R, up to the policy’s limit', () => {
    const { transferredBytes } = completion('geometric', ideal({ workload: { kind: 'uniform', writes: linkPagesPerSecond, workingSet: '64 MiB' }, strategy: { stop: { iterations: 9 } } }))
    expect(transferredBytes).toBeCloseTo(10 * memoryPages * pageBytes, 0)
  })

  it('explodes where D = 2 R, which a page-level simulation does not', () => {
    const scenario = ideal({ workload: { kind: 'uniform', writes: 2 * linkPagesPerSecond, workingSet: '64 MiB' }, strategy: { stop: { iterations: 5 } } })
    const { transferredBytes } = completion('geometric', scenario)
    expect(transferredBytes / (memoryPages * pageBytes)).toBeCloseTo(63, 6)
    expect(simulate(scenario, seed).transferredBytes / (memoryPages * pageBytes)).toBeLessThan(1 + 5 * 0.25 + 0.01)
  })

  it('says that the migration fails where the policy gives up', () => {
    const scenario = ideal({ workload: { kind: 'uniform', writes: 40_000, workingSet: '64 MiB' }, strategy: { policy: 'qemu', stop: { giveUp: 20 } } })
    expect(models.geometric.predict(scenario, seed)).toEqual({ kind: 'fails', reason: 'pre-copy is given up by stop.giveUp after 20 iterations' })
  })

  it('says so where the series leaves the range of numbers', () => {
    const scenario = ideal({ workload: { kind: 'diabolical', writes: 1e12, workingSet: '64 MiB' }, strategy: { policy: 'qemu' } })
    expect(models.geometric.predict(scenario, seed)).toMatchObject({ kind: 'fails', reason: expect.stringContaining('more than a number can hold') as string })
  })
})

describe('AVG of Akoush', () => {
  it('measures the different pages of a reading, not the writes', () => {
    // A sweep at 10,000 pages/s over 16,384 pages is once around in 2 s: 16,384 / 2 s.
    expect(measuredDirtyingRate(ideal({ workload: { kind: 'sequential', writes: 10_000, workingSet: '64 MiB' } }), seed)).toBeCloseTo(8192, 6)
    // 16,384 (1 - e^(-20,000 / 16,384)) = 11,551.0 pages in 2 s.
    expect(measuredDirtyingRate(ideal({ workload: { kind: 'uniform', writes: 10_000, workingSet: '64 MiB' } }), seed)).toBeCloseTo((16_384 * (1 - Math.exp(-20_000 / 16_384))) / 2, 6)
  })

  it('measures as long as the scenario measures the writable working set', () => {
    const phased: ScenarioInput = { workload: { kind: 'burst', writes: 1000, workingSet: '64 MiB', period: '20 s', duty: '10 %' } }
    const short = measuredDirtyingRate(ideal({ ...phased, wws: { duration: '2 s' } }), seed)
    const long = measuredDirtyingRate(ideal({ ...phased, wws: { duration: '20 s' } }), seed)
    expect(short / long).toBeCloseTo(10, 6)
  })

  it('dirties at that rate, and no more than the memory', () => {
    // 8192 pages/s against 30,517.578125: lambda = 0.268435456.
    const lambda = 0.268435456
    const slow = completion('akoush-avg', ideal({ workload: { kind: 'sequential', writes: 10_000, workingSet: '64 MiB' }, strategy: { stop: { iterations: 2 } } }))
    expect(slow.transferredBytes).toBeCloseTo(memoryPages * pageBytes * (1 + lambda + lambda ** 2), 2)
    const fast = completion('akoush-avg', ideal({ workload: { kind: 'uniform', writes: 1e6, workingSet: '256 MiB' }, strategy: { stop: { iterations: 3 } } }))
    // 65,536 pages in 2 s are more than the link carries, so that each iteration finds all of them dirty but for what rounding leaves.
    expect(fast.transferredBytes / (memoryPages * pageBytes)).toBeCloseTo(4, 6)
  })
})

describe('HIST of Akoush', () => {
  it('follows a sweep around its working set', () => {
    // 2.147 s dirty all 16,384 pages; those take 0.536870912 s, in which 5368.7 are dirtied; the last copy has 1759.2.
    const { transferredBytes } = completion('akoush-hist', ideal({ workload: { kind: 'sequential', writes: 10_000, workingSet: '64 MiB' }, strategy: { stop: { iterations: 3 } } }))
    expect(Math.abs(transferredBytes / pageBytes - (memoryPages + 16_384 + 5368.709 + 1759.219))).toBeLessThan(3)
  })

  it('follows N (1 - e^(-w t / N)) for independent writes', () => {
    const { transferredBytes } = completion('akoush-hist', ideal({ workload: { kind: 'uniform', writes: 10_000, workingSet: '64 MiB' }, strategy: { stop: { iterations: 1 } } }))
    const left = 16_384 * (1 - Math.exp((-10_000 * 2.147483648) / 16_384))
    expect(transferredBytes / pageBytes).toBeCloseTo(memoryPages + left, 6)
  })
})

describe("SimGrid's rule", () => {
  it('caps what is dirtied by the working set and stops below bandwidth x 30 ms', () => {
    // 20,000 pages/s, lambda 0.65536: 16384 (cap), 10737.4, 7036.9, 4611.7, 3022.3, 1980.7, 1298.1; 850.7 are below 915.5.
    const { iterationCount, downtimeMs, transferredBytes } = completion('simgrid', ideal({ workload: { kind: 'uniform', writes: 20_000, workingSet: '64 MiB' } }))
    expect(iterationCount).toBe(8)
    expect(downtimeMs).toBeCloseTo(27.876, 3)
    expect(transferredBytes / pageBytes).toBeCloseTo(memoryPages + (16_384 * (1 - 0.65536 ** 8)) / (1 - 0.65536), 3)
  })

  it('takes the downtime limit of the scenario where there is one', () => {
    // 300 ms carry 9155.3 pages: 10,737.4 are sent, 7036.9 left.
    const { iterationCount, downtimeMs } = completion('simgrid', ideal({ workload: { kind: 'uniform', writes: 20_000, workingSet: '64 MiB' }, strategy: { policy: 'qemu' } }))
    expect(iterationCount).toBe(3)
    expect(downtimeMs).toBeCloseTo(230.584, 3)
  })

  it('takes 90 % of the memory where the working set is all of it, and says that its loop never ends', () => {
    expect(models.simgrid.predict(ideal({ workload: { kind: 'diabolical', writes: 1e6, workingSet: '256 MiB' } }), seed)).toEqual({
      kind: 'fails',
      reason: "SimGrid's loop never ends: 58982 pages are dirtied again in each round",
    })
  })
})

describe('a replayed trace', () => {
  /** A program that writes 16,384 pages one after the other, 10,000 a second, and begins again. */
  const events = { times: Float64Array.from({ length: 16_384 }, (_, index) => index * 1e5), pages: Uint32Array.from({ length: 16_384 }, (_, index) => index), writes: new Uint8Array(16_384).fill(1) }
  const trace = decodePageTrace(encodePageTrace({ pageBytes, pageCount: 16_384, durationNs: 16_384 * 1e5, quantumNs: 1000 }, events))
  const traces: TraceLibrary = { get: (reference) => (reference === 'sweep@0123456789ab' ? trace : undefined) }
  const replay = (reference: string): Scenario => ideal({ workload: { kind: 'trace', trace: reference, workingSet: '64 MiB' }, strategy: { stop: { iterations: 3 } } })

  it('is measured by the models of Akoush as the sweep that it records', () => {
    expect(measuredDirtyingRate(replay('sweep@0123456789ab'), seed, traces)).toBeCloseTo(8192, 6)
    const answer = models['akoush-hist'].predict(replay('sweep@0123456789ab'), seed, traces)
    if (answer.kind !== 'completes') throw new Error(answer.reason)
    expect(Math.abs(answer.transferredBytes / pageBytes - (memoryPages + 16_384 + 5368.709 + 1759.219))).toBeLessThan(4)
  })

  it('has no rate for the models that want one', () => {
    for (const name of ['geometric', 'simgrid'] as const) {
      expect(models[name].predict(replay('sweep@0123456789ab'), seed, traces)).toEqual({ kind: 'not-applicable', reason: 'the model takes one rate of writes, and a trace has none' })
    }
  })

  it('that is not here leaves the measuring models without an answer, and says why', () => {
    expect(models['akoush-hist'].predict(replay('elsewhere@0123456789ab'), seed, traces)).toMatchObject({ kind: 'not-applicable', reason: expect.stringContaining('the trace "elsewhere@0123456789ab" is not here') as string })
  })
})

describe('every model', () => {
  const names = Object.keys(models) as ModelName[]
  const aiming = names.filter((name) => models[name].bound === null)

  it.each(aiming)('%s meets the simulator for an idle guest', (name) => {
    const scenario = scenarioOf({ guest: { memory: '256 MiB', suspendTime: '7 ms', resumeTime: '11 ms' }, link: { background: '300 Mbit/s', perPage: '8 B', perBatch: '64 B', batchTime: '10 us' } })
    const { totalMs, downtimeMs, transferredBytes, iterationCount } = simulate(scenario, seed)
    const answer = completion(name, scenario)
    expect(answer.totalMs).toBeCloseTo(totalMs, 3)
    expect(answer.downtimeMs).toBeCloseTo(downtimeMs, 3)
    expect(answer.transferredBytes).toBe(transferredBytes)
    expect(answer.iterationCount).toBe(iterationCount)
  })

  it.each(aiming.filter((name) => name !== 'simgrid'))('%s breaks an iteration off at a timeout', (name) => {
    // After 1 s 30,517.6 pages are sent and 35,018.4 not; those and what was dirtied wait for the last copy.
    const answer = completion(name, ideal({ workload: { kind: 'sequential', writes: 4000, workingSet: '64 MiB' }, strategy: { stop: { timeout: '1 s', timeoutAction: 'pause' } } }))
    expect(answer.iterationCount).toBe(1)
    expect(Math.abs(answer.transferredBytes / pageBytes - (memoryPages + 4000))).toBeLessThan(2)
  })

  it.each(names)('%s does not apply where the migration fails by itself, and says why', (name) => {
    const refused = scenarioOf({ destination: { freeMemory: '1 MiB' } })
    const failing = scenarioOf({ faults: [{ at: '1 s' }] })
    const throttled = scenarioOf({ optimisations: { autoConverge: true } })
    expect([refused, failing, throttled].map((scenario) => models[name].predict(scenario, seed))).toEqual([
      { kind: 'not-applicable', reason: 'the destination refuses the guest' },
      { kind: 'not-applicable', reason: 'the scenario has failures, and the model knows none' },
      { kind: 'not-applicable', reason: 'the guest is slowed, and the model takes its dirtying rate as given' },
    ])
  })
})
