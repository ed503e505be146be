/**
 * A figure as PGF/TikZ, to be read into a LaTeX document with \input: the document's own letters, and numbers that can
 * still be changed by hand. It needs pgfplots, and for hatched bars the TikZ library `patterns`; a comment says so.
 *
 * Not every kind can be told to pgfplots; the others are refused, and are better included as PDF.
 */

import { type Hatch, meanings, seriesStyles } from '#shared/figures/palette.ts'
import type { FigureKind } from '#shared/figures/recipe.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scalar } from '#shared/model/migration-stats.ts'
import { formatNumber } from '#shared/units/quantity.ts'

const writers: Readonly<Partial<Record<FigureKind, (spec: ChartSpec) => Plot>>> = {
  bars: barPlot,
  lines: (spec) => linePlot(spec, false),
  band: (spec) => linePlot(spec, true),
  scatter: scatterPlot,
  'iteration-timeline': iterationPlot,
  'fault-latency': curvePlot,
  'service-level': curvePlot,
  balloon: curvePlot,
  faults: faultPlot,
  fidelity: fidelityPlot,
}

/** The figure as text. Refuses a kind that pgfplots cannot draw. */
export function figureTex(spec: ChartSpec): string {
  const write = writers[spec.kind]
  if (write === undefined) {
    throw new GodwitError('figure.format', `A figure of the kind "${spec.kind}" cannot be written as PGF/TikZ; write it as PDF, and include that. PGF/TikZ is written for ${Object.keys(writers).join(', ')}`)
  }
  const { colours, axis, body } = write(spec)
  return [
    `% ${spec.caption.replaceAll(/\s+/g, ' ')}`,
    '% Made by Godwit. In the preamble: \\usepackage{pgfplots} \\pgfplotsset{compat=1.16} \\usetikzlibrary{patterns}',
    '\\begin{tikzpicture}',
    ...[...colours].map(([hex, name]) => `  \\definecolor{${name}}{HTML}{${hex.slice(1, 7).toUpperCase()}}`),
    '  \\begin{axis}[',
    ...[...commonAxis(spec), ...axis].map((line) => `    ${line},`),
    '  ]',
    ...[...legendTitle(spec), ...body].map((line) => `    ${line}`),
    '  \\end{axis}',
    '\\end{tikzpicture}',
    '',
  ].join('\n')
}

/** Text in which no sign has a meaning to TeX. */
export function escapeTex(text: string): string {
  return text.replaceAll(/[\\{}$&#^_~%<>|"]/g, (sign) => texSigns[sign] ?? sign).replaceAll(/[\r\n]+/g, ' ')
}

const texSigns: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', $: '\\$', '&': '\\&', '#': '\\#', '^': '\\textasciicircum{}',
  _: '\\_', '~': '\\textasciitilde{}', '%': '\\%', '<': '\\textless{}', '>': '\\textgreater{}', '|': '\\textbar{}', '"': "''",
}

interface Plot {
  /** Names of colours by #RRGGBB. */
  readonly colours: ReadonlyMap<string, string>
  readonly axis: readonly string[]
  readonly body: readonly string[]
}

/** What is read of the configuration; the kinds that are written all have datasets of this form. */
interface Dataset {
  readonly label?: string
  readonly data: ReadonlyArray<{ readonly x?: number; readonly xMin?: number; readonly xMax?: number; readonly y: number; readonly yMin?: number; readonly yMax?: number }>
  readonly backgroundColor?: string
  readonly borderColor?: string
  readonly borderDash?: readonly number[]
  readonly pointStyle?: string
  readonly stepped?: string | boolean
  readonly pointBackgroundColor?: string
}

interface Scale {
  readonly type?: string
  readonly min?: number
  readonly max?: number
  readonly title?: { readonly text?: string }
}

function datasetsOf(spec: ChartSpec): readonly Dataset[] {
  return spec.config.data.datasets as unknown as readonly Dataset[]
}

function scaleOf(spec: ChartSpec, name: 'x' | 'y'): Scale {
  return ((spec.config.options?.scales ?? {}) as Readonly<Record<string, Scale>>)[name] ?? {}
}

function commonAxis(spec: ChartSpec): readonly string[] {
  const title = spec.config.options?.plugins?.title
  const [x, y] = [scaleOf(spec, 'x'), scaleOf(spec, 'y')]
  return [
    `width=${short(spec.widthCm)}cm`,
    `height=${short(spec.heightCm)}cm`,
    ...(title?.display === true ? [`title={${escapeTex([title.text].flat().join(' '))}}`] : []),
    `xlabel={${escapeTex(x.title?.text ?? '')}}`,
    `ylabel={${escapeTex(y.title?.text ?? '')}}`,
    ...(y.type === 'logarithmic' ? ['ymode=log'] : []),
    ...(y.min === undefined ? [] : [`ymin=${short(y.min)}`]),
    'axis lines=left',
    'ymajorgrids',
    'grid style={gray!30}',
    'tick label style={/pgf/number format/.cd, 1000 sep={}}',
    'legend style={draw=none, fill=none, font=\\footnotesize, at={(0,1.02)}, anchor=south west, legend columns=-1}',
  ]
}

function barPlot(spec: ChartSpec): Plot {
  const datasets = datasetsOf(spec)
  const labels = (spec.config.data.labels ?? []).map(String)
  const colours = named(datasets.map(({ backgroundColor }) => backgroundColor))
  return {
    colours,
    axis: [
      'ybar',
      `bar width=${short(Math.min(14, (spec.widthCm * 18) / Math.max(labels.length * datasets.length, 1)))}pt`,
      `xtick={${labels.map((_, place) => place).join(',')}}`,
      `xticklabels={${labels.map((label) => `{${escapeTex(label)}}`).join(',')}}`,
      `xmin=-0.6`,
      `xmax=${short(labels.length - 0.4)}`,
      'unbounded coords=jump',
      'area legend',
    ],
    body: datasets.flatMap((dataset, index) => [
      `\\addplot+[draw=black, line width=0.2pt, fill=${colours.get(dataset.backgroundColor ?? '') ?? 'black'}${patternOf(seriesStyles[index]?.hatch ?? 'none')}, error bars/.cd, y dir=both, y explicit, error bar style={black}]`,
      ...tableWithErrors(dataset.data.map((datum, place) => ({ ...datum, x: place }))),
      ...legendEntry(datasets, dataset),
    ]),
  }
}

function patternOf(hatch: Hatch): string {
  const pattern = { none: '', rising: 'north east lines', falling: 'north west lines', crossed: 'crosshatch' }[hatch]
  return pattern === '' ? '' : `, postaction={pattern=${pattern}, pattern color=white}`
}

function linePlot(spec: ChartSpec, withBand: boolean): Plot {
  const datasets = datasetsOf(spec)
  const colours = named(datasets.map(({ borderColor }) => borderColor))
  return {
    colours,
    axis: numericX(spec, datasets),
    body: datasets.flatMap((dataset) => {
      const colour = colours.get(dataset.borderColor ?? '') ?? 'black'
      const style = [`color=${colour}`, 'line width=0.8pt', dashOf(dataset.borderDash ?? []), ...markOf(dataset, colour)].filter((part) => part !== '').join(', ')
      if (withBand) {
        const high = dataset.data.map(({ x = 0, y, yMax = y }) => `(${short(x)},${short(yMax)})`)
        const low = dataset.data.map(({ x = 0, y, yMin = y }) => `(${short(x)},${short(yMin)})`).reverse()
        return [
          `\\addplot[draw=none, fill=${colour}, fill opacity=0.18, forget plot] coordinates {${[...high, ...low].join(' ')}} -- cycle;`,
          `\\addplot[${style}] coordinates {${dataset.data.map(({ x = 0, y }) => `(${short(x)},${short(y)})`).join(' ')}};`,
          ...legendEntry(datasets, dataset),
        ]
      }
      return [`\\addplot[${style}, error bars/.cd, y dir=both, y explicit]`, ...tableWithErrors(dataset.data), ...legendEntry(datasets, dataset)]
    }),
  }
}

/** Lines through all of their points, without marks. */
function curvePlot(spec: ChartSpec): Plot {
  const datasets = datasetsOf(spec)
  const colours = named(datasets.map(({ borderColor }) => borderColor))
  return {
    colours,
    axis: numericX(spec, datasets),
    body: datasets.flatMap((dataset) => {
      const style = [`color=${colours.get(dataset.borderColor ?? '') ?? 'black'}`, 'line width=0.8pt', 'mark=none', dataset.stepped === 'before' ? 'const plot mark right' : '', dashOf(dataset.borderDash ?? [])].filter((part) => part !== '').join(', ')
      return [`\\addplot[${style}]`, ...tableOf(['x', 'y'], dataset.data.map(({ x = 0, y }) => [x, y])), ...legendEntry(datasets, dataset)]
    }),
  }
}

/** From the table of the figure, which has the latencies that its marks are shaded by. */
function faultPlot(spec: ChartSpec): Plot {
  const { min, max } = scaleOf(spec, 'x')
  const rows = spec.table.rows.map(([seconds, , address, latencyMs]) => [Number(seconds), Number(address), Math.log10(Math.max(Number(latencyMs), 1e-6))])
  return {
    colours: new Map(),
    axis: [...(min === undefined ? [] : [`xmin=${short(min)}`]), ...(max === undefined ? [] : [`xmax=${short(max)}`]), 'colormap={latency}{rgb255=(176,200,217) rgb255=(0,69,111)}'],
    body: ['\\addplot[scatter, only marks, mark=*, mark size=0.7pt, scatter src=explicit]', ...tableOf(['x', 'y', 'latency'], rows, ', meta=latency')],
  }
}

function scatterPlot(spec: ChartSpec): Plot {
  const datasets = datasetsOf(spec)
  const colours = named(datasets.map(({ borderColor }) => borderColor))
  return {
    colours,
    axis: ['xmajorgrids'],
    body: datasets.flatMap((dataset) => {
      const colour = colours.get(dataset.borderColor ?? '') ?? 'black'
      return [`\\addplot[only marks, color=${colour}, ${markOf(dataset, colour).join(', ')}]`, ...tableOf(['x', 'y'], dataset.data.map(({ x = 0, y }) => [x, y])), ...legendEntry(datasets, dataset)]
    }),
  }
}

/** Marks with intervals in both directions on two axes of one range, and the diagonal. */
function fidelityPlot(spec: ChartSpec): Plot {
  const datasets = datasetsOf(spec)
  const colours = named(datasets.map(({ borderColor }) => borderColor))
  const { type, min = 0, max = 1 } = scaleOf(spec, 'x')
  return {
    colours,
    axis: [...(type === 'logarithmic' ? ['xmode=log'] : []), `xmin=${short(min)}`, `xmax=${short(max)}`, `ymax=${short(max)}`, 'xmajorgrids'],
    body: [
      `\\addplot[black!70, dashed, mark=none, forget plot] coordinates {(${short(min)},${short(min)}) (${short(max)},${short(max)})};`,
      ...datasets.flatMap((dataset) => {
        const colour = colours.get(dataset.borderColor ?? '') ?? 'black'
        const rows = dataset.data.map(({ x = 0, xMin = x, xMax = x, y, yMin = y, yMax = y }) => [x, y, xMax - x, x - xMin, yMax - y, y - yMin])
        const errors = ', x error plus=xplus, x error minus=xminus, y error plus=yplus, y error minus=yminus'
        return [
          `\\addplot[only marks, color=${colour}, ${markOf(dataset, colour).join(', ')}, error bars/.cd, x dir=both, x explicit, y dir=both, y explicit]`,
          ...tableOf(['x', 'y', 'xplus', 'xminus', 'yplus', 'yminus'], rows, errors),
          ...legendEntry(datasets, dataset),
        ]
      }),
    ],
  }
}

/** From the table of the figure: its bars are drawn by hand there as well. */
function iterationPlot(spec: ChartSpec): Plot {
  const column = (name: string): number => spec.table.columns.indexOf(name)
  const cell = (row: readonly Scalar[], name: string): number => Number(row[column(name)] ?? 0)
  const { min, max } = scaleOf(spec, 'x')
  const colours = new Map<string, string>([[meanings.precopy, 'godwitsent'], [meanings['stop-and-copy'], 'godwitstopped']])
  const rows = spec.table.rows.map((row) => ({ start: cell(row, 'start (s)'), end: cell(row, 'end (s)'), sent: cell(row, 'sent (Mbit/s)'), dirtied: cell(row, 'dirtied (Mbit/s)'), mebibytes: cell(row, 'sent (MiB)'), stopped: row[column('phase')] === 'stop-and-copy' }))
  const highest = Math.max(...rows.flatMap(({ sent, dirtied }) => [sent, dirtied]), 1)
  return {
    colours,
    axis: [...(min === undefined ? [] : [`xmin=${short(min)}`]), ...(max === undefined ? [] : [`xmax=${short(max)}`]), `ymax=${short(highest * 1.22)}`, 'clip=true'],
    body: [
      '\\addlegendimage{area legend, fill=godwitsent, draw=black!70}',
      '\\addlegendentry{sent}',
      '\\addlegendimage{line legend, black, line width=1.4pt}',
      '\\addlegendentry{dirtied}',
      ...(rows.some(({ stopped }) => stopped) ? ['\\addlegendimage{area legend, fill=godwitstopped, draw=black!70}', '\\addlegendentry{sent while stopped}'] : []),
      ...rows.flatMap(({ start, end, sent, dirtied, mebibytes, stopped }) => [
        `\\draw[fill=${stopped ? 'godwitstopped' : 'godwitsent'}, draw=black!70, line width=0.3pt] (axis cs:${short(start)},0) rectangle (axis cs:${short(end)},${short(sent)}); % ${formatNumber(mebibytes)} MiB`,
        ...(stopped ? [] : [`\\draw[black, line width=1.4pt] (axis cs:${short(start)},${short(dirtied)}) -- (axis cs:${short(end)},${short(dirtied)});`]),
      ]),
    ],
  }
}

/** A numeric axis whose ticks are the values that were measured, if they are few. */
function numericX(spec: ChartSpec, datasets: readonly Dataset[]): readonly string[] {
  const { type, min, max } = scaleOf(spec, 'x')
  const places = [...new Set(datasets.flatMap(({ data }) => data.map(({ x = 0 }) => x)))].toSorted((one, other) => one - other)
  const ticks = places.length > 12 ? [] : [`xtick={${places.map(short).join(',')}}`, `xticklabels={${places.map((place) => `{${formatNumber(place)}}`).join(',')}}`, 'xminorticks=false']
  return [...(type === 'logarithmic' ? ['xmode=log'] : []), ...(min === undefined ? [] : [`xmin=${short(min)}`]), ...(max === undefined ? [] : [`xmax=${short(max)}`]), ...ticks]
}

function tableWithErrors(data: Dataset['data']): readonly string[] {
  return tableOf(['x', 'y', 'plus', 'minus'], data.map(({ x = 0, y, yMin = y, yMax = y }) => [x, y, yMax - y, y - yMin]), ', y error plus=plus, y error minus=minus')
}

function tableOf(names: readonly string[], rows: ReadonlyArray<readonly number[]>, more = ''): readonly string[] {
  return [`  table[x=x, y=y${more}] {`, `    ${names.join(' ')}`, ...rows.map((row) => `    ${row.map(short).join(' ')}`), '  };']
}

function legendTitle(spec: ChartSpec): readonly string[] {
  const title = spec.config.options?.plugins?.legend?.title
  return title?.display === true ? ['\\addlegendimage{empty legend}', `\\addlegendentry{${escapeTex(String(title.text))}:}`] : []
}

function legendEntry(datasets: readonly Dataset[], { label }: Dataset): readonly string[] {
  return datasets.length > 1 ? [`\\addlegendentry{${escapeTex(label ?? '')}}`] : []
}

const marks: Readonly<Record<string, readonly [filled: string, hollow: string]>> = {
  circle: ['*', 'o'], rect: ['square*', 'square'], triangle: ['triangle*', 'triangle'], rectRot: ['diamond*', 'diamond'], cross: ['+', '+'], star: ['asterisk', 'asterisk'],
}

/** A mark is hollow where its ground is that of the paper. */
function markOf({ pointStyle = 'circle', pointBackgroundColor = '' }: Dataset, colour: string): readonly string[] {
  const [filled, hollow] = marks[pointStyle] ?? ['*', 'o']
  const solid = pointBackgroundColor.toUpperCase() !== '#FFFFFF'
  return [`mark=${solid ? filled : hollow}`, `mark options={solid${solid ? `, fill=${colour}` : ''}, scale=0.7}`]
}

function dashOf(dash: readonly number[]): string {
  return dash.length === 0 ? '' : `dash pattern=${dash.map((length, index) => `${index % 2 === 0 ? 'on' : 'off'} ${short(length)}pt`).join(' ')}`
}

function named(colours: ReadonlyArray<string | undefined>): ReadonlyMap<string, string> {
  const different = [...new Set(colours.filter((colour) => colour !== undefined))]
  return new Map(different.map((colour, index) => [colour, `godwit${String.fromCharCode(97 + index)}`]))
}

/** A number that TeX reads: no exponent for usual sizes, `nan` where there is none. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : 'nan'
}
