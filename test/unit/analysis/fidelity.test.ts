import { describe, expect, it } from 'vitest'
import { fidelityMetrics, fidelityOf, suiteFidelity } from '#shared/analysis/fidelity.ts'
import { metricOf } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { recordsOfBoth } from '../../helpers/measured-runs.ts'
import { smallSuite } from '../../helpers/suites.ts'
import { runOf } from '../figures/runs.ts'

const like = runOf({})
const downtime = [metricOf('downtimeMs')].flatMap((metric) => metric ?? [])

function run(backend: string, point: number, repetition: number, changes: Partial<RunRecord> = {}): RunRecord {
  return { ...like, backend, point, repetition, seed: 70 + repetition, runId: `${backend}-${point}-${repetition}`, factors: { 'link.latency': `${point} ms` }, ...changes }
}

/** A simulated and a measured run with these downtimes. */
function pair(point: number, repetition: number, simulated: number, measured: number): readonly RunRecord[] {
  return [run('sim', point, repetition, { downtimeMs: simulated }), run('agents', point, repetition, { downtimeMs: measured })]
}

const of = (runs: readonly RunRecord[]) => fidelityOf(runs, { measured: 'agents', metrics: downtime })

describe('the errors of a point', () => {
  it('are signed, relative to what was measured, and have the interval of the pairs', () => {
    const { points } = of([...pair(0, 1, 90, 100), ...pair(0, 2, 176, 200)])
    const error = points[0]?.errors['downtimeMs']
    expect(error?.simulated.mean).toBe(133)
    expect(error?.measured.mean).toBe(150)
    expect(error?.difference.mean).toBe(-17)
    expect(error?.absoluteError).toBe(17)
    expect(error?.relative?.mean).toBeCloseTo(-17 / 150, 12)
    // Differences of -10 and -24: a standard deviation of 9.899, and t with one degree of freedom is 12.706.
    expect(error?.difference.halfWidth).toBeCloseTo((12.7062 * 9.89949) / Math.SQRT2, 2)
    expect(error?.relative?.low).toBeCloseTo((error?.difference.low ?? 0) / 150, 12)
  })

  it('are without interval for one pair', () => {
    const error = of(pair(0, 1, 90, 100)).points[0]?.errors['downtimeMs']
    expect([error?.difference.low, error?.relative?.low, error?.relative?.mean]).toEqual([null, null, -0.1])
  })

  it('are of pairs only: a run without its counterpart, with another seed, or that did not complete, counts on neither side', () => {
    const fidelity = of([
      ...pair(0, 1, 90, 100),
      run('sim', 0, 2, { downtimeMs: 1e6 }),
      run('sim', 0, 3, { downtimeMs: 1e6, seed: 5 }), run('agents', 0, 3, { downtimeMs: 1 }),
      run('sim', 0, 4, { downtimeMs: 1e6, outcome: 'failed' }), run('agents', 0, 4, { downtimeMs: 1, outcome: 'failed' }),
    ])
    expect(fidelity.points[0]?.errors['downtimeMs']).toMatchObject({ simulated: { n: 1, mean: 90 }, measured: { n: 1, mean: 100 } })
    expect([fidelity.pairs, fidelity.unpaired]).toEqual([1, 5])
    expect(fidelity.points[0]?.pairs).toEqual([{ repetition: 1, seed: 71, simulated: { runId: 'sim-0-1', values: { downtimeMs: 90 } }, measured: { runId: 'agents-0-1', values: { downtimeMs: 100 } } }])
  })

  it('are of the backend that is asked for, and of no third one', () => {
    const runs = [...pair(0, 1, 90, 100), run('qemu', 0, 1, { downtimeMs: 45 })]
    expect(of(runs).points[0]?.errors['downtimeMs']?.relative?.mean).toBe(-0.1)
    expect(fidelityOf(runs, { measured: 'qemu', metrics: downtime }).points[0]?.errors['downtimeMs']?.relative?.mean).toBe(1)
  })
})

describe('a metric over all points', () => {
  const fidelity = of([...pair(0, 1, 90, 100), ...pair(1, 1, 230, 200), ...pair(2, 1, 51, 50), ...pair(3, 1, 0, 0), ...pair(4, 1, 7, 0)])
  const [metric] = fidelity.metrics

  it('has the median and the mean of the absolute relative errors, the bias, and the worst point', () => {
    expect(metric?.points).toBe(3)
    expect(metric?.medianError).toBeCloseTo(0.1, 12)
    expect(metric?.meanError.ok === true && metric.meanError.mean).toBeCloseTo((0.1 + 0.15 + 0.02) / 3, 12)
    expect(metric?.bias.ok === true && metric.bias.mean).toBeCloseTo((-0.1 + 0.15 + 0.02) / 3, 12)
    expect(metric?.worst).toMatchObject({ point: 1, factors: { 'link.latency': '1 ms' } })
    expect(metric?.worst?.relative).toBeCloseTo(0.15, 12)
    // t with two degrees of freedom is 4.303; the standard deviation of 10, 15 and 2 % is 6.557 %.
    expect(metric?.meanError.ok === true && metric.meanError.halfWidth).toBeCloseTo((4.30265 * 0.0655744) / Math.sqrt(3), 5)
  })

  it('counts apart what no relative error can tell: nothing on both sides, and something where nothing was measured', () => {
    expect([metric?.bothZero, metric?.onlySimulated]).toEqual([1, 1])
    expect(fidelity.points[4]?.errors['downtimeMs']).toMatchObject({ relative: null, absoluteError: 7 })
  })

  it('has no number where there is no error', () => {
    expect(of(pair(0, 1, 0, 0)).metrics[0]).toMatchObject({ points: 0, medianError: null, meanError: { ok: false }, bias: { ok: false }, worst: null })
  })
})

describe('what cannot be compared', () => {
  it('is listed point by point with what is lacking', () => {
    const { missing, points } = of([run('agents', 2, 1), run('sim', 1, 1), run('sim', 3, 1), run('agents', 3, 2), ...pair(0, 1, 1, 1), run('sim', 4, 1, { outcome: 'failed' }), run('agents', 4, 1)])
    expect(points.map(({ point }) => point)).toEqual([0])
    expect(missing.map(({ point, lacks, reason }) => [point, lacks, reason])).toEqual([
      [1, 'measured', 'it was not measured with agents'],
      [2, 'simulated', 'it was not simulated'],
      [3, 'pair', 'no repetition was both simulated and measured'],
      [4, 'pair', 'no repetition completed on both sides'],
    ])
  })

  it('is a disagreement where equal inputs end differently, but not where a run says nothing about migration', () => {
    const reason = { code: 'link.down', message: 'the link went down' }
    const { disagreements } = of([
      run('sim', 0, 1), run('agents', 0, 1, { outcome: 'failed', reason }),
      run('sim', 0, 2, { outcome: 'lost' }), run('agents', 0, 2, { outcome: 'failed' }),
      run('sim', 0, 3, { outcome: 'failed' }), run('agents', 0, 3, { outcome: 'failed' }),
      run('sim', 0, 4), run('agents', 0, 4, { outcome: 'crashed' }),
      run('sim', 0, 5), run('agents', 0, 5, { outcome: 'invalid' }),
    ])
    expect(disagreements.map(({ repetition, simulated, measured }) => [repetition, simulated.outcome, measured.outcome])).toEqual([[1, 'completed', 'failed'], [2, 'lost', 'failed']])
    expect(disagreements[0]).toMatchObject({ point: 0, seed: 71, factors: { 'link.latency': '0 ms' }, measured: { runId: 'agents-0-1', reason: 'the link went down' }, simulated: { reason: '' } })
  })
})

describe('a suite', () => {
  it('is compared with each backend that measured it', () => {
    const runs = [...pair(0, 1, 90, 100), run('qemu', 0, 1, { downtimeMs: 95 })]
    expect(suiteFidelity(runs).comparisons.map(({ measured }) => measured)).toEqual(['agents', 'qemu'])
    expect(suiteFidelity(runs).backends).toEqual(['sim', 'agents', 'qemu'])
  })

  it('has nothing to compare with one backend, or without a simulation', () => {
    expect(suiteFidelity([run('sim', 0, 1)])).toEqual({ backends: ['sim'], comparisons: [] })
    expect(suiteFidelity([run('agents', 0, 1), run('qemu', 0, 1)]).comparisons).toEqual([])
    expect(suiteFidelity([])).toEqual({ backends: [], comparisons: [] })
  })

  it('on a link that is slower than it says shows a simulation that is too fast by a tenth', () => {
    const [fidelity] = suiteFidelity(recordsOfBoth(smallSuite({ points: 3, repeat: 3 }))).comparisons
    expect(fidelity?.metrics.map(({ metric }) => metric)).toEqual(fidelityMetrics.map(({ key }) => key))
    expect([fidelity?.pairs, fidelity?.missing, fidelity?.disagreements]).toEqual([9, [], []])
    const total = fidelity?.metrics.find(({ metric }) => metric === 'totalMs')
    expect(total?.bias.ok === true && total.bias.mean).toBeCloseTo(-0.1, 1)
    expect(total?.bias.ok === true && (total.bias.high ?? 0) < 0).toBe(true)
    expect(fidelity?.metrics.find(({ metric }) => metric === 'majorFaults')).toMatchObject({ points: 0, bothZero: 3 })
  })

  it('that was measured exactly as it was simulated has no error', () => {
    const [fidelity] = suiteFidelity(recordsOfBoth(smallSuite({ points: 2, repeat: 2 }), { change: (scenario) => scenario })).comparisons
    for (const { points, medianError, worst } of fidelity?.metrics ?? []) if (points > 0) expect([medianError, worst?.relative]).toEqual([0, 0])
    expect(fidelity?.metrics.filter(({ points }) => points > 0).length).toBeGreaterThan(3)
  })
})
