/**
 * The filter line over rows of results: `backend = sim and downtimeMs > 300 and workload.kind = zipf`.
 *
 * It is the language of conditions with a looser tongue: `300 ms` and one-word texts need no quotes. A bare number counts
 * in the unit of its metric or field as `FilterField` declares it, and a quantity is brought to that unit.
 */

import { compileCondition, type ConditionValue } from '../scenario/condition.ts'
import { nearestSpelling } from '../scenario/spelling.ts'
import { type Dimension, unitsOf } from '../units/quantity.ts'

export interface FilterField<Row> {
  readonly name: string
  /** One phrase for the list of completions. */
  readonly meaning: string
  readonly type: 'number' | 'text' | 'list' | 'flag'
  readonly of: (row: Row) => ConditionValue
  readonly dimension?: Dimension | 'count'
  /** How many base units of the dimension the number 1 is; 1 unless given. */
  readonly unit?: number
  /** Values that rows have or may have, for completion. */
  readonly values?: () => readonly string[]
  /** All that it can be, where that is a closed set: anything else is refused. */
  readonly options?: readonly string[]
}

export type Filter<Row> = { readonly ok: true; readonly test: (row: Row) => boolean } | { readonly ok: false; readonly message: string; readonly position: number }

const operators = ['and', 'or', 'not', 'in', 'on', 'off', 'true', 'false']

/** Reads a filter. An empty one lets every row through. */
export function compileFilter<Row>(text: string, fields: ReadonlyArray<FilterField<Row>>): Filter<Row> {
  if (text.trim() === '') return { ok: true, test: () => true }
  const byName = new Map(fields.map((field) => [field.name, field]))
  const options = new Set(fields.flatMap((field) => field.options ?? []))
  const condition = compileCondition<Row>(text, {
    variable: (word) => {
      const field = byName.get(word)
      if (field === undefined) return undefined
      const { name, type, of, dimension, unit, options: closed } = field
      return {
        name,
        of,
        type: type === 'text' ? 'name' : type === 'flag' ? 'condition' : type,
        ...(dimension === undefined ? {} : { dimension }),
        ...(unit === undefined ? {} : { unit }),
        ...(closed === undefined ? {} : { options: closed }),
      }
    },
    isOption: (word) => !byName.has(word) && options.has(word),
    unknown: (word) => unknownName(word, [...byName.keys()]),
    isLoose: true,
  })
  if (condition.ok) return condition
  const [fault] = condition.faults
  if (fault === undefined) return { ok: false, message: 'The filter cannot be read.', position: 0 }
  const { message, suggestion, position } = fault
  const sentence = message.charAt(0).toUpperCase() + message.slice(1)
  return { ok: false, message: suggestion === undefined ? `${sentence}.` : `${sentence}; did you mean "${suggestion}"?`, position }
}

function unknownName(word: string, names: readonly string[]): { readonly message: string; readonly suggestion?: string } {
  const last = names.filter((name) => name.split('.').at(-1)?.toLowerCase() === word.toLowerCase())
  const suggestion = nearestSpelling(word, [...names, ...operators]) ?? (last.length === 1 ? last[0] : undefined)
  const message = `"${word}" is neither a metric nor a field of these runs`
  return suggestion === undefined ? { message: `${message}; write a name such as downtimeMs, and a text of several words in quotes` } : { message, suggestion }
}

export interface Completion {
  /** What takes the place of the text from `from` to the caret. */
  readonly text: string
  readonly meaning: string
}

export interface Completions {
  readonly from: number
  readonly items: readonly Completion[]
}

const comparisons: Readonly<Record<FilterField<unknown>['type'], ReadonlyArray<readonly [sign: string, meaning: string]>>> = {
  number: [['>', 'larger than'], ['<', 'smaller than'], ['>=', 'at least'], ['<=', 'at most'], ['=', 'equal to'], ['!=', 'other than']],
  text: [['=', 'equal to'], ['!=', 'other than'], ['~', 'contains the text'], ['in (', 'is one of']],
  list: [['=', 'has'], ['!=', 'has not'], ['~', 'has one that contains'], ['in (', 'has one of']],
  flag: [['and', 'both hold'], ['or', 'one holds']],
}

const mostCompletions = 100

/** What may stand at the caret. */
export function completions<Row>(text: string, caret: number, fields: ReadonlyArray<FilterField<Row>>): Completions {
  const before = text.slice(0, caret)
  const word = /[\w.-]*$/.exec(before)?.[0] ?? ''
  const from = caret - word.length
  const head = before.slice(0, from).trimEnd()
  const offer = (items: readonly Completion[]): Completions => ({ from, items: ranked(items, word).slice(0, mostCompletions) })

  const asked = /([A-Za-z_][\w.]*)\s*(?:=|!=|<>|~|[<>]=?|in\s*\((?:[^()]*,)?)$/.exec(head)?.[1]
  const field = fields.find(({ name }) => name === asked)
  if (field !== undefined) return offer(valuesOf(field))

  const previous = /([\w.-]+|\)|"[^"]*"|%)$/.exec(head)?.[1]
  if (previous === undefined || ['and', 'or', 'not'].includes(previous)) return offer(names(fields))
  const compared = fields.find(({ name }) => name === previous)
  if (compared !== undefined) return offer(comparisons[compared.type].map(([sign, meaning]) => ({ text: sign, meaning })))
  return offer([{ text: 'and', meaning: 'both hold' }, { text: 'or', meaning: 'one holds' }, ...unitsAfter(head, fields)])
}

function names<Row>(fields: ReadonlyArray<FilterField<Row>>): readonly Completion[] {
  return [...fields.map(({ name, meaning }) => ({ text: name, meaning })), { text: 'not', meaning: 'the opposite, as in not (a = b)' }]
}

function valuesOf<Row>(field: FilterField<Row>): readonly Completion[] {
  if (field.type === 'number' && field.values === undefined) return []
  return [...new Set([...(field.options ?? []), ...(field.values?.() ?? [])])].map((value) => ({ text: quoted(value, field.type), meaning: '' }))
}

/** Units that fit a number just written after a comparison. */
function unitsAfter<Row>(head: string, fields: ReadonlyArray<FilterField<Row>>): readonly Completion[] {
  const name = /([A-Za-z_][\w.]*)\s*(?:!=|[<>]=?|=)\s*[\d.]+$/.exec(head)?.[1]
  const dimension = fields.find((field) => field.name === name)?.dimension
  if (dimension === undefined || dimension === 'count') return []
  return unitsOf(dimension).map((unit) => ({ text: unit, meaning: 'unit' }))
}

/** What begins with the word first, then what has it inside. */
function ranked(items: readonly Completion[], word: string): readonly Completion[] {
  const folded = word.toLowerCase()
  const isPlain = ({ text }: Completion): string => text.replace(/^"/, '').toLowerCase()
  const starting = items.filter((item) => isPlain(item).startsWith(folded))
  return [...starting, ...items.filter((item) => !starting.includes(item) && isPlain(item).includes(folded))]
}

function quoted(value: string, type: FilterField<unknown>['type']): string {
  const isPlain = type === 'number' ? /^[\d.]+(\s?\S+)?$/.test(value) : /^[A-Za-z_][\w.]*(-[\w.]+)*$/.test(value) && !operators.includes(value)
  return isPlain ? value : `"${value.replaceAll('"', "'")}"`
}
