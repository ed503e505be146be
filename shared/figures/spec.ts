/** A figure ready to be drawn: a Chart.js configuration, the data it shows as a table, and its caption. */

import type { Chart, ChartConfiguration } from 'chart.js'
import type {} from '@sgratzl/chartjs-chart-boxplot'
import type {} from 'chartjs-chart-error-bars'
import type {} from 'chartjs-chart-matrix'
import type { Scalar } from '../model/migration-stats.ts'
import type { FigureKind } from './recipe.ts'

export type FigureConfig =
  | ChartConfiguration<'scatterWithErrorBars'>
  | ChartConfiguration<'barWithErrorBars'>
  | ChartConfiguration<'scatter'>
  | ChartConfiguration<'boxplot'>
  | ChartConfiguration<'matrix'>
  | ChartConfiguration<'bar'>

/** All numbers that a figure shows, in the units named in the column heads. */
export interface FigureTable {
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly Scalar[]>
}

/** The runs behind a mark, and the condition of the filter language that finds them among those of their suites. */
export interface ChartMark {
  readonly runIds: readonly string[]
  readonly filter: string
}

export const noMark: ChartMark = { runIds: [], filter: '' }

export interface ChartSpec {
  readonly kind: FigureKind
  /** To be drawn on a canvas whose unit is one point (1/72 inch). */
  readonly config: FigureConfig
  readonly table: FigureTable
  /** One line: what is shown, n, interval, unit, and what was left out. */
  readonly caption: string
  /** What stands behind each mark, by dataset and place in it; absent where marks are parts of one run. */
  readonly marks?: ReadonlyArray<readonly ChartMark[]>
  readonly widthCm: number
  readonly heightCm: number
  readonly font: string
}

/** What figures use of a canvas context; it has the same shape in a browser and in Node. */
export interface Pen {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  font: string
  textAlign: 'left' | 'center' | 'right'
  textBaseline: 'top' | 'middle' | 'bottom' | 'alphabetic'
  save(): void
  restore(): void
  beginPath(): void
  rect(x: number, y: number, width: number, height: number): void
  clip(): void
  fill(): void
  stroke(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  translate(x: number, y: number): void
  rotate(angle: number): void
  fillRect(x: number, y: number, width: number, height: number): void
  strokeRect(x: number, y: number, width: number, height: number): void
  setLineDash(segments: number[]): void
  fillText(text: string, x: number, y: number): void
  measureText(text: string): { readonly width: number }
}

/** The pen of a chart. The shared world is compiled without the types of a browser, hence the assertion. */
export function penOf(chart: Chart): Pen {
  const pen: unknown = chart.ctx
  return pen as Pen
}
