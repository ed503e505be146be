/** The downtime split into its parts, in the order in which they happen. */

import type { RunRecord } from '../model/migration-stats.ts'
import type { Drawing } from './drawing.ts'
import { meanings, okabeIto } from './palette.ts'
import type { ChartSpec } from './spec.ts'
import { type Part, stacked } from './stacked.ts'

const parts: readonly Part[] = [
  { label: 'suspension', colour: meanings.setup, hatch: 'none', of: (run) => run.downtimeParts.suspendMs },
  { label: 'last copy', colour: meanings['stop-and-copy'], hatch: 'rising', of: (run) => run.downtimeParts.lastCopyMs },
  { label: 'device state', colour: okabeIto.yellow, hatch: 'none', of: (run) => run.downtimeParts.stateMs },
  { label: 'commitment', colour: okabeIto.blue, hatch: 'falling', of: (run) => run.downtimeParts.commitMs },
  { label: 'resumption', colour: meanings.activation, hatch: 'crossed', of: (run) => run.downtimeParts.resumeMs },
]

export function downtimeBreakdown(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  return stacked(recipe, runs, { kind: 'downtime-breakdown', whole: 'Downtime', parts })
}
