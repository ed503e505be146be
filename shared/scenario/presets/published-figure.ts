/** What a paper or a manual published of something that a suite simulates, with how well the figure is known. */

import type { RunRecord } from '../../model/migration-stats.ts'
import type { SourceTag } from '../fields.ts'

/** How near the simulated mean is meant to come: by a share of the published value, by so much of its unit, or on the right side of a value. */
export type Promised = { readonly share: number } | { readonly within: number } | { readonly atMost: number } | { readonly atLeast: number }

export interface PublishedFigure {
  /** What it was measured on. */
  readonly subject: string
  readonly quantity: string
  readonly unit: string
  readonly value: number
  readonly tag: SourceTag
  /** Null where nothing was promised. */
  readonly promised: Promised | null
  /** The same quantity from completed runs of the suite, a value for each run or for each repetition. */
  readonly of: (runs: readonly RunRecord[]) => readonly number[]
}

export interface PublishedResults {
  /** Who published, and when. */
  readonly source: string
  readonly figures: readonly PublishedFigure[]
  /** What the model cannot meet and what was fitted, a sentence or two each. */
  readonly remarks: readonly string[]
}
