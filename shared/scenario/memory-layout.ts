/**
 * Where the classes of a guest's memory lie, in pages. Working sets begin at page 0; from the top of the address space
 * down come free memory, clean page cache, and memory that cannot be paged out. The order is ours (lab).
 */

import type { Scenario } from './scenario.ts'

export interface PageRange {
  readonly first: number
  /** One past the last page. */
  readonly end: number
}

export interface MemoryLayout {
  readonly nonPageable: PageRange
  readonly pageCache: PageRange
  readonly free: PageRange
}

export function memoryLayout({ guest }: Scenario): MemoryLayout {
  const { pageSize } = guest
  const end = guest.memory / pageSize
  const freeFirst = end - Math.floor(guest.freeMemory / pageSize)
  const cacheFirst = freeFirst - Math.floor(guest.pageCache / pageSize)
  return {
    nonPageable: { first: Math.max(0, cacheFirst - Math.ceil(guest.nonPageable / pageSize)), end: cacheFirst },
    pageCache: { first: cacheFirst, end: freeFirst },
    free: { first: freeFirst, end },
  }
}
