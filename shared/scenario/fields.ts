/**
 * The words in which the sections of a scenario are declared.
 *
 * Every field is a Zod schema that carries its own metadata: what it means, in which unit, where its default comes
 * from. Validation, the JSON Schema, the editors of the window and the reference in the documentation are all made
 * from this one declaration, so a default stands in one place only.
 */

import * as z from 'zod'
import { readTraceReference } from '../trace/reference.ts'
import { countsWhole, type Dimension, exampleOf, formatQuantity, parseQuantity } from '../units/quantity.ts'

/**
 * How well a value is known. `source`: stands in the source documents. `verified`: read in a paper's abstract page or
 * in the code named. `recalled`: widely quoted, not read in the original. `lab`: our own, no published origin.
 */
export type SourceTag = 'source' | 'verified' | 'recalled' | 'lab'

export interface FieldMeta {
  /** One sentence: what the field means. */
  readonly meaning: string
  /** Where the default comes from. */
  readonly tag: SourceTag
  /** The document, paper or file behind a default that is not our own. */
  readonly origin?: string
  /** The kinds of this field's section that read it; absent: all of them. */
  readonly appliesTo?: readonly string[]
  readonly dimension?: Dimension | 'count'
  /** True if only whole numbers (of the base unit) make sense. */
  readonly whole?: boolean
  readonly control: 'quantity' | 'count' | 'choice' | 'switch' | 'text' | 'list' | 'section'
  /** What each option of a choice means. */
  readonly options?: Readonly<Record<string, string>>
  /** The default as written in a file; absent where the field may be left off. */
  readonly defaultText?: string
  /** Smallest and largest allowed value in the base unit. */
  readonly min?: number
  readonly max?: number
  /** True if the word `off` switches the field off. */
  readonly canBeOff?: boolean
}

type Described = Omit<FieldMeta, 'control' | 'dimension' | 'defaultText' | 'whole'>

interface QuantityOptions extends Described {
  readonly default: string
}

/** Metadata of a field, or undefined for a schema that is not one of ours. */
export function metaOf(schema: z.ZodType): FieldMeta | undefined {
  return schema.meta() as FieldMeta | undefined
}

function checkRange(value: number, dimension: Dimension | 'count', meta: Described): string | undefined {
  const show = (bound: number): string => (dimension === 'count' ? String(bound) : formatQuantity(bound, dimension))
  if (meta.min !== undefined && value < meta.min) return `${show(value)} is below the smallest allowed value, ${show(meta.min)}`
  if (meta.max !== undefined && value > meta.max) return `${show(value)} is above the largest allowed value, ${show(meta.max)}`
  return undefined
}

function quantitySchema(dimension: Dimension, meta: Described): z.ZodType<number, string | number> {
  return z
    .union([z.string(), z.number()], { error: `a quantity is expected, such as ${exampleOf(dimension)}` })
    .transform((input, context) => {
      const parsed = parseQuantity(input, dimension)
      const problem = parsed.ok ? checkRange(parsed.value, dimension, meta) : parsed.problem
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', message: problem, input })
        return z.NEVER
      }
      return parsed.ok ? parsed.value : z.NEVER
    })
}

/** A physical quantity; its value inside Godwit is in the dimension's base unit. */
function quantity(dimension: Dimension, options: QuantityOptions) {
  const { default: defaultText, ...meta } = options
  return quantitySchema(dimension, { min: 0, ...meta })
    .prefault(defaultText)
    .meta({ min: 0, ...meta, dimension, whole: countsWhole(dimension), control: 'quantity', defaultText } satisfies FieldMeta)
}

/** A physical quantity that may be `off` (then null); off is the default unless one is given. */
function optionalQuantity(dimension: Dimension, options: Omit<QuantityOptions, 'default'> & { readonly default?: string }) {
  const { default: defaultText = 'off', ...meta } = options
  return z
    .union([offSchema, quantitySchema(dimension, { min: 0, ...meta })], {
      error: (issue) => firstReason(issue, `a quantity is expected, such as ${exampleOf(dimension)}, or off`),
    })
    .prefault(defaultText)
    .meta({ min: 0, ...meta, dimension, whole: countsWhole(dimension), control: 'quantity', defaultText, canBeOff: true } satisfies FieldMeta)
}

/** YAML reads a bare `off` as text in version 1.2 and as false in 1.1; both mean off. */
const offSchema = z.union([z.literal('off'), z.literal(false), z.null()]).transform(() => null)

/** The deepest message of a failed union: the one that says what was wrong with the quantity. */
function firstReason(issue: { readonly code?: string; readonly errors?: unknown }, otherwise: string): string {
  if (!Array.isArray(issue.errors)) return otherwise
  for (const branch of issue.errors as ReadonlyArray<ReadonlyArray<{ code?: string; message?: string }>>) {
    for (const inner of branch) if (inner.code === 'custom' && inner.message !== undefined) return inner.message
  }
  return otherwise
}

export const bytes = (options: QuantityOptions) => quantity('bytes', options)
export const duration = (options: QuantityOptions) => quantity('nanoseconds', options)
export const bitRate = (options: QuantityOptions) => quantity('bitsPerSecond', options)
export const pageRate = (options: QuantityOptions) => quantity('pagesPerSecond', options)
/** A share of a whole, written in percent; its value is a fraction of one. */
export const share = (options: QuantityOptions) => quantity('fraction', { max: 1, ...options })

type OptionalOptions = Parameters<typeof optionalQuantity>[1]
export const optionalBytes = (options: OptionalOptions) => optionalQuantity('bytes', options)
export const optionalDuration = (options: OptionalOptions) => optionalQuantity('nanoseconds', options)
export const optionalBitRate = (options: OptionalOptions) => optionalQuantity('bitsPerSecond', options)
export const optionalShare = (options: OptionalOptions) => optionalQuantity('fraction', options)

const countSchema = (meta: Described, integer: boolean) =>
  z.number({ error: 'a plain number is expected' }).superRefine((value, context) => {
    const problem = integer && !Number.isInteger(value) ? `${value} is not a whole number` : checkRange(value, 'count', meta)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: value })
  })

/** A whole number of things. */
export function count(options: Described & { readonly default: number }) {
  const { default: defaultValue, ...meta } = options
  return countSchema({ min: 0, ...meta }, true)
    .prefault(defaultValue)
    .meta({ min: 0, ...meta, dimension: 'count', whole: true, control: 'count', defaultText: String(defaultValue) } satisfies FieldMeta)
}

/** A number without unit, such as an exponent or a factor. */
export function factor(options: Described & { readonly default: number }) {
  const { default: defaultValue, ...meta } = options
  return countSchema({ min: 0, ...meta }, false)
    .prefault(defaultValue)
    .meta({ min: 0, ...meta, dimension: 'count', control: 'count', defaultText: String(defaultValue) } satisfies FieldMeta)
}

/** A number that may be `off` (then null), off by default. */
export function optionalCount(options: Described & { readonly integer?: boolean }) {
  const { integer = true, ...meta } = options
  return z
    .union([offSchema, countSchema({ min: 0, ...meta }, integer)], {
      error: (issue) => firstReason(issue, 'a plain number or off is expected'),
    })
    .prefault('off')
    .meta({ min: 0, ...meta, dimension: 'count', whole: integer, control: 'count', defaultText: 'off', canBeOff: true } satisfies FieldMeta)
}

/** On or off. */
export function toggle(options: Described & { readonly default: boolean }) {
  const { default: defaultValue, ...meta } = options
  return z
    .union([z.boolean(), z.literal('on').transform(() => true), z.literal('off').transform(() => false)], {
      error: 'on or off is expected',
    })
    .prefault(defaultValue)
    .meta({ ...meta, control: 'switch', defaultText: defaultValue ? 'on' : 'off' } satisfies FieldMeta)
}

/** Free text. */
export function text(options: Described & { readonly default: string }) {
  const { default: defaultText, ...meta } = options
  return z.string({ error: 'text is expected' }).max(200, 'at most 200 characters are allowed').prefault(defaultText).meta({ ...meta, control: 'text', defaultText } satisfies FieldMeta)
}

/** The name of a page trace; its value carries the digest of the content, so that another content is another scenario. */
export function traceReference(options: Described) {
  return z
    .string({ error: 'the name of a trace is expected' })
    .transform((written, context) => {
      const read = readTraceReference(written)
      if (read.ok) return read.reference
      context.addIssue({ code: 'custom', message: read.problem, input: written })
      return z.NEVER
    })
    .prefault('')
    .meta({ ...options, control: 'text', defaultText: '' } satisfies FieldMeta)
}

/** One of several named options. */
export function choice<const Options extends Readonly<Record<string, string>>>(
  options: Omit<Described, 'options'> & { readonly default: keyof Options & string; readonly options: Options },
) {
  const { default: defaultText, ...meta } = options
  const names = Object.keys(options.options) as [keyof Options & string, ...Array<keyof Options & string>]
  return z
    .enum(names, {
      error: ({ input }) => `${JSON.stringify(input)} is not one of ${names.join(', ')}`,
    })
    .prefault(defaultText as never)
    .meta({ ...meta, control: 'choice', defaultText } satisfies FieldMeta)
}

/** A section of the scenario: a closed set of fields, each with its default. */
export function section<const Shape extends z.ZodRawShape>(meaning: string, shape: Shape) {
  return z
    .strictObject(shape, { error: 'a section of fields is expected' })
    .prefault({} as never)
    .meta({ meaning, tag: 'lab', control: 'section' } satisfies FieldMeta)
}
