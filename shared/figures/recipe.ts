/**
 * A chart recipe: what a figure shows, written in a suite file under `figures`, in a file of its own, or put together
 * from options of the command line.
 */

import * as z from 'zod'
import { parseQuantity } from '../units/quantity.ts'
import { GodwitError } from '../model/godwit-error.ts'
import { columnMeanings, type ColumnName, columns, parseLength } from './paper-size.ts'
import { nearest } from './nearest.ts'

export const figureKinds = {
  'iteration-timeline': 'Rate of transfer and of dirtying of each iteration of one run, against time',
  bars: 'Means of a metric as bars with intervals, over a factor',
  lines: 'Means of a metric as lines with intervals, over a numeric factor',
  wws: 'The writable working set of one run over time, and its distribution',
  band: 'Means of a metric as lines, with the interval as a band, over a numeric factor',
  box: 'Median, quartiles and outliers of a metric as boxes, over a factor',
  scatter: 'One metric against another, a point for each run',
  histogram: 'How many runs have which value of a metric',
  cdf: 'Share of runs up to each value of a metric',
  'heat-map': 'Mean of a metric as lightness, over two factors',
  pareto: 'Two metrics against each other, a point for each setting, with those that no other beats',
  'phase-stack': 'Mean time spent in each phase, stacked, over a factor',
  'downtime-breakdown': 'Mean length of the parts of the downtime, stacked, over a factor',
  timelines: 'Rate of transfer of several runs over time, laid over each other',
  'service-level': 'Work that the guest does against undisturbed over time, several runs laid over each other',
  'fault-latency': 'Share of the page faults up to each latency, a line for each run',
  faults: 'Page faults of one run over time and address, darker and larger for a longer latency',
  balloon: 'Memory in the balloon over time, several runs laid over each other',
  'page-heat': 'Where one run writes and when: the share of each stretch of memory that each window wrote',
  fidelity: 'What was simulated against what was measured, a mark for each point of the suite; on the diagonal they are equal',
} as const

export type FigureKind = keyof typeof figureKinds

/** What an editor needs to know of a field of a recipe. */
export interface RecipeFieldMeta {
  readonly meaning: string
  readonly label: string
  readonly group: 'What' | 'Runs' | 'Axes' | 'Look' | 'Paper'
  readonly control: 'choice' | 'text' | 'number' | 'list' | 'metric' | 'factor' | 'conditions'
  readonly options?: Readonly<Record<string, string>>
  /** Kinds of figure that read the field; absent: all. */
  readonly appliesTo?: readonly FigureKind[]
  readonly defaultText?: string
  readonly example?: string
  readonly step?: number
}

function field(meta: RecipeFieldMeta): Record<string, unknown> {
  return { ...meta }
}

const text = z.string({ error: 'text is expected' }).max(200, 'at most 200 characters are allowed')
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'a single value is expected' })

function length(least: number, most: number) {
  return z.string({ error: 'a length with its unit is expected, such as 8.5 cm' }).transform((input, context) => {
    const centimetres = parseLength(input)
    const problem =
      centimetres === undefined
        ? `"${input}" is not a length; write a number and cm, mm, in or pt, such as 8.5 cm`
        : centimetres < least || centimetres > most
          ? `${input} is out of range; a figure may measure ${least} cm to ${most} cm`
          : undefined
    if (centimetres !== undefined && problem === undefined) return centimetres
    context.addIssue({ code: 'custom', message: problem ?? '', input })
    return z.NEVER
  })
}

const duration = z.union([z.string(), z.number()], { error: 'a time is expected, such as 50 s' }).transform((input, context) => {
  const parsed = parseQuantity(input, 'nanoseconds')
  if (parsed.ok && parsed.value >= 0) return parsed.value
  context.addIssue({ code: 'custom', message: parsed.ok ? 'a time cannot be negative' : parsed.problem, input })
  return z.NEVER
})

const confidence = z.union([z.string(), z.number()], { error: 'a share is expected, such as 95 %' }).transform((input, context) => {
  const parsed = parseQuantity(input, 'fraction')
  if (parsed.ok && parsed.value >= 0.5 && parsed.value < 1) return parsed.value
  context.addIssue({ code: 'custom', message: parsed.ok ? 'a confidence lies between 50 % and 100 %' : parsed.problem, input })
  return z.NEVER
})

const overFactor: readonly FigureKind[] = ['bars', 'lines', 'band', 'box', 'heat-map', 'phase-stack', 'downtime-breakdown']
const ofGroups: readonly FigureKind[] = [...overFactor, 'scatter', 'histogram', 'cdf', 'pareto', 'fidelity']
const ofMetric: readonly FigureKind[] = ['bars', 'lines', 'band', 'box', 'scatter', 'histogram', 'cdf', 'heat-map', 'pareto', 'fidelity']
const ofOneRun: readonly FigureKind[] = ['iteration-timeline', 'wws', 'faults', 'page-heat']
const laidOver: readonly FigureKind[] = ['timelines', 'service-level', 'fault-latency', 'balloon']
const ofTime: readonly FigureKind[] = [...ofOneRun, 'timelines', 'service-level', 'balloon']

export const recipeSchema = z.strictObject(
  {
    kind: z.enum(Object.keys(figureKinds) as [FigureKind, ...FigureKind[]], {
      error: ({ input }) =>
        input === undefined
          ? `it is missing; there are ${Object.keys(figureKinds).join(', ')}`
          : `${JSON.stringify(input)} is not a kind of figure${nearest(typeof input === 'string' ? input : '', Object.keys(figureKinds))}; there are ${Object.keys(figureKinds).join(', ')}`,
    }).meta(field({ meaning: 'What is drawn', label: 'Kind', group: 'What', control: 'choice', options: figureKinds })),
    name: z.string({ error: 'text is expected' }).regex(/^[a-z0-9][a-z0-9._-]{0,79}$/i, 'a name has letters, digits, dots, dashes and underscores').optional()
      .meta(field({ meaning: 'File name of the figure, without its ending', label: 'Name', group: 'What', control: 'text' })),
    title: text.optional().meta(field({ meaning: 'Text above the figure; papers have captions instead', label: 'Title', group: 'What', control: 'text' })),
    metric: text.optional().meta(field({ meaning: 'Key of the metric on the y axis, for fidelity on both; totalMs unless given', label: 'Metric', group: 'What', control: 'metric', appliesTo: ofMetric })),
    xMetric: text.optional().meta(field({ meaning: 'Key of the metric on the x axis; totalMs unless given', label: 'Metric on x', group: 'What', control: 'metric', appliesTo: ['scatter', 'pareto'] })),
    x: text.optional().meta(field({ meaning: 'Path of the factor on the x axis, or backend, or suite; may be left out if one factor is varied', label: 'Factor on x', group: 'What', control: 'factor', appliesTo: overFactor })),
    series: text.optional().meta(field({ meaning: 'Path of the factor that makes the series, or backend, or suite', label: 'Series', group: 'What', control: 'factor', appliesTo: ofGroups })),
    where: z.record(z.string(), z.union([scalar, z.array(scalar).min(1, 'the list is empty; write at least one value')], { error: 'a value or a list of values is expected' }), { error: 'a mapping of field paths to values is expected' }).prefault({})
      .meta(field({ meaning: 'Only runs whose factors have these values', label: 'Only', group: 'Runs', control: 'conditions' })),
    run: text.optional().meta(field({ meaning: 'Id of the run, or its beginning, for figures of one run', label: 'Run', group: 'Runs', control: 'text', appliesTo: ofOneRun })),
    runs: z.array(text, { error: 'a list of ids is expected' }).min(1, 'the list is empty; write at least one id').max(6, 'at most 6 runs can be told apart').optional()
      .meta(field({ meaning: 'Ids of the runs, or their beginnings; unless given, the first run of each point, at most six', label: 'Runs', group: 'Runs', control: 'list', appliesTo: laidOver })),
    point: z.number({ error: 'a plain number is expected' }).int('a whole number is expected').min(0, 'points count from 0').optional()
      .meta(field({ meaning: 'Only runs of this point', label: 'Point', group: 'Runs', control: 'number', step: 1 })),
    baseline: text.optional().meta(field({ meaning: 'Value of the series, or of the factor on x without series, that the others are compared with, paired by seed; the differences stand in the data', label: 'Baseline', group: 'Runs', control: 'text', example: '1 Gbit/s', appliesTo: ['bars', 'lines', 'band'] })),
    confidence: confidence.prefault('95 %').meta(field({ meaning: 'Confidence of the intervals', label: 'Confidence', group: 'Runs', control: 'text', defaultText: '95 %', appliesTo: ['bars', 'lines', 'band', 'heat-map', 'pareto', 'phase-stack', 'downtime-breakdown', 'fidelity'] })),
    from: duration.optional().meta(field({ meaning: 'Where the time axis begins', label: 'From', group: 'Axes', control: 'text', example: '0 s', appliesTo: ofTime })),
    to: duration.optional().meta(field({ meaning: 'Where the time axis ends', label: 'To', group: 'Axes', control: 'text', example: '50 s', appliesTo: ofTime })),
    xLabel: text.optional().meta(field({ meaning: 'Text at the x axis; what it counts and its unit unless given', label: 'x label', group: 'Axes', control: 'text' })),
    yLabel: text.optional().meta(field({ meaning: 'Text at the y axis; what it counts and its unit unless given', label: 'y label', group: 'Axes', control: 'text' })),
    yScale: z.enum(['linear', 'log'], { error: 'linear or log is expected' }).prefault('linear')
      .meta(field({ meaning: 'Equal steps or equal ratios along the y axis', label: 'y scale', group: 'Axes', control: 'choice', options: { linear: 'Equal steps', log: 'Equal ratios' }, defaultText: 'linear', appliesTo: ['lines', 'band', 'scatter', 'pareto'] })),
    bins: z.number({ error: 'a plain number is expected' }).int('a whole number is expected').min(2, 'the least is 2').max(100, 'the most is 100').optional()
      .meta(field({ meaning: 'Number of bins; after Freedman and Diaconis unless given', label: 'Bins', group: 'Axes', control: 'number', step: 1, appliesTo: ['histogram'] })),
    legend: z.enum(['top', 'right', 'bottom', 'none'], { error: 'top, right, bottom or none is expected' }).prefault('top')
      .meta(field({ meaning: 'Where the series are named', label: 'Legend', group: 'Look', control: 'choice', options: { top: 'Above the plot', right: 'Beside it', bottom: 'Below it', none: 'Nowhere: the caption names them' }, defaultText: 'top' })),
    order: z.enum(['rising', 'falling', 'suite'], { error: 'rising, falling or suite is expected' }).prefault('rising')
      .meta(field({ meaning: 'Order of the series', label: 'Order', group: 'Look', control: 'choice', options: { rising: 'By rising value of a numeric factor', falling: 'By falling value', suite: 'As the runs come' }, defaultText: 'rising', appliesTo: ofGroups })),
    palette: z.enum(['colour', 'grey'], { error: 'colour or grey is expected' }).prefault('colour')
      .meta(field({ meaning: 'Colours, or greys for journals that print in black', label: 'Palette', group: 'Look', control: 'choice', options: { colour: 'Okabe and Ito', grey: 'Black and greys' }, defaultText: 'colour' })),
    column: z.enum(Object.keys(columns) as [ColumnName, ...ColumnName[]], { error: `${Object.entries(columns).map(([name, width]) => `${name} (${width} cm)`).join(', ')} is expected` }).prefault('one')
      .meta(field({ meaning: 'Width on paper, as a column of a page', label: 'Column', group: 'Paper', control: 'choice', options: columnMeanings, defaultText: 'one' })),
    width: length(4, 60).optional().meta(field({ meaning: 'Width on paper; wins over column', label: 'Width', group: 'Paper', control: 'text', example: '8.5 cm' })),
    height: length(3, 60).optional().meta(field({ meaning: 'Height on paper; follows from aspect unless given', label: 'Height', group: 'Paper', control: 'text', example: '5 cm' })),
    aspect: z.number({ error: 'a plain number is expected' }).min(0.3, 'the least is 0.3').max(6, 'the most is 6').optional()
      .meta(field({ meaning: 'Width over height', label: 'Aspect', group: 'Paper', control: 'number', step: 0.1 })),
    font: text.prefault('Arimo').meta(field({ meaning: 'Family of the letters; Arimo comes with Godwit', label: 'Font', group: 'Paper', control: 'text', defaultText: 'Arimo' })),
    fontSize: z.number({ error: 'a plain number of points is expected' }).min(4, 'the least is 4 pt').max(24, 'the most is 24 pt').prefault(7.5)
      .meta(field({ meaning: 'Size of the letters in points', label: 'Font size (pt)', group: 'Paper', control: 'number', step: 0.5, defaultText: '7.5' })),
  },
  { error: (issue) => unknownFieldMessage(issue) },
)

/** A recipe with its defaults filled in; lengths in cm, times in nanoseconds. */
export type Recipe = z.output<typeof recipeSchema>
export type RecipeInput = z.input<typeof recipeSchema>

function unknownFieldMessage(issue: { readonly code?: string; readonly keys?: unknown }): string {
  if (issue.code !== 'unrecognized_keys' || !Array.isArray(issue.keys)) return 'a mapping with the fields of a recipe is expected'
  const known = Object.keys(recipeSchema.shape)
  return issue.keys.map((key) => `unknown field "${String(key)}"${nearest(String(key), known)}`).join('; ')
}

/** The fields that a recipe of this kind has, in their order. */
export function recipeFields(kind: FigureKind): ReadonlyArray<RecipeFieldMeta & { readonly name: keyof RecipeInput }> {
  const names = Object.keys(recipeSchema.shape) as Array<keyof RecipeInput>
  const fields = names.map((name) => ({ ...(recipeSchema.shape[name].meta() as unknown as RecipeFieldMeta), name }))
  return fields.filter(({ appliesTo }) => appliesTo === undefined || appliesTo.includes(kind))
}

/** Checks a recipe as read from a file. `where` the recipe stands is named in the error. */
export function parseRecipe(value: unknown, where = 'the recipe'): Recipe {
  const parsed = recipeSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': '))
  throw new GodwitError('figure.recipe', `${where}: ${problems.join('; ')}`, { details: { problems } })
}

/** Width and height on paper, in cm. */
export function sizeOf(recipe: Recipe): { readonly widthCm: number; readonly heightCm: number } {
  const widthCm = recipe.width ?? columns[recipe.column]
  const aspect = recipe.aspect ?? (widthCm > 12 ? 2.5 : 1.5)
  return { widthCm, heightCm: recipe.height ?? widthCm / aspect }
}
