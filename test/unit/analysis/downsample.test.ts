import { describe, expect, it } from 'vitest'
import { downsample } from '#shared/analysis/downsample.ts'

const wave = Array.from({ length: 10_000 }, (_, x) => ({ x, y: Math.sin(x / 500) + (x === 7777 ? 50 : 0) }))

describe('downsampling a series', () => {
  it('keeps the ends, the order and the count, and makes no value up', () => {
    const kept = downsample(wave, 200)
    expect(kept).toHaveLength(200)
    expect(kept[0]).toBe(wave[0])
    expect(kept.at(-1)).toBe(wave.at(-1))
    expect(kept.every((point) => wave[point.x] === point)).toBe(true)
    expect(kept.every((point, index) => index === 0 || point.x > (kept[index - 1]?.x ?? 0))).toBe(true)
  })

  it('keeps a single peak among ten thousand points', () => {
    expect(downsample(wave, 50).map((point) => point.x)).toContain(7777)
  })

  it('gives a short series back as it is', () => {
    expect(downsample(wave.slice(0, 20), 20)).toEqual(wave.slice(0, 20))
    expect(downsample([], 20)).toEqual([])
  })

  it('refuses a count that is no series', () => {
    expect(() => downsample(wave, 2)).toThrow('3 is the least')
  })
})
