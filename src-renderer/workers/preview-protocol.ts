/** What the preview's worker is asked and what it answers. One request is worked on at a time. */

import type { MemoryMap } from '#shared/migration/memory-map.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { NewestWorker } from './newest-wins.ts'

export interface PreviewRequest {
  readonly id: number
  readonly scenario: Scenario
  readonly seed: number
  /** Film the address space too, which takes longer. */
  readonly film: boolean
}

export type PreviewAnswer =
  | { readonly id: number; readonly ok: true; readonly stats: MigrationStats; readonly film: MemoryMap | null }
  | { readonly id: number; readonly ok: false; readonly message: string }

export type PreviewWorker = NewestWorker<PreviewRequest, PreviewAnswer>
