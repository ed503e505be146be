import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { type PushOrderName, pushOrders } from '#shared/migration/policies/push/index.ts'

function pagesOf(size: number, pages: readonly number[]): Bitmap {
  const set = new Bitmap(size)
  for (const page of pages) set.add(page)
  return set
}

/** An order over these pages, driven as the strategy drives it: pages leave `left` as soon as they are chosen. */
function pushing(name: PushOrderName, { size, pages, pivots = 7 }: { size: number; pages?: readonly number[]; pivots?: number }) {
  const left = pagesOf(size, pages ?? Array.from({ length: size }, (_, page) => page))
  const order = pushOrders[name](left, { pageCount: size, pivots })
  return {
    push(limit = size): readonly number[] {
      const batch = new Int32Array(limit)
      const count = order.next(batch, limit)
      const chosen = [...batch.subarray(0, count)]
      for (const page of chosen) left.remove(page)
      return chosen
    },
    /** The destination asks for `page`, and `along` is sent with it. */
    fault(page: number, along: readonly number[] = []): void {
      order.faulted(page)
      for (const sent of [page, ...along]) left.remove(sent)
    },
  }
}

describe('the linear order', () => {
  it('pushes by address, whatever is asked for', () => {
    const { push, fault } = pushing('linear', { size: 10 })
    expect(push(2)).toEqual([0, 1])
    fault(5)
    expect(push()).toEqual([2, 3, 4, 6, 7, 8, 9])
    expect(push()).toEqual([])
  })
})

describe('the forward order', () => {
  it('goes on above the page asked for, and comes back for the holes', () => {
    const { push, fault } = pushing('forward', { size: 10 })
    expect(push(2)).toEqual([0, 1])
    fault(6)
    expect(push(2)).toEqual([7, 8])
    fault(3)
    expect(push()).toEqual([4, 5, 9, 2])
    expect(push()).toEqual([])
  })
})

describe('dual bubbling', () => {
  it('starts at page 0', () => {
    expect(pushing('dual', { size: 4 }).push()).toEqual([0, 1, 2, 3])
  })

  it('pushes p - b and p + b, clamped, and begins anew at the next fault', () => {
    const { push, fault } = pushing('dual', { size: 12 })
    fault(8)
    expect(push(3)).toEqual([7, 9, 6])
    fault(2)
    // b = 1: 1 3, b = 2: 0 4, b = 3: - 5, b = 4: 6 was sent, b = 8: 10, b = 9: 11.
    expect(push()).toEqual([1, 3, 0, 4, 5, 10, 11])
    expect(push()).toEqual([])
  })
})

describe('multi-pivot bubbling', () => {
  it('lets the edges of all pivots grow in turn, stops them at each other, and retires a pivot whose edges stand', () => {
    const { push, fault } = pushing('multi-pivot', { size: 20 })
    fault(5)
    fault(14)
    // Page 0 (upwards only), 5 and 14 take turns; the first meets 3 and retires, the second ends at 0 and 11.
    expect(push()).toEqual([0, 4, 13, 1, 6, 15, 2, 3, 12, 7, 16, 8, 11, 9, 17, 10, 18, 19])
  })

  it('replaces the pivot used least recently; a fault inside a bubble marks it as used', () => {
    const { push, fault } = pushing('multi-pivot', { size: 100, pivots: 2 })
    fault(30)
    fault(60)
    expect(push(4)).toEqual([59, 29, 61, 31])
    fault(31)
    fault(90)
    expect(push(4)).toEqual([89, 28, 91, 32])
  })

  it('gives up no pivot for a fault among pages that a bubble has taken', () => {
    const { push, fault } = pushing('multi-pivot', { size: 40, pivots: 1 })
    fault(10)
    expect(push(6)).toEqual([9, 11, 8, 12, 7, 13])
    fault(30)
    expect(push(2)).toEqual([29, 31])
    fault(9)
    expect(push(2)).toEqual([28, 32])
  })

  it('pushes the holes by address when no pivot is left', () => {
    const { push, fault } = pushing('multi-pivot', { size: 10, pivots: 1 })
    fault(5)
    expect(push(2)).toEqual([4, 6])
    fault(8)
    expect(push()).toEqual([7, 9, 0, 1, 2, 3])
    expect(push()).toEqual([])
  })

  it('passes over pages that travelled along and pages that were never to be sent, but not over a pivot', () => {
    const along = pushing('multi-pivot', { size: 30 })
    along.fault(10, [11, 12])
    expect(along.push(6)).toEqual([0, 9, 1, 13, 2, 8])
    const sparse = pushing('multi-pivot', { size: 1000, pages: [10, 20, 30, 40] })
    sparse.fault(20)
    expect(sparse.push()).toEqual([10, 30, 40])
  })

  it('refuses to work without a pivot', () => {
    expect(() => pushing('multi-pivot', { size: 1, pivots: 0 })).toThrow('at least one pivot, not 0')
  })
})
