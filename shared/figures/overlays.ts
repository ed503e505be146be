/** What is drawn over bars and lines: hatching that repeats the colour, and the single runs behind a mean. */

import type { Chart, ChartType, Element, Plugin } from 'chart.js'
import { type Comparison, mostSinglePoints, type Series } from './comparison.ts'
import type { Hatch, Inks } from './palette.ts'
import { type Pen, penOf } from './spec.ts'

/** Hatches the bars of each dataset, and its box in the legend, as its style says. */
export function hatching(series: ReadonlyArray<Pick<Series, 'style'>>, ink: Inks): Plugin<ChartType> {
  return {
    id: 'hatching',
    afterDatasetDraw(chart, { index, meta }) {
      const hatch = series[index]?.style.hatch ?? 'none'
      for (const element of meta.data) {
        const { x, y, base, width } = element.getProps(['x', 'y', 'base', 'width'] as never[], true) as unknown as { x: number; y: number; base: number; width: number }
        hatchBox(penOf(chart), { left: x - width / 2, top: Math.min(y, base), width, height: Math.abs(base - y) }, hatch, ink.paper)
      }
    },
    afterDraw(chart) {
      const legend = chart.legend as unknown as DrawnLegend | undefined
      if (legend?.options.display !== true) return
      const { pointStyleWidth: width = 0, boxHeight: height = 0 } = legend.options.labels
      legend.legendHitBoxes.forEach((hit, index) => {
        const box = { left: hit.left, top: hit.top + (hit.height - height) / 2, width, height }
        hatchBox(penOf(chart), box, series[index]?.style.hatch ?? 'none', ink.paper)
      })
    },
  }
}

/** What Chart.js knows of a legend that it has laid out; its types leave the places out. */
interface DrawnLegend {
  readonly options: { readonly display?: boolean; readonly labels: { readonly pointStyleWidth?: number; readonly boxHeight?: number } }
  readonly legendHitBoxes: ReadonlyArray<{ readonly left: number; readonly top: number; readonly width: number; readonly height: number }>
}

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export function hatchBox(pen: Pen, box: Box, hatch: Hatch, colour: string): void {
  if (hatch === 'rising' || hatch === 'crossed') slant(pen, box, 1, colour)
  if (hatch === 'falling' || hatch === 'crossed') slant(pen, box, -1, colour)
}

/** Slanting white lines, clipped to the box; direction 1 rises to the right. */
function slant(pen: Pen, { left, top, width, height }: Box, direction: 1 | -1, colour: string): void {
  if (!(width > 0 && height > 0)) return
  const spacing = 3
  const bottom = top + height
  pen.save()
  pen.beginPath()
  pen.rect(left, top, width, height)
  pen.clip()
  pen.strokeStyle = colour
  pen.lineWidth = 0.6
  pen.beginPath()
  for (let start = left - height; start < left + width; start += spacing) {
    pen.moveTo(start, direction === 1 ? bottom : top)
    pen.lineTo(start + height, direction === 1 ? top : bottom)
  }
  pen.stroke()
  pen.restore()
}

/** Bars narrower than this have no room for points, in points of paper. */
const leastBarWidth = 7

/** Small points for single runs across each bar, where they are few enough and the bar wide enough. */
export function runsOverBars({ series }: Pick<Comparison, 'series'>, ink: Inks): Plugin<ChartType> {
  return {
    id: 'runs-over-bars',
    afterDatasetsDraw(chart) {
      eachGroup(chart, series, ({ element, values, pixelOf, place }) => {
        const { width } = element.getProps(['width'] as never[], true) as unknown as { width: number }
        if (width < leastBarWidth) return
        const room = Math.min(width * 0.7, 20)
        values.forEach((value, run) => dot(penOf(chart), { x: place + (run / (values.length - 1) - 0.5) * room, y: pixelOf(value), edge: ink.axis, fill: ink.paper }))
      }, 'bar')
    },
  }
}

/** The same for lines: beside each mean, beneath its mark. */
export function runsBesideMeans({ series }: Pick<Comparison, 'series'>, ink: Inks): Plugin<ChartType> {
  return {
    id: 'runs-beside-means',
    beforeDatasetsDraw(chart) {
      eachGroup(chart, series, ({ values, pixelOf, place, colour }) => {
        for (const value of values) dot(penOf(chart), { x: place + 4, y: pixelOf(value), edge: colour, fill: ink.paper })
      }, 'line')
    },
  }
}

interface Group {
  readonly element: Element
  readonly values: readonly number[]
  readonly pixelOf: (value: number) => number
  readonly place: number
  readonly colour: string
}

/** Calls for each mean with the runs behind it. Bars have an element for each place, lines one for each mean. */
function eachGroup(chart: Chart, series: readonly Series[], visit: (group: Group) => void, kind: 'bar' | 'line'): void {
  const y = chart.scales['y']
  if (y === undefined) return
  series.forEach((one, dataset) => {
    const elements = chart.getDatasetMeta(dataset).data
    one.cells.forEach((cell, index) => {
      const element = elements[kind === 'bar' ? cell.place : index]
      if (element === undefined || cell.values.length < 2 || cell.values.length > mostSinglePoints) return
      visit({ element, values: cell.values, pixelOf: (value) => y.getPixelForValue(value), place: element.x, colour: one.style.colour })
    })
  })
}

export function dot(pen: Pen, { x, y, edge, fill }: { readonly x: number; readonly y: number; readonly edge: string; readonly fill: string }): void {
  pen.save()
  pen.beginPath()
  pen.arc(x, y, 0.85, 0, 2 * Math.PI)
  pen.fillStyle = fill
  pen.fill()
  pen.strokeStyle = edge
  pen.lineWidth = 0.4
  pen.stroke()
  pen.restore()
}
