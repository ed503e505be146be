/**
 * Where the time of a migration goes: set-up, copying while the guest runs, and downtime. The three come from the run's
 * own record and sum to its total time, so that the figure needs no timeline.
 */

import type { RunRecord } from '../model/migration-stats.ts'
import type { Drawing } from './drawing.ts'
import { meanings } from './palette.ts'
import type { ChartSpec } from './spec.ts'
import { type Part, stacked } from './stacked.ts'

const phases: readonly Part[] = [
  { label: 'set-up', colour: meanings.setup, hatch: 'none', of: (run) => run.setupMs },
  { label: 'copying while the guest runs', colour: meanings.precopy, hatch: 'none', of: (run) => Math.max(run.totalMs - run.setupMs - run.downtimeMs, 0) },
  { label: 'downtime', colour: meanings['stop-and-copy'], hatch: 'rising', of: (run) => run.downtimeMs },
]

export function phaseStack(recipe: Drawing, runs: readonly RunRecord[]): ChartSpec {
  return stacked(recipe, runs, { kind: 'phase-stack', whole: 'Total migration time', parts: phases })
}
