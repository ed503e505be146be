import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { historyFor, PageHistory, takeHot } from '#shared/migration/policies/page-order.ts'

const pageCount = 64

function setOf(pages: readonly number[]): Bitmap {
  const set = new Bitmap(pageCount)
  for (const page of pages) set.add(page)
  return set
}

function listOf(set: Bitmap): readonly number[] {
  const pages: number[] = []
  for (let page = set.next(0); page >= 0; page = set.next(page + 1)) pages.push(page)
  return pages
}

function ordered(history: PageHistory, pages: readonly number[]): readonly number[] {
  const cursor = history.cursor(setOf(pages))
  const found: number[] = []
  for (let page = cursor?.next() ?? -1; page >= 0; page = cursor?.next() ?? -1) found.push(page)
  return found
}

function after(order: 'lru' | 'weight' | null, ...readings: ReadonlyArray<readonly number[]>): PageHistory {
  const history = new PageHistory(pageCount, order)
  for (const reading of readings) history.note(setOf(reading))
  return history
}

describe('least recently used first', () => {
  it('goes by address as long as nothing is known', () => {
    expect(ordered(after('lru'), [9, 3, 40])).toEqual([3, 9, 40])
  })

  it('puts pages never found first, then those found longest ago', () => {
    expect(ordered(after('lru', [1, 2], [2, 3], [4]), [0, 1, 2, 3, 4, 5])).toEqual([0, 5, 1, 3, 2, 4])
  })

  it('tells pages found in the same reading by the readings before', () => {
    expect(ordered(after('lru', [8, 9], [7, 9], [7, 8, 9]), [7, 8, 9])).toEqual([8, 7, 9])
  })

  it('forgets what lies more than sixteen readings back', () => {
    const elsewhere = Array.from({ length: 16 }, () => [63])
    expect(ordered(after('lru', [20], ...elsewhere), [10, 20, 30])).toEqual([10, 20, 30])
    expect(ordered(after('lru', [20], ...elsewhere.slice(1)), [10, 20, 30])).toEqual([10, 30, 20])
  })
})

describe('dirtied least often first', () => {
  it('counts the readings that found a page, not when they did', () => {
    expect(ordered(after('weight', [1, 2, 3], [1, 2], [1], [5]), [1, 2, 3, 4, 5])).toEqual([4, 3, 5, 2, 1])
  })
})

describe('hot pages', () => {
  it('are those that each of the last readings found', () => {
    const toSend = setOf([1, 2, 3, 4])
    expect(listOf(takeHot(after(null, [1, 2, 3], [1, 2], [2, 1, 4]), toSend, 2))).toEqual([1, 2])
    expect(listOf(toSend)).toEqual([3, 4])
  })

  it('are not held back when nothing else is left', () => {
    const toSend = setOf([1, 2])
    expect(listOf(takeHot(after(null, [1, 2], [1, 2]), toSend, 2))).toEqual([])
    expect(listOf(toSend)).toEqual([1, 2])
  })

  it('do not exist before there were enough readings', () => {
    expect(after(null).isHot(0, 1)).toBe(false)
    expect(after(null, [0]).isHot(0, 2)).toBe(false)
  })
})

it('a history is kept only where something goes by it', () => {
  expect(historyFor({ scan: 'linear', holdBack: 0 }, pageCount)).toBeNull()
  expect(historyFor({ scan: 'permuted', holdBack: 2 }, pageCount)?.cursor(setOf([1]))).toBeNull()
  expect(historyFor({ scan: 'weight', holdBack: 0 }, pageCount)?.order).toBe('weight')
})
