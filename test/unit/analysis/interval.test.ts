import { describe, expect, it } from 'vitest'
import { meanInterval } from '#shared/analysis/interval.ts'

/** Two-sided 95 % quantiles of Student's t, from the tables, by number of values. */
const published: ReadonlyArray<readonly [n: number, t: number]> = [
  [2, 12.706],
  [3, 4.303],
  [5, 2.776],
  [10, 2.262],
  [30, 2.045],
  [121, 1.98],
]

describe('the interval of a mean', () => {
  it.each(published)('is the published quantile times the standard error for n = %i', (n, t) => {
    const values = Array.from({ length: n }, (_, index) => 100 + index)
    const result = meanInterval(values)
    if (!result.ok || result.halfWidth === null) throw new Error('an interval is expected')
    expect((result.halfWidth * Math.sqrt(n)) / result.standardDeviation).toBeCloseTo(t, 3)
    expect(result.low).toBeCloseTo(result.mean - result.halfWidth, 12)
    expect(result.high).toBeCloseTo(result.mean + result.halfWidth, 12)
  })

  it('widens with the confidence', () => {
    const result = meanInterval([1, 2, 3, 4], 0.99)
    expect(result.ok && result.halfWidth).toBeCloseTo((5.841 * Math.sqrt(5 / 3)) / 2, 3)
  })

  it('has no bounds for a single value', () => {
    expect(meanInterval([7])).toEqual({ ok: true, n: 1, mean: 7, standardDeviation: 0, low: null, high: null, halfWidth: null })
  })

  it('is a problem, not a number, for no values', () => {
    expect(meanInterval([])).toMatchObject({ ok: false, n: 0, problem: expect.stringContaining('no values') as string })
  })

  it('is exactly zero wide for equal values that binary fractions cannot hold', () => {
    expect(meanInterval([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, standardDeviation: 0, halfWidth: 0 })
  })

  it('keeps its digits for large values that differ little', () => {
    expect(meanInterval([1e12 + 1, 1e12 + 2, 1e12 + 3])).toMatchObject({ mean: 1e12 + 2, standardDeviation: 1 })
  })

  it('covers the true mean in about 95 of 100 samples of a normal quantity', () => {
    const normal = normalStream(12345)
    const samples = 4000
    let covered = 0
    for (let sample = 0; sample < samples; sample++) {
      const result = meanInterval(Array.from({ length: 5 }, () => 10 + normal()))
      if (result.ok && result.low !== null && result.high !== null && result.low <= 10 && result.high >= 10) covered += 1
    }
    // Three standard errors of a share of 0.95 over 4000 samples.
    expect(Math.abs(covered / samples - 0.95)).toBeLessThan(0.0104)
  })

  it('refuses values that are no numbers, and confidences that are none', () => {
    expect(() => meanInterval([1, Number.NaN])).toThrow('finite')
    expect(() => meanInterval([1, 2], 95)).toThrow('confidence')
  })
})

/** Normal numbers by Box and Muller from a Lehmer generator. */
function normalStream(seed: number): () => number {
  let state = seed
  const uniform = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
