import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binsOf, countInBins } from '#shared/analysis/histogram.ts'
import { quartilesOf } from '#shared/analysis/quartiles.ts'

describe('a histogram', () => {
  it('counts every value exactly once, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }), fc.option(fc.integer({ min: 2, max: 40 }), { nil: undefined }), (values, count) => {
        const among = binsOf(values, count)
        expect(countInBins(values, among).reduce((sum, one) => sum + one, 0)).toBe(values.length)
        expect(among.length).toBeLessThanOrEqual(count ?? 220)
        for (const [index, bin] of among.entries()) expect(bin.to).toBe(among[index + 1]?.from ?? bin.to)
      }),
    )
  })

  it('begins its bins at round values', () => {
    const among = binsOf([103, 118, 122, 131, 137, 144, 149, 151, 158, 190])
    expect(among[0]?.from).toBe(100)
    expect(among.at(-1)?.to).toBe(200)
    expect(countInBins([103, 118, 122, 131, 137, 144, 149, 151, 158, 190], among).reduce((sum, one) => sum + one, 0)).toBe(10)
  })

  it('puts equal values into one bin around them, and has no bins for no values', () => {
    expect(binsOf([5, 5, 5])).toEqual([{ from: 4.75, to: 5.25 }])
    expect(binsOf([])).toEqual([])
  })

  it('takes as many bins as it is told', () => {
    expect(binsOf([0, 10], 4)).toEqual([{ from: 0, to: 2.5 }, { from: 2.5, to: 5 }, { from: 5, to: 7.5 }, { from: 7.5, to: 10 }])
    expect(countInBins([0, 2.5, 10], binsOf([0, 10], 4))).toEqual([1, 1, 0, 1])
  })
})

describe('quartiles', () => {
  it('are those of type 7, as R counts them', () => {
    // R: quantile(c(1, 2, 3, 4, 10)) gives 1 2 3 4 10; quantile(1:4) gives 1.00 1.75 2.50 3.25 4.00.
    expect(quartilesOf([10, 1, 3, 2, 4])).toMatchObject({ min: 1, q1: 2, median: 3, q3: 4, max: 10, mean: 4 })
    expect(quartilesOf([1, 2, 3, 4])).toMatchObject({ q1: 1.75, median: 2.5, q3: 3.25 })
  })

  it('end their whiskers at values and name what lies beyond', () => {
    expect(quartilesOf([10, 1, 3, 2, 4])).toMatchObject({ whiskerMin: 1, whiskerMax: 4, outliers: [10] })
    expect(quartilesOf([7])).toMatchObject({ n: 1, min: 7, q1: 7, median: 7, q3: 7, max: 7, outliers: [] })
  })
})
