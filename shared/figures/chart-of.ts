/** From a recipe and runs to a figure: the one door to all kinds. */

import type { RunRecord } from '../model/migration-stats.ts'
import { band } from './band.ts'
import { bars } from './bars.ts'
import { box } from './box.ts'
import { cdf } from './cdf.ts'
import { downtimeBreakdown } from './downtime-breakdown.ts'
import { type Drawing, drawingOf } from './drawing.ts'
import { faultLatency } from './fault-latency.ts'
import { faults } from './faults.ts'
import { fidelity } from './fidelity.ts'
import { heatMap } from './heat-map.ts'
import { histogram } from './histogram.ts'
import { iterationTimeline } from './iteration-timeline.ts'
import { lines } from './lines.ts'
import type { Ground } from './palette.ts'
import { pageHeat } from './page-heat.ts'
import { pareto } from './pareto.ts'
import { phaseStack } from './phase-stack.ts'
import type { FigureKind, Recipe } from './recipe.ts'
import { balloon, serviceLevel } from './run-series.ts'
import { scatter } from './scatter.ts'
import type { ChartSpec } from './spec.ts'
import { timelines } from './timelines.ts'
import { wws } from './wws.ts'

export interface ChartOptions {
  /** What it is drawn on; paper is white. Default `paper`. */
  readonly ground?: Ground
}

type Kind = (recipe: Drawing, runs: readonly RunRecord[]) => ChartSpec

const kinds: Readonly<Record<FigureKind, Kind>> = {
  'iteration-timeline': iterationTimeline,
  bars,
  lines,
  wws,
  band,
  box,
  scatter,
  histogram,
  cdf,
  'heat-map': heatMap,
  pareto,
  'phase-stack': phaseStack,
  'downtime-breakdown': downtimeBreakdown,
  timelines,
  'service-level': serviceLevel,
  'fault-latency': faultLatency,
  faults,
  balloon,
  'page-heat': pageHeat,
  fidelity,
}

/** Throws a GodwitError with a code beginning with `figure.` where the recipe does not fit the runs. */
export function chartOf(recipe: Recipe, runs: readonly RunRecord[], { ground = 'paper' }: ChartOptions = {}): ChartSpec {
  return kinds[recipe.kind](drawingOf(recipe, ground), runs)
}
