/**
 * A chart recipe: what a figure shows, written in a suite file under `figures`, in a file of its own, or put together
 * from options of the command line.
 */

import * as z from 'zod'
import { parseQuantity } from '../units/quantity.ts'
import { GodwitError } from '../model/godwit-error.ts'
import { columns, parseLength } from './paper-size.ts'
import { nearest } from './nearest.ts'

export const figureKinds = {
  'iteration-timeline': 'Rate of transfer and of dirtying of each iteration of one run, against time',
  bars: 'Means of a metric as bars with intervals, over a factor',
  lines: 'Means of a metric as lines with intervals, over a numeric factor',
  wws: 'The writable working set of one run over time, and its distribution',
} as const

export type FigureKind = keyof typeof figureKinds

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

export const recipeSchema = z.strictObject(
  {
    kind: z.enum(Object.keys(figureKinds) as [FigureKind, ...FigureKind[]], {
      error: ({ input }) =>
        input === undefined
          ? `it is missing; there are ${Object.keys(figureKinds).join(', ')}`
          : `${JSON.stringify(input)} is not a kind of figure${nearest(typeof input === 'string' ? input : '', Object.keys(figureKinds))}; there are ${Object.keys(figureKinds).join(', ')}`,
    }).meta({ meaning: 'What is drawn' }),
    name: z.string({ error: 'text is expected' }).regex(/^[a-z0-9][a-z0-9._-]{0,79}$/i, 'a name has letters, digits, dots, dashes and underscores').optional().meta({ meaning: 'File name of the figure, without its ending' }),
    title: text.optional().meta({ meaning: 'Text above the figure; papers have captions instead' }),
    metric: text.optional().meta({ meaning: 'Key of the metric on the y axis; totalMs unless given' }),
    x: text.optional().meta({ meaning: 'Path of the factor on the x axis, or backend, or suite; may be left out if one factor is varied' }),
    series: text.optional().meta({ meaning: 'Path of the factor that makes the series, or backend, or suite' }),
    where: z.record(z.string(), scalar, { error: 'a mapping of field paths to values is expected' }).prefault({}).meta({ meaning: 'Only runs whose factors have these values' }),
    run: text.optional().meta({ meaning: 'Id of the run, or its beginning, for figures of one run' }),
    point: z.number({ error: 'a plain number is expected' }).int('a whole number is expected').min(0, 'points count from 0').optional().meta({ meaning: 'Only runs of this point' }),
    from: duration.optional().meta({ meaning: 'Where the time axis begins' }),
    to: duration.optional().meta({ meaning: 'Where the time axis ends' }),
    xLabel: text.optional(),
    yLabel: text.optional(),
    yScale: z.enum(['linear', 'log'], { error: 'linear or log is expected' }).prefault('linear'),
    confidence: confidence.prefault('95 %').meta({ meaning: 'Confidence of the intervals' }),
    column: z.enum(['one', 'two'], { error: 'one (8.5 cm) or two (17.5 cm) is expected' }).prefault('one'),
    width: length(4, 60).optional().meta({ meaning: 'Width on paper; wins over column' }),
    height: length(3, 60).optional().meta({ meaning: 'Height on paper; follows from aspect unless given' }),
    aspect: z.number({ error: 'a plain number is expected' }).min(0.3, 'the least is 0.3').max(6, 'the most is 6').optional().meta({ meaning: 'Width over height' }),
    font: text.prefault('Arimo').meta({ meaning: 'Family of the letters; Arimo comes with Godwit' }),
    fontSize: z.number({ error: 'a plain number of points is expected' }).min(4, 'the least is 4 pt').max(24, 'the most is 24 pt').prefault(7.5).meta({ meaning: 'Size of the letters in points' }),
    palette: z.enum(['colour', 'grey'], { error: 'colour or grey is expected' }).prefault('colour'),
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
