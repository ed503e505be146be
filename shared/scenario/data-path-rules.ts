/** What the fields of the data path allow one by one but not together. */

import type { Scenario } from './scenario.ts'

interface Contradiction {
  readonly path: readonly string[]
  readonly message: string
}

export function dataPathContradictions({ guest, optimisations }: Pick<Scenario, 'guest' | 'optimisations'>): readonly Contradiction[] {
  const found: Contradiction[] = []
  const report = (path: readonly string[], message: string): void => void found.push({ path, message })
  const { delta, deltaCache } = optimisations
  if (delta && !Number.isInteger(Math.log2(deltaCache))) report(['optimisations', 'deltaCache'], `${deltaCache} B is not a power of two`)
  if (delta && deltaCache < guest.pageSize) report(['optimisations', 'deltaCache'], `the cache is smaller than a page, ${guest.pageSize} B`)
  if (guest.similarPages + guest.randomPages > 1) report(['guest', 'similarPages'], 'similarPages and randomPages together are more than all pages')
  return found
}
