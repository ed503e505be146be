/** What the kinds of figures are called in menus. */

import type { FigureKind } from '#shared/figures/recipe.ts'

export const kindLabels: Readonly<Record<FigureKind, string>> = {
  bars: 'Bars',
  lines: 'Lines',
  band: 'Lines with bands',
  box: 'Boxes',
  scatter: 'Scatter',
  histogram: 'Histogram',
  cdf: 'Cumulative distribution',
  'heat-map': 'Heat map',
  pareto: 'Pareto front',
  'phase-stack': 'Phases, stacked',
  'downtime-breakdown': 'Downtime in its parts',
  timelines: 'Timelines, laid over',
  'iteration-timeline': 'Iterations of one run',
  wws: 'Writable working set',
  'page-heat': 'Writes over time and address',
  'service-level': "Guest's work over time",
  'fault-latency': 'Latency of page faults',
  faults: 'Page faults over time and address',
  balloon: 'Balloon over time',
  fidelity: 'Simulated against measured',
}
