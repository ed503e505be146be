/** Between what a person types into a field and what stands in the file. */

import { type FieldDescription, fieldProblem } from '#shared/scenario/editor-model.ts'
import { exampleOf, formatQuantity, parseQuantity, unitSpellings, writeQuantity } from '#shared/units/quantity.ts'

/** A value apart from its unit, as the two halves of a control show it. */
export interface ShownValue {
  readonly text: string
  /** Empty for what has no unit. */
  readonly unit: string
  readonly isOff: boolean
}

export type Typed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

const numberOnly = /^[+-]?(\d[\d_]*)?(\.\d+)?(e[+-]?\d+)?$/i
const numberWithUnit = /^\s*([+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:e[+-]?\d+)?)\s*(\S.*?)?\s*$/i

/** Units that a person meets first, where a field has no value that tells one. */
const usualUnits: Readonly<Record<string, string>> = { bytes: 'MiB', nanoseconds: 'ms', bitsPerSecond: 'Mbit/s', pagesPerSecond: 'pages/s', fraction: '%' }

/** How a value from the file, or the default where there is none, is shown. */
export function shownValue(field: FieldDescription, value: unknown): ShownValue {
  const text = value === undefined ? field.defaultText : plainText(value)
  const { dimension } = field
  if (dimension === null || dimension === 'count') return { text: field.canBeOff && text === 'off' ? '' : text, unit: '', isOff: field.canBeOff && text === 'off' }
  const usual = usualUnits[dimension] ?? field.units[0] ?? ''
  if (field.canBeOff && text === 'off') return { text: '', unit: usual, isOff: true }
  const written = splitExactly(field, text)
  if (written !== undefined) return written
  const parsed = parseQuantity(typeof value === 'number' ? value : text, dimension)
  return (parsed.ok ? splitExactly(field, writeQuantity(parsed.value, dimension)) : undefined) ?? { text, unit: usual, isOff: false }
}

/** What typed text stands for; a bare number is taken in the unit that stands beside it. */
export function readTyped(field: FieldDescription, typed: string, unit: string): Typed {
  const text = typed.trim()
  if (field.control === 'text') return checked(field, typed)
  if (text === '' || text.toLowerCase() === 'off') {
    return field.canBeOff ? { ok: true, value: 'off' } : { ok: false, message: `a value is expected, such as ${exampleFor(field)}` }
  }
  const { dimension } = field
  if (dimension === null || dimension === 'count') {
    return numberOnly.test(text) ? checked(field, Number(text.replaceAll('_', ''))) : { ok: false, message: `"${text}" is not a plain number` }
  }
  if (numberOnly.test(text)) return checked(field, `${text} ${unit}`.trim())
  const exact = splitExactly(field, text)
  if (exact !== undefined) return checked(field, `${exact.text} ${exact.unit}`)
  const parsed = parseQuantity(text, dimension)
  return parsed.ok ? checked(field, writeQuantity(parsed.value, dimension)) : { ok: false, message: parsed.problem }
}

/** A value as it is read elsewhere in the program, such as "1 GiB" for "1024 MiB". */
export function normalised(field: FieldDescription, value: unknown): string {
  const { dimension } = field
  const text = value === undefined ? field.defaultText : plainText(value)
  if (dimension === null || dimension === 'count' || text === 'off') return text
  const parsed = parseQuantity(typeof value === 'number' ? value : text, dimension)
  return parsed.ok ? formatQuantity(parsed.value, dimension) : text
}

/** The number one step up or down in its leading digit, as text: 8000, 9000, 10000, 20000; null if it is no number. */
export function stepped(text: string, direction: 1 | -1): string | null {
  const number = text.trim() === '' ? 0 : Number(text.replaceAll('_', ''))
  if (!Number.isFinite(number)) return null
  if (number === 0) return direction === 1 ? '1' : null
  const leading = direction === 1 ? number : number * 0.9999999
  const step = 10 ** Math.floor(Math.log10(Math.abs(leading)))
  return String(Number((number + direction * step).toPrecision(12)))
}

function checked(field: FieldDescription, value: unknown): Typed {
  const problem = fieldProblem(field, value)
  return problem === null ? { ok: true, value } : { ok: false, message: problem }
}

function splitExactly(field: FieldDescription, text: string): ShownValue | undefined {
  const [, number = '', unit = ''] = numberWithUnit.exec(text.slice(0, 100)) ?? []
  const known = field.dimension !== null && field.dimension !== 'count' && unitSpellings(field.dimension).includes(unit)
  return known && unit !== '' && /\d/.test(number) ? { text: number, unit, isOff: false } : undefined
}

function plainText(value: unknown): string {
  if (value === true) return 'on'
  if (value === false || value === null) return 'off'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

function exampleFor({ dimension }: FieldDescription): string {
  return dimension === null || dimension === 'count' ? '5' : exampleOf(dimension)
}
