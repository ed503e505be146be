/** What holds for every push order and every prefetcher, whatever the guest asks for. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { LayeredBitmap } from '#shared/migration/memory/layered-bitmap.ts'
import { type PrefetcherName, prefetchers, type PrefetchOptions } from '#shared/migration/policies/prefetch/index.ts'
import { type PushOrderName, pushOrders } from '#shared/migration/policies/push/index.ts'

const orderNames = Object.keys(pushOrders) as PushOrderName[]
const prefetcherNames = Object.keys(prefetchers) as PrefetcherName[]

function bitmapOf(size: number, pages: Iterable<number>): Bitmap {
  const set = new Bitmap(size)
  for (const page of pages) set.add(page)
  return set
}

function pagesOf(set: Bitmap): number[] {
  const pages: number[] = []
  for (let page = set.next(0); page >= 0; page = set.next(page + 1)) pages.push(page)
  return pages
}

describe('a layered set of pages', () => {
  it('finds the nearest page below and above, as a search one by one does', () => {
    const size = 70_000
    const page = fc.oneof(fc.nat(size - 1), fc.integer({ min: 0, max: 80 }), fc.integer({ min: size - 80, max: size - 1 }))
    fc.assert(
      fc.property(fc.uniqueArray(page, { maxLength: 30 }), fc.array(fc.record({ add: fc.boolean(), page }), { maxLength: 30 }), fc.array(page), (first, changes, asked) => {
        const pages = new Set(first)
        const layered = LayeredBitmap.copyOf(bitmapOf(size, first))
        for (const change of changes) {
          if (change.add) pages.add(change.page)
          else pages.delete(change.page)
          if (change.add) layered.add(change.page)
          else layered.remove(change.page)
        }
        for (const from of [...asked, ...pages, 0, size - 1]) {
          expect(layered.atOrAbove(from)).toBe([...pages].filter((one) => one >= from).sort((a, b) => a - b)[0] ?? -1)
          expect(layered.atOrBelow(from)).toBe(Math.max(...[...pages].filter((one) => one <= from), -1))
        }
      }),
    )
  })
})

const step = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), limit: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('fault' as const), page: fc.nat(9999), along: fc.nat(5) }),
)
const course = fc.record({
  size: fc.integer({ min: 1, max: 400 }),
  absent: fc.array(fc.record({ first: fc.nat(399), pages: fc.nat(120) }), { maxLength: 4 }),
  pivots: fc.integer({ min: 1, max: 9 }),
  steps: fc.array(step, { maxLength: 60 }),
})
type Course = typeof course extends fc.Arbitrary<infer Value> ? Value : never

/** The pages that are pushed, in order, and the faults with what travelled along in between. */
function run(name: PushOrderName, { size, absent, pivots, steps }: Course, next?: (left: Bitmap, lastFault: number | null, count: number) => readonly number[]) {
  const absentPages = new Set(absent.flatMap(({ first, pages }) => Array.from({ length: pages }, (_, i) => first + i)))
  const left = bitmapOf(size, Array.from({ length: size }, (_, page) => page).filter((page) => !absentPages.has(page)))
  const wanted = pagesOf(left)
  const order = pushOrders[name](left, { pageCount: size, pivots })
  const sent: number[] = []
  const pushed: number[] = []
  const take = (page: number): void => {
    if (!left.has(page)) throw new Error(`page ${page} was sent before, or was never to be sent`)
    left.remove(page)
    sent.push(page)
  }
  let lastFault: number | null = null
  const push = (limit: number): void => {
    const batch = new Int32Array(limit)
    const leftBefore = left.count()
    const count = order.next(batch, limit)
    expect(count).toBe(Math.min(limit, leftBefore))
    const chosen = [...batch.subarray(0, count)]
    if (next !== undefined) expect(chosen).toEqual(next(left, lastFault, count))
    for (const page of chosen) take(page)
    pushed.push(...chosen)
  }
  for (const one of steps) {
    if (one.kind === 'push') push(one.limit)
    else {
      const page = one.page % size
      order.faulted(page)
      lastFault = page
      if (left.has(page)) take(page)
      for (let i = 1; i <= one.along; i++) if (page + i < size && left.has(page + i)) take(page + i)
    }
  }
  while (!left.isEmpty()) push(7)
  push(1)
  return { sent, wanted }
}

describe('every push order', () => {
  it.each(orderNames)('%s: sends each page exactly once, whatever is asked for', (name) => {
    fc.assert(
      fc.property(course, (one) => {
        const { sent, wanted } = run(name, one)
        expect(sent.toSorted((a, b) => a - b)).toEqual(wanted)
      }),
      { numRuns: 300 },
    )
  })

  it('dual: takes the pages left by their distance from the page last asked for, the lower of two first', () => {
    fc.assert(
      fc.property(course, (one) => {
        run('dual', one, (left, lastFault, count) => {
          const pivot = lastFault ?? 0
          const byDistance = pagesOf(left).toSorted((a, b) => Math.abs(a - pivot) - Math.abs(b - pivot) || a - b)
          return byDistance.slice(0, count)
        })
      }),
      { numRuns: 300 },
    )
  })
})

const options = fc.record<PrefetchOptions>({
  k: fc.integer({ min: 1, max: 20 }),
  window: fc.integer({ min: 1, max: 20 }),
  order: fc.integer({ min: 0, max: 5 }),
  threshold: fc.constantFrom(0, 0.05, 0.5),
  alphabet: fc.constantFrom('page', 'delta'),
  escape: fc.constantFrom('A', 'B', 'C', 'D'),
  chain: fc.boolean(),
})
const walk = fc.array(fc.oneof(fc.constantFrom(1, 1, 2, 3, -1, 0), fc.integer({ min: -300, max: 300 })), { maxLength: 120 })

describe('every prefetcher', () => {
  it.each(prefetcherNames)('%s: returns different pages that are wanted, no more than asked for, and the same ones again', (name) => {
    fc.assert(
      fc.property(options, walk, fc.integer({ min: 1, max: 300 }), (chosen, distances, pageCount) => {
        const first = prefetchers[name](chosen)
        const second = prefetchers[name](chosen)
        const missing = bitmapOf(pageCount, Array.from({ length: pageCount }, (_, page) => page))
        const wanted = (page: number): boolean => page >= 0 && page < pageCount && missing.has(page)
        let page = 0
        for (const distance of distances) {
          page = (((page + distance) % pageCount) + pageCount) % pageCount
          missing.remove(page)
          const predicted = first.predict(page, wanted)
          expect(second.predict(page, wanted)).toEqual(predicted)
          expect(new Set(predicted).size).toBe(predicted.length)
          expect(predicted.length).toBeLessThanOrEqual(name === 'neighbours' ? chosen.window : chosen.k)
          for (const one of predicted) {
            expect(wanted(one), `page ${one} after ${page}`).toBe(true)
            missing.remove(one)
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
