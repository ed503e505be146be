/** Which runs a figure needs with their iterations and series; all other figures are made from the short rows. */

import type { RunRecord } from '../model/migration-stats.ts'
import type { Recipe } from './recipe.ts'
import { noFaults, withFaults } from './fault-latency.ts'
import { withBalloon } from './run-series.ts'
import { selectOneRun } from './selection.ts'
import { runsLaidOver } from './timelines.ts'

/** Ids of the runs to load whole; empty if rows are enough. `rows` may lack iterations and series. */
export function wholeRunsFor(recipe: Recipe, rows: readonly RunRecord[]): readonly string[] {
  switch (recipe.kind) {
    case 'iteration-timeline':
      return [selectOneRun(recipe, rows, (run) => run.pagesSent > 0, 'None of these runs sent pages; an iteration timeline shows a pre-copy migration').runId]
    case 'wws':
    case 'page-heat':
      return [selectOneRun(recipe, rows, () => true, '').runId]
    case 'faults':
      return [selectOneRun(recipe, rows, (run) => run.majorFaults > 0, noFaults).runId]
    case 'fault-latency':
      return withFaults(recipe, rows).map((run) => run.runId)
    case 'balloon':
      return runsLaidOver(recipe, withBalloon(recipe, rows)).map((run) => run.runId)
    case 'service-level':
    case 'timelines':
      return runsLaidOver(recipe, rows).map((run) => run.runId)
    default:
      return []
  }
}
