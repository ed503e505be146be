import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { ScanCursor, ScanOrder } from '#shared/migration/memory/scan.ts'

describe('a set of pages', () => {
  it('behaves as a set of numbers does, for any sequence of operations', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const), page: fc.nat(199) }),
      fc.record({ kind: fc.constant('range' as const), first: fc.nat(199), length: fc.nat(120) }),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const bitmap = new Bitmap(200)
        const reference = new Set<number>()
        for (const step of operations) {
          if (step.kind === 'range') {
            const end = Math.min(200, step.first + step.length)
            bitmap.addRange(step.first, end)
            for (let page = step.first; page < end; page++) reference.add(page)
          } else if (step.kind === 'add') {
            bitmap.add(step.page)
            reference.add(step.page)
          } else {
            bitmap.remove(step.page)
            reference.delete(step.page)
          }
        }
        const listed: number[] = []
        for (let page = bitmap.next(0); page >= 0; page = bitmap.next(page + 1)) listed.push(page)
        expect(listed).toEqual([...reference].sort((a, b) => a - b))
        expect(bitmap.count()).toBe(reference.size)
        expect(bitmap.isEmpty()).toBe(reference.size === 0)
      }),
    )
  })

  it('joins with another', () => {
    const a = new Bitmap(70)
    const b = new Bitmap(70)
    a.addRange(0, 3)
    b.addRange(60, 70)
    a.addAll(b)
    expect(a.count()).toBe(13)
    a.clear()
    expect(a.isEmpty()).toBe(true)
  })
})

describe('the permuted scan', () => {
  it('rotates page numbers left by ten bits, as the scan of Xen 2005 does', () => {
    // Computed by hand for order 17: 1 -> 1024, 128 -> 1 (128 x 1024 = 2^17 wraps to bit 0), 3 -> 3072.
    const order = new ScanOrder('permuted', 131072)
    expect([1, 128, 3, 0].map((position) => order.pageAt(position))).toEqual([1024, 1, 3072, 0])
  })

  it('visits every page of any guest exactly once, and finds positions again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20000 }), (pages) => {
        const order = new ScanOrder('permuted', pages)
        const seen = new Bitmap(pages)
        for (let position = 0; position < pages; position++) {
          const page = order.pageAt(position)
          seen.add(page)
          if (order.positionOf(page) !== position) return false
        }
        return seen.count() === pages
      }),
      { numRuns: 60 },
    )
  })

  it('goes through a sparse set in the order in which the whole scan would come across it', () => {
    const pages = 5000
    const set = new Bitmap(pages)
    for (let page = 0; page < pages; page += 7) set.add(page)
    const order = new ScanOrder('permuted', pages)
    const cursor = new ScanCursor(order, set)
    const visited: number[] = []
    for (let page = cursor.next(); page >= 0; page = cursor.next()) {
      visited.push(page)
      set.remove(page)
    }
    const whole = Array.from({ length: pages }, (_, position) => order.pageAt(position)).filter((page) => page % 7 === 0)
    expect(visited).toEqual(whole)
    expect(cursor.next()).toBe(-1)
  })

  it('keeps neighbours far apart', () => {
    const order = new ScanOrder('permuted', 2 ** 17)
    expect(Math.abs(order.positionOf(5000) - order.positionOf(5001))).toBeGreaterThan(100)
  })
})
