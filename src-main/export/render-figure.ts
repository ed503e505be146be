/**
 * Draws a figure without a browser: Chart.js onto a Skia canvas whose unit is one point of paper. SVG and PDF stay
 * vectors with real text; PNG has as many dots as asked for. PGF/TikZ is text, and drawn by LaTeX.
 */

import { createCanvas, PDFDocument, type SKRSContext2D, SvgExportFlag } from '@napi-rs/canvas'
import { BarController, BarElement, CategoryScale, Chart, type ChartConfiguration, type ChartItem, Legend, LinearScale, LineController, LineElement, LogarithmicScale, type Plugin, PointElement, ScatterController, SubTitle, Title } from 'chart.js'
import { BoxAndWiskers, BoxPlotController } from '@sgratzl/chartjs-chart-boxplot'
import { BarWithErrorBar, BarWithErrorBarsController, PointWithErrorBar, ScatterWithErrorBarsController } from 'chartjs-chart-error-bars'
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix'
import { pointsPerCm } from '#shared/figures/paper-size.ts'
import { ink } from '#shared/figures/palette.ts'
import { type ChartSpec, penOf } from '#shared/figures/spec.ts'
import { requireFont } from './fonts.ts'
import { withPageSize } from './pdf.ts'
import { figureTex } from './pgf.ts'
import { withDotsPerInch } from './png.ts'
import { finishSvg } from './svg.ts'

export type FigureFormat = 'svg' | 'pdf' | 'png' | 'tex'

export interface RenderOptions {
  readonly format: FigureFormat
  /** Size on paper; the figure's own unless given. */
  readonly widthCm?: number
  readonly heightCm?: number
  /** Dots per inch of a PNG; 300 unless given. */
  readonly dpi?: number
}

Chart.register(
  ...[BarController, LineController, ScatterController, BarWithErrorBarsController, ScatterWithErrorBarsController, BoxPlotController, MatrixController],
  ...[BarElement, LineElement, PointElement, BarWithErrorBar, PointWithErrorBar, BoxAndWiskers, MatrixElement],
  ...[CategoryScale, LinearScale, LogarithmicScale, Legend, Title, SubTitle],
)

/** The figure as the content of a file. */
export async function renderFigure(spec: ChartSpec, options: RenderOptions): Promise<Buffer> {
  const size = { widthCm: options.widthCm ?? spec.widthCm, heightCm: options.heightCm ?? spec.heightCm }
  const page: Page = { width: size.widthCm * pointsPerCm, height: size.heightCm * pointsPerCm }
  if (options.format === 'tex') return Buffer.from(figureTex({ ...spec, ...size }))
  requireFont(spec.font)
  switch (options.format) {
    case 'svg':
      return renderSvg(spec, page, size)
    case 'pdf':
      return renderPdf(spec, page)
    case 'png':
      return renderPng(spec, page, options.dpi ?? 300)
  }
}

interface Page {
  /** In points. */
  readonly width: number
  readonly height: number
}

function renderSvg(spec: ChartSpec, page: Page, size: { readonly widthCm: number; readonly heightCm: number }): Buffer {
  const canvas = createCanvas(Math.ceil(page.width), Math.ceil(page.height), SvgExportFlag.NoPrettyXML)
  draw(spec, canvas.getContext('2d'), page, 1)
  return finishSvg(canvas.getContent(), { ...size, ...page, title: spec.caption })
}

function renderPdf(spec: ChartSpec, page: Page): Buffer {
  const document = new PDFDocument({ title: spec.caption, creator: 'Godwit' })
  draw(spec, document.beginPage(page.width, page.height) as unknown as SKRSContext2D, page, 1)
  document.endPage()
  return withPageSize(document.close(), page.width, page.height)
}

async function renderPng(spec: ChartSpec, page: Page, dpi: number): Promise<Buffer> {
  const scale = dpi / 72
  const canvas = createCanvas(Math.round(page.width * scale), Math.round(page.height * scale))
  draw(spec, canvas.getContext('2d'), page, scale)
  return withDotsPerInch(await canvas.encode('png'), dpi)
}

/** Runs Chart.js on any context. */
function draw(spec: ChartSpec, context: SKRSContext2D, page: Page, scale: number): void {
  const config = spec.config as ChartConfiguration
  // The union over all kinds is too wide for the compiler to spread.
  const drawn: unknown = Object.assign({}, config, { plugins: [paper, ...(config.plugins ?? [])], options: Object.assign({}, config.options, { devicePixelRatio: scale }) })
  const chart = new Chart(elementOf(context, page) as ChartItem, drawn as ChartConfiguration<'scatter'>)
  chart.destroy()
}

/**
 * What Chart.js takes for a canvas element: it has a size that need not be whole points, and a style. The context
 * names this element as its canvas, and the real one (a PDF page has none) keeps its size.
 */
function elementOf(context: SKRSContext2D, { width, height }: Page): unknown {
  const element = { width, height, style: {}, getContext: () => disguised }
  const disguised: SKRSContext2D = new Proxy(context, {
    get(target, name) {
      if (name === 'canvas') return element
      // Pages are fresh, and Chart.js also clears when a chart is destroyed, which would wipe the figure.
      if (name === 'clearRect') return () => undefined
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  })
  return element
}

/** White beneath everything, so that a figure reads on a dark page too. */
const paper: Plugin = {
  id: 'paper',
  beforeDraw(chart) {
    const pen = penOf(chart)
    pen.save()
    pen.fillStyle = ink.paper
    pen.fillRect(0, 0, chart.width + 1, chart.height + 1)
    pen.restore()
  },
}
