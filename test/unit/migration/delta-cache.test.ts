import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeltaCache, deltaBytes } from '#shared/migration/policies/delta-cache.ts'

describe('the delta cache', () => {
  it('finds a page that was put in, and no other of its slot', () => {
    const cache = new DeltaCache(4)
    expect(cache.find(1, 1)).toBe(false)
    expect(cache.insert(1, 1)).toBe(true)
    expect(cache.find(1, 1)).toBe(true)
    expect(cache.find(5, 1)).toBe(false)
  })

  it('keeps a page for two iterations from its last use', () => {
    const cache = new DeltaCache(4)
    cache.insert(1, 1)
    expect(cache.insert(5, 2)).toBe(false)
    expect(cache.find(1, 2)).toBe(true)
    expect(cache.insert(5, 3)).toBe(false)
    expect(cache.insert(5, 4)).toBe(true)
    expect(cache.find(1, 4)).toBe(false)
  })
})

describe('the delta of a page', () => {
  it('is its runs: two lengths and the changed bytes each', () => {
    // Ten runs of 8 bytes, 401 unchanged bytes before each: two bytes for that length, one for the other.
    expect(deltaBytes(4096, 80, 8)).toBe(80 + 10 * (2 + 1))
    // One byte: 4095 unchanged ones before it.
    expect(deltaBytes(4096, 1, 8)).toBe(1 + 2 + 1)
  })

  it('is none where it would be larger than the page', () => {
    expect(deltaBytes(4096, 4000, 8)).toBeNull()
    expect(deltaBytes(4096, 4096, 4096)).toBeNull()
    expect(deltaBytes(4096, 4000, 4096)).toBe(4000 + 1 + 2)
  })

  it('is never larger than the page, nor smaller than what changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(512, 4096, 2 ** 21), fc.double({ min: 0, max: 2, noNaN: true }), fc.integer({ min: 1, max: 65536 }), (pageBytes, share, runBytes) => {
        const coded = deltaBytes(pageBytes, share * pageBytes, runBytes)
        if (coded === null) return
        expect(coded).toBeLessThanOrEqual(pageBytes)
        expect(coded).toBeGreaterThanOrEqual(Math.min(pageBytes, Math.round(share * pageBytes)))
      }),
    )
  })
})
