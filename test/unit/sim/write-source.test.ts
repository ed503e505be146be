import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { bursts, inTurn, steady } from '#shared/sim/memory/intensity.ts'
import { PoissonSource, SweepSource } from '#shared/sim/memory/write-source.ts'

const second = 1e9

describe('independent writes', () => {
  it('dirty N(1 - e^(-wt/N)) pages in time t, within three standard errors over 200 seeds', () => {
    const pages = 4096
    for (const [writesPerSecond, seconds] of [[500, 1], [4096, 1], [2000, 7]] as const) {
      const probability = 1 - Math.exp((-writesPerSecond * seconds) / pages)
      const standardError = Math.sqrt((pages * probability * (1 - probability)) / 200)
      let sum = 0
      for (let seed = 0; seed < 200; seed++) {
        const source = new PoissonSource({ firstPage: 0, pages }, steady(writesPerSecond), 'equal', seed * 7919)
        source.advance(seconds * second)
        sum += source.countDirty()
      }
      expect(Math.abs(sum / 200 - pages * probability)).toBeLessThan(3 * standardError)
    }
  })

  it('give the same distribution however often they are examined and cleaned in between', () => {
    const pages = 2048
    const probability = 1 - Math.exp(-1)
    let sum = 0
    for (let seed = 0; seed < 200; seed++) {
      const source = new PoissonSource({ firstPage: 0, pages }, steady(pages), 'equal', seed * 104729)
      for (let step = 1; step <= 10; step++) {
        source.advance(step * 0.3 * second)
        source.countDirty()
        for (let page = 0; page < pages; page += 17) source.isDirty(page)
      }
      source.clean(new Bitmap(pages))
      source.advance(4 * second)
      sum += source.countDirty()
    }
    const standardError = Math.sqrt((pages * probability * (1 - probability)) / 200)
    expect(Math.abs(sum / 200 - pages * probability)).toBeLessThan(3 * standardError)
  })

  it('stay dirty until cleaned, and a peek changes nothing', () => {
    const source = new PoissonSource({ firstPage: 10, pages: 100 }, steady(100), 'equal', 5)
    source.advance(second)
    const before = Array.from({ length: 100 }, (_, i) => source.isDirty(10 + i))
    expect(Array.from({ length: 100 }, (_, i) => source.isDirty(10 + i))).toEqual(before)
    const cleaned = new Bitmap(200)
    expect(source.clean(cleaned)).toBe(before.filter(Boolean).length)
    expect(Array.from({ length: 100 }, (_, i) => cleaned.has(10 + i))).toEqual(before)
    expect(source.countDirty()).toBe(0)
  })

  it('first reach a page at the same time whatever is examined, so that strategies share their random numbers', () => {
    const examined = new PoissonSource({ firstPage: 0, pages: 64 }, steady(10), 'equal', 9)
    const untouched = new PoissonSource({ firstPage: 0, pages: 64 }, steady(10), 'equal', 9)
    for (let step = 1; step < 40; step++) {
      examined.advance(step * 0.1 * second)
      examined.countDirty()
    }
    untouched.advance(3.9 * second)
    expect(Array.from({ length: 64 }, (_, i) => untouched.isDirty(i))).toEqual(Array.from({ length: 64 }, (_, i) => examined.isDirty(i)))
  })

  it('expect as many dirty pages as they produce, for unequal weights too', () => {
    const pages = 1000
    const weights = Float32Array.from({ length: pages }, (_, i) => 1 / (i + 1))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const shares = weights.map((weight) => weight / total)
    let sum = 0
    let expected = 0
    for (let seed = 0; seed < 100; seed++) {
      const source = new PoissonSource({ firstPage: 0, pages }, steady(1000), shares, seed * 31)
      source.advance(second)
      sum += source.countDirty()
      expected = source.expectedDirty(second)
    }
    const exact = shares.reduce((pagesDirty, share) => pagesDirty + 1 - Math.exp(-share * 1000), 0)
    expect(expected / exact).toBeCloseTo(1, 2)
    expect(sum / 100 / exact).toBeCloseTo(1, 1)
  })
})

describe('a sweep', () => {
  it('dirties exactly the pages that a sweep made write by write does', () => {
    const pages = 37
    const oneWritePerNs = steady(1e9)
    const dirtyPages = (sweep: SweepSource): number[] => Array.from({ length: pages }, (_, i) => i).filter((i) => sweep.isDirty(3 + i))
    for (let seed = 0; seed < 50; seed++) {
      const sweep = new SweepSource({ firstPage: 3, pages }, oneWritePerNs, seed)
      sweep.advance(1)
      const [first] = dirtyPages(sweep)
      expect(sweep.countDirty()).toBe(1)
      const dirty = new Set([first])
      let next = ((first ?? 0) + 1) % pages
      let now = 1
      for (let step = 0; step < 60; step++) {
        for (let writes = (seed + 5 * step) % 23; writes > 0; writes--) {
          dirty.add(next)
          next = (next + 1) % pages
          now++
        }
        sweep.advance(now)
        expect(dirtyPages(sweep)).toEqual([...dirty].sort((x, y) => (x ?? 0) - (y ?? 0)))
        if (step % 7 !== 6) continue
        const cleaned = new Bitmap(pages + 3)
        expect(sweep.clean(cleaned)).toBe(dirty.size)
        expect([...dirty].every((page) => cleaned.has(3 + (page ?? 0))) && cleaned.count() === dirty.size).toBe(true)
        dirty.clear()
      }
    }
  })

  it('dirties the whole range once it has been round, and no page outside it', () => {
    const sweep = new SweepSource({ firstPage: 64, pages: 100 }, steady(1000), 3)
    sweep.advance(second)
    const into = new Bitmap(300)
    expect(sweep.clean(into)).toBe(100)
    expect(into.count()).toBe(100)
    expect([into.has(63), into.has(64), into.has(163), into.has(164)]).toEqual([false, true, true, false])
  })
})

describe('intensities', () => {
  it('all give the mean rate over whole periods and never fall', () => {
    const laws = [steady(200), bursts(200, 0.05 * second, 0.2), inTurn(1, 4, 2 * second, 560, 80)]
    for (const law of laws) {
      let previous = 0
      for (let ms = 0; ms <= 16000; ms += 3) {
        expect(law.at(ms * 1e6)).toBeGreaterThanOrEqual(previous)
        previous = law.at(ms * 1e6)
      }
      expect(law.at(16 * second)).toBeCloseTo(3200, 6)
    }
  })

  it('write only in the burst', () => {
    const law = bursts(100, second, 0.1)
    expect(law.at(0.1 * second)).toBeCloseTo(100, 9)
    expect(law.at(0.9 * second)).toBeCloseTo(100, 9)
    expect(law.at(1.05 * second)).toBeCloseTo(150, 9)
  })
})
