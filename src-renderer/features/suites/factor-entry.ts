/** Entries of `vary` as rows of the form: what they hold, and how one form of values becomes another. */

import { lookUpField } from '#shared/scenario/field-index.ts'
import { scenarioPresets } from '#shared/scenario/presets/index.ts'
import type { Problem } from '#shared/scenario/problem.ts'
import { isTree, type Tree } from '#shared/scenario/resolve.ts'
import { axisValue } from '#shared/scenario/axis.ts'
import type { Axis } from '#shared/scenario/suite.ts'

export type FactorForm = 'list' | 'range' | 'log'

export const factorForms: Readonly<Record<FactorForm, { readonly label: string; readonly meaning: string }>> = {
  list: { label: 'List', meaning: 'The values as written, one after the other' },
  range: { label: 'Range', meaning: 'Equal differences from one value to the next' },
  log: { label: 'Log range', meaning: 'Equal ratios from one value to the next' },
}

/** A range is written out as a list up to this many values. */
const mostWrittenOut = 50

export function formOf(entry: unknown): FactorForm {
  const range = isTree(entry) ? entry['range'] : undefined
  if (range === undefined) return 'list'
  return isTree(range) && range['scale'] === 'log' ? 'log' : 'range'
}

export function fieldOf(entry: unknown): string {
  const field = isTree(entry) ? entry['field'] : undefined
  return typeof field === 'string' ? field : ''
}

/** The fields that change together in an entry; null for an entry of one field. */
export function zippedIn(entry: unknown): readonly unknown[] | null {
  if (!isTree(entry) || !('zip' in entry)) return null
  return Array.isArray(entry['zip']) ? (entry['zip'] as readonly unknown[]) : []
}

/** What a newly chosen field is varied over at first: all options of a choice, else the value that it has now. */
export function firstValues(field: string, current: unknown): readonly unknown[] {
  if (field === 'preset') return typeof current === 'string' ? [current] : Object.keys(scenarioPresets).slice(0, 1)
  const found = lookUpField(field)
  if (!found.ok) return []
  const { options, control, defaultText, dimension } = found.field.meta
  if (options !== undefined) return Object.keys(options)
  if (control === 'switch') return ['off', 'on']
  const value = typeof current === 'string' || typeof current === 'number' ? current : defaultText
  if (value === undefined) return []
  return [dimension === 'count' && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value]
}

/** What a person types between commas, as the file holds it: numbers as numbers, all else as text. */
export function parseValues(text: string): readonly unknown[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseValue)
}

export function parseValue(text: string): unknown {
  const trimmed = text.trim()
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : trimmed
}

export function showValues(values: unknown): string {
  return Array.isArray(values) ? values.map(showValue).join(', ') : showValue(values)
}

export function showValue(value: unknown): string {
  if (value === null || value === false) return 'off'
  if (value === true) return 'on'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return value === undefined ? '' : JSON.stringify(value)
}

/** The entry with its values in another form. `axis` is the same entry as it was read, where it could be. */
export function inForm(entry: Tree, form: FactorForm, axis: Axis | undefined): Tree {
  const field = fieldOf(entry)
  const range = isTree(entry['range']) ? entry['range'] : null
  if (form === 'list') {
    if (range === null) return entry
    const written = axis?.values.kind === 'range' && axis.values.steps <= mostWrittenOut
    const values = written ? Array.from({ length: axis.values.kind === 'range' ? axis.values.steps : 0 }, (_, index) => axisValue(axis.values, index)) : [range['from'], range['to']]
    return { field, values: values.filter((value) => value !== undefined) }
  }
  const values = Array.isArray(entry['values']) ? (entry['values'] as readonly unknown[]) : []
  const { scale: _scale, ...ends } = range ?? { from: values[0] ?? '', to: values.at(-1) ?? '', steps: Math.max(2, values.length) }
  return { field, range: form === 'log' ? { ...ends, scale: 'log' } : ends }
}

/** The problems of a part of the file, such as `vary[0]` or `constraint`. */
export function problemsOf(problems: readonly Problem[], part: string): readonly Problem[] {
  return problems.filter(({ field }) => field === part || field.startsWith(`${part}.`) || field.startsWith(`${part}[`))
}

/** What is wrong, as a sentence beside the field. */
export function problemSentence({ message, suggestion }: Problem): string {
  // A path keeps its spelling, also at the beginning of a sentence.
  const sentence = /^[a-zA-Z]+[.[]/.test(message) ? message : message.charAt(0).toUpperCase() + message.slice(1)
  return suggestion === undefined ? `${sentence}.` : `${sentence}. Did you mean "${suggestion}"?`
}
