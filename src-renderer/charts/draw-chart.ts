/** Draws a figure with Chart.js into an element, in the points of paper enlarged to the pixels of the screen. */

import { BoxAndWiskers, BoxPlotController } from '@sgratzl/chartjs-chart-boxplot'
import { BarController, BarElement, CategoryScale, Chart, type ChartConfiguration, type Element, Legend, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, ScatterController, SubTitle, Title } from 'chart.js'
import { BarWithErrorBar, BarWithErrorBarsController, PointWithErrorBar, ScatterWithErrorBarsController } from 'chartjs-chart-error-bars'
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix'
import type { ChartSpec } from '#shared/figures/spec.ts'

Chart.register(
  ...[BarController, LineController, ScatterController, BarWithErrorBarsController, ScatterWithErrorBarsController, BoxPlotController, MatrixController],
  ...[BarElement, LineElement, PointElement, BarWithErrorBar, PointWithErrorBar, BoxAndWiskers, MatrixElement],
  ...[CategoryScale, LinearScale, LogarithmicScale, Legend, Title, SubTitle],
)

export interface Placement {
  /** In pixels of the page. */
  readonly width: number
  readonly height: number
  /** Pixels for each point of paper. */
  readonly scale: number
}

export interface MarkPlace {
  readonly dataset: number
  readonly index: number
  /** In pixels of the page, from the upper left corner of the figure. */
  readonly x: number
  readonly y: number
}

export interface DrawnChart {
  /** The mark at a place of the figure, or null. */
  readonly markAt: (x: number, y: number) => MarkPlace | null
  readonly placeOf: (dataset: number, index: number) => MarkPlace | null
  readonly destroy: () => void
}

/** All elements can tell their middle; the types of Chart.js say so of some only. */
type MarkElement = Element & { getCenterPoint(final: boolean): { readonly x: number; readonly y: number } }

/** Replaces what the host shows by the figure. Throws what Chart.js throws. */
export function drawChart(host: HTMLElement, spec: ChartSpec, { width, height, scale }: Placement): DrawnChart {
  const canvas = document.createElement('canvas')
  // Chart.js takes its size from the canvas, in points; the style enlarges them.
  canvas.width = width / scale
  canvas.height = height / scale
  const config = spec.config as ChartConfiguration
  const onScreen = { devicePixelRatio: window.devicePixelRatio * scale, elements: { point: { hitRadius: 3 } } }
  // The union over all kinds is too wide for the compiler to spread.
  const drawn: unknown = Object.assign({}, config, { options: Object.assign({}, config.options, onScreen) })
  const chart = new Chart(canvas, drawn as ChartConfiguration<'scatter'>)
  // Whole dots of the screen, so that nothing is drawn between them.
  canvas.style.width = `${canvas.width / window.devicePixelRatio}px`
  canvas.style.height = `${canvas.height / window.devicePixelRatio}px`
  canvas.setAttribute('aria-hidden', 'true')
  host.replaceChildren(canvas)

  const placeOf = (dataset: number, index: number): MarkPlace | null => {
    const element = chart.getDatasetMeta(dataset).data[index] as MarkElement | undefined
    if (element === undefined || Number.isNaN(element.x + element.y)) return null
    const centre = element.getCenterPoint(true)
    return { dataset, index, x: centre.x * scale, y: centre.y * scale }
  }
  return {
    placeOf,
    markAt: (x, y) => {
      // An event that names its native one is taken as it stands; Chart.js itself cannot know of the enlargement.
      const event = { type: 'click', native: null, x: x / scale, y: y / scale } as unknown as Event
      const [found] = chart.getElementsAtEventForMode(event, 'nearest', { intersect: true }, true)
      return found === undefined ? null : placeOf(found.datasetIndex, found.index)
    },
    destroy: () => chart.destroy(),
  }
}
