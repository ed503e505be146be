/** From a recipe and runs to a figure: the one door to all kinds. */

import type { RunRecord } from '../model/migration-stats.ts'
import { assertNever } from '../units/assert-never.ts'
import { bars } from './bars.ts'
import { iterationTimeline } from './iteration-timeline.ts'
import { lines } from './lines.ts'
import type { Recipe } from './recipe.ts'
import type { ChartSpec } from './spec.ts'
import { wws } from './wws.ts'

/** Throws a GodwitError with a code beginning with `figure.` where the recipe does not fit the runs. */
export function chartOf(recipe: Recipe, runs: readonly RunRecord[]): ChartSpec {
  switch (recipe.kind) {
    case 'iteration-timeline':
      return iterationTimeline(recipe, runs)
    case 'bars':
      return bars(recipe, runs)
    case 'lines':
      return lines(recipe, runs)
    case 'wws':
      return wws(recipe, runs)
    default:
      return assertNever(recipe.kind)
  }
}
