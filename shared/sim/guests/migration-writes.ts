/** What self migration writes: it runs inside the guest, and its own memory is memory of the guest. */

import { memoryLayout } from '../../scenario/memory-layout.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { streamSeed } from '../kernel/streams.ts'
import { steady } from '../memory/intensity.ts'
import { PoissonSource, type WriteSource } from '../memory/write-source.ts'

/** Lies at the upper end of what the guest cannot page out. None for managed migration. */
export function migrationWrites(scenario: Scenario, seed: number): readonly WriteSource[] {
  const { kind, selfMemory, selfWrites } = scenario.strategy
  const pages = Math.floor(selfMemory / scenario.guest.pageSize)
  if (kind !== 'self' || pages === 0 || selfWrites === 0) return []
  const { end } = memoryLayout(scenario).nonPageable
  return [new PoissonSource({ firstPage: end - pages, pages }, steady(selfWrites), 'equal', streamSeed(seed, 'writes of the migration'))]
}
