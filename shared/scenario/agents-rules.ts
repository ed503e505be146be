/** What host agents cannot do, told before a run: they move the memory of one guest, and it is real memory of this size. */

import { formatQuantity } from '../units/quantity.ts'
import type { BackendName } from './plan.ts'
import type { Scenario } from './scenario.ts'

export interface BackendProblem {
  readonly path: readonly string[]
  readonly message: string
  /** The backend that cannot do it; the others can. */
  readonly backend: BackendName
}

/** Memory of a guest that agents hold (lab): what an ordinary workstation has room for twice, and enough pages to migrate. */
export const agentsMemory = { leastBytes: 2 ** 20, mostBytes: 16 * 2 ** 30 } as const

/** The largest page that agents send (lab): the large page of x86. */
export const agentsLargestPageBytes = 2 * 2 ** 20

/** Everything about a scenario that keeps it from running on agents; empty: it can. */
export function agentsProblems({ guest, strategy, disk, fleet }: Pick<Scenario, 'guest' | 'strategy' | 'disk' | 'fleet'>): readonly BackendProblem[] {
  const problems: BackendProblem[] = []
  const report = (path: readonly string[], message: string): void => void problems.push({ path, message, backend: 'agents' })
  const show = (bytes: number): string => formatQuantity(bytes, 'bytes')

  if (strategy.kind === 'cold') report(['strategy', 'kind'], 'agents cannot migrate cold: they hold no files of a guest; choose another strategy, or take agents out of backends')
  if (disk.kind !== 'none') report(['disk', 'kind'], 'agents cannot copy a disk: they move memory only; write disk.kind: none, or take agents out of backends')
  if (fleet.guests > 1) report(['fleet', 'guests'], `agents cannot migrate ${fleet.guests} guests: they move one at a time; write fleet.guests: 1, or take agents out of backends`)
  if (guest.memory > agentsMemory.mostBytes) report(['guest', 'memory'], `agents cannot hold a guest of ${show(guest.memory)}: its memory is real; give it at most ${show(agentsMemory.mostBytes)}, or take agents out of backends`)
  if (guest.memory < agentsMemory.leastBytes) report(['guest', 'memory'], `agents cannot measure a guest of ${show(guest.memory)}: it is gone before anything is seen; give it at least ${show(agentsMemory.leastBytes)}, or take agents out of backends`)
  if (guest.pageSize > agentsLargestPageBytes) report(['guest', 'pageSize'], `agents cannot send pages of ${show(guest.pageSize)}; use at most ${show(agentsLargestPageBytes)}, or take agents out of backends`)
  return problems
}
