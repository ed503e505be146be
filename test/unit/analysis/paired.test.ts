import { describe, expect, it } from 'vitest'
import { baselineDeltas, type Measured, pairedDelta } from '#shared/analysis/paired.ts'

const of = (...values: readonly number[]): readonly Measured[] => values.map((value, index) => ({ seed: 100 + index, value }))

describe('a difference under common seeds', () => {
  it('is that of the pairs, with the interval of their differences and not of the two means', () => {
    const noisy = [100, 300, 500, 700]
    const result = pairedDelta(of(...noisy), of(...noisy.map((value, index) => value + 10 + (index % 2))))
    if (!result.ok) throw new Error(result.problem)
    expect(result).toMatchObject({ pairs: 4, baselineMean: 400, unpaired: 0, note: '', verdict: 'higher' })
    expect(result.difference.mean).toBeCloseTo(10.5, 10)
    // Standard deviation of 10, 11, 10, 11 is 0.57735; t(0.975, 3) is 3.1824.
    expect(result.difference.halfWidth).toBeCloseTo((3.1824 * 0.57735) / 2, 3)
    expect(result.relative?.mean).toBeCloseTo(10.5 / 400, 10)
  })

  it('pairs by seed, whatever the order', () => {
    const result = pairedDelta(of(1, 2, 3), of(2, 3, 4).toReversed())
    expect(result.ok && result.difference).toMatchObject({ mean: 1, halfWidth: 0 })
  })

  it('leaves out runs without a counterpart and says how many', () => {
    const result = pairedDelta(of(1, 2, 3), of(2, 3))
    expect(result).toMatchObject({ ok: true, pairs: 2, unpaired: 1, note: '1 run has no counterpart with the same seed and is left out' })
  })

  it('says so where no seed matches, instead of giving a number', () => {
    const others = of(1, 2).map(({ seed, value }) => ({ seed: seed + 50, value }))
    expect(pairedDelta(of(1, 2), others)).toEqual({ ok: false, problem: expect.stringContaining('No seed occurs on both sides') as string })
    expect(pairedDelta([], of(1))).toEqual({ ok: false, problem: expect.stringContaining('baseline has no') as string })
  })

  it('refuses a seed that stands twice on one side', () => {
    expect(pairedDelta([...of(1), ...of(2)], of(3))).toEqual({ ok: false, problem: expect.stringContaining('same seed') as string })
  })

  it('is undecided where the interval holds zero, and for a single pair', () => {
    expect(pairedDelta(of(1, 2, 3), of(2, 1, 3))).toMatchObject({ verdict: 'undecided' })
    expect(pairedDelta(of(1), of(2))).toMatchObject({ ok: true, verdict: 'undecided', difference: { mean: 1, low: null } })
    expect(pairedDelta(of(1, 2), of(1, 2))).toMatchObject({ verdict: 'equal' })
  })

  it('has no relative change from a baseline of zero, and keeps the ends in order below zero', () => {
    expect(pairedDelta(of(0, 0), of(1, 2))).toMatchObject({ relative: null })
    const below = pairedDelta(of(-10, -10), of(-8, -9))
    if (!below.ok || below.relative === null) throw new Error('a relative change is expected')
    expect(below.relative.low ?? 0).toBeLessThan(below.relative.high ?? 0)
  })
})

describe('differences over a factor', () => {
  it('compare each side with the baseline at the same place only', () => {
    const runs = ['slow', 'fast'].flatMap((link) => ['a', 'b', 'c'].flatMap((policy, side) => [1, 2].map((seed) => ({ link, policy, seed, value: (link === 'slow' ? 100 : 10) + side * 5 + seed }))))
    const rows = baselineDeltas(runs, { sideOf: (run) => run.policy, baseline: 'a', placeOf: (run) => run.link, measure: ({ seed, value }) => ({ seed, value }) })
    expect(rows.map(({ place, side, result }) => [place, side, result.ok ? result.difference.mean : null])).toEqual([
      ['slow', 'b', 5], ['slow', 'c', 10], ['fast', 'b', 5], ['fast', 'c', 10],
    ])
  })
})
