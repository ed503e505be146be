/** What the planning worker is asked and what it answers. It is given the text, and reads it as the window does. */

import type { NewestWorker } from './newest-wins.ts'
import type { OutlinedPlanning } from './suite-outline.ts'

export interface PlanRequest {
  readonly id: number
  readonly text: string
  /** How problems call the file. */
  readonly fileName: string
}

export type PlanAnswer =
  | { readonly id: number; readonly ok: true; readonly planning: OutlinedPlanning }
  | { readonly id: number; readonly ok: false; readonly message: string }

export type PlanWorker = NewestWorker<PlanRequest, PlanAnswer>
