/** What self migration writes: it runs inside the guest, and its own memory is memory of the guest. */

import { memoryLayout } from '../../scenario/memory-layout.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { streamSeed } from '../kernel/streams.ts'
import { type Intensity, steady } from '../memory/intensity.ts'
import { PoissonSource, type WriteSource } from '../memory/write-source.ts'

interface SelfMigrationWrites {
  readonly range: { readonly firstPage: number; readonly pages: number }
  readonly intensity: Intensity
  readonly seed: number
}

/** Lie at the upper end of what the guest cannot page out. Null for managed migration. */
export function selfMigrationWrites(scenario: Scenario, seed: number): SelfMigrationWrites | null {
  const { kind, selfMemory, selfWrites } = scenario.strategy
  const pages = Math.floor(selfMemory / scenario.guest.pageSize)
  if (kind !== 'self' || pages === 0 || selfWrites === 0) return null
  const { end } = memoryLayout(scenario).nonPageable
  return { range: { firstPage: end - pages, pages }, intensity: steady(selfWrites), seed: streamSeed(seed, 'writes of the migration') }
}

export function migrationWrites(scenario: Scenario, seed: number): readonly WriteSource[] {
  const own = selfMigrationWrites(scenario, seed)
  return own === null ? [] : [new PoissonSource(own.range, own.intensity, 'equal', own.seed)]
}
