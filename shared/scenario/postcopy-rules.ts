/** What the fields of post-copy allow one by one but not together. */

import type { Scenario } from './scenario.ts'

interface Contradiction {
  readonly path: readonly string[]
  readonly message: string
}

export function postcopyContradictions({ guest, strategy, tracking }: Pick<Scenario, 'guest' | 'strategy' | 'tracking'>): readonly Contradiction[] {
  const found: Contradiction[] = []
  const report = (path: readonly string[], message: string): void => void found.push({ path, message })
  if (guest.virtualisation === 'full' && (tracking.trap === 'pseudo-paging' || tracking.trap === 'page-tracking')) {
    report(['tracking', 'trap'], `"${tracking.trap}" needs a guest that takes part in it, and guest.virtualisation is full; use shadow or userfaultfd, or a paravirtual guest`)
  }
  if (strategy.prefetch !== 'none' && !mayFault(strategy)) {
    report(['strategy', 'prefetch'], `"${strategy.prefetch}" answers page faults, and with "${strategy.kind}" there are none; set it to none, or migrate by post-copy, hybrid or three-stage`)
  }
  return found
}

/** Can the guest ever miss a page on the destination? */
export function mayFault({ kind, stop }: Scenario['strategy']): boolean {
  if (kind === 'precopy' || kind === 'self') return stop.timeoutAction === 'postcopy' || stop.stallAction === 'postcopy'
  return kind === 'postcopy' || kind === 'hybrid' || kind === 'three-stage' || kind === 'on-demand'
}
