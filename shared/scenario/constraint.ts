/**
 * The condition that a suite sets on its points, such as
 * `link.bandwidth > workload.writes * guest.pageSize * 8 and strategy.kind = precopy`.
 *
 * Words are paths of fields, options of choices, `on`, `off`, `preset`; quantities stand in quotes. Numbers are in base
 * units, but durations count in seconds, so that bytes * 8 / bandwidth can be compared with a duration. A field that is
 * off makes arithmetic off too, and no comparison of size holds for it.
 */

import jsep, { type Expression } from 'jsep'
import { type Dimension, dimensions, parseQuantity } from '../units/quantity.ts'
import { type Field, lookUpField, optionNames, parseFieldPath } from './field-index.ts'
import type { Scenario } from './scenario.ts'
import { nearestSpelling } from './spelling.ts'

export interface ConstraintFault {
  readonly message: string
  readonly suggestion?: string
}

/** True for the points that the suite keeps. */
export type ConstraintTest = (scenario: Scenario, preset: string | null) => boolean

export type Constraint = { readonly ok: true; readonly test: ConstraintTest } | { readonly ok: false; readonly faults: readonly ConstraintFault[] }

/** Reads a condition. All faults that can be found without evaluating it are found here. */
export function compileConstraint(text: string): Constraint {
  try {
    const { source, words } = replaceWords(text)
    const faults = words.flatMap((word) => (word.kind === 'unknown' ? [unknownWord(word.text)] : []))
    if (faults.length > 0) return { ok: false, faults }
    const term = compile(jsep(source), words)
    if (term.type !== 'condition') throw new Fault('it is no condition; compare something, as in link.bandwidth > "100 Mbit/s"')
    return { ok: true, test: (scenario, preset) => term.of({ scenario, preset }) === true }
  } catch (error) {
    if (error instanceof Fault) return { ok: false, faults: [error.fault] }
    if (error instanceof RangeError) return { ok: false, faults: [{ message: 'the condition is nested too deeply' }] }
    return { ok: false, faults: [{ message: `the condition cannot be read: ${error instanceof Error ? parserFault(error.message) : String(error)}` }] }
  }
}

class Fault extends Error {
  readonly fault: ConstraintFault

  constructor(message: string, suggestion?: string) {
    super(message)
    this.fault = suggestion === undefined ? { message } : { message, suggestion }
  }
}

type Word = { readonly kind: 'field'; readonly path: string; readonly field: Field | 'preset' } | { readonly kind: 'option' | 'quoted' | 'unknown'; readonly text: string }

const operators: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', true: 'true', false: 'false', on: 'true', off: 'null', '=': '==', '<>': '!=' }

/**
 * Puts a plain identifier in the place of each word and each quoted text, because the expression parser would take
 * `hot-cold` for a subtraction and `stop-and-copy` for worse.
 */
function replaceWords(text: string): { readonly source: string; readonly words: readonly Word[] } {
  const options = optionNames()
  const words: Word[] = []
  const place = (word: Word): string => ` $${words.push(word) - 1} `
  const plainWord = (word: string): string => {
    if (Object.hasOwn(operators, word)) return ` ${operators[word] ?? ''} `
    if (options.has(word)) return place({ kind: 'option', text: word })
    if (word === 'preset') return place({ kind: 'field', path: word, field: 'preset' })
    const found = lookUpField(word)
    return place(found.ok ? { kind: 'field', path: word, field: found.field } : { kind: 'unknown', text: word })
  }
  const hyphenated = (word: string): string => {
    // The longest start that is an option is one; what is left is read on its own: "hot-cold", but also "a.b-c.d".
    if (options.has(word)) return place({ kind: 'option', text: word })
    return word.split('-').map(plainWord).join('-')
  }
  const source = text.replace(/"([^"]*)"|'([^']*)'|[A-Za-z_][\w.]*(?:-[\w.]+)+|[A-Za-z_][\w.]*|<>|[<>=!]=|=|(\$)/g, (token, double?: string, single?: string, dollar?: string) => {
    if (dollar !== undefined) throw new Fault('"$" has no meaning in a condition')
    const quoted = double ?? single
    if (quoted !== undefined) return place({ kind: 'quoted', text: quoted })
    if (/^[<>=!]/.test(token)) return operators[token] ?? token
    return token.includes('-') ? hyphenated(token) : plainWord(token)
  })
  return { source, words }
}

function unknownWord(word: string): ConstraintFault {
  const found = lookUpField(word)
  const suggestion = (found.ok ? undefined : found.suggestion) ?? nearestSpelling(word, [...optionNames(), 'preset', 'and', 'or', 'not'])
  const message = `"${word}" is neither a field nor an option`
  return suggestion === undefined ? { message: `${message}; write a path such as link.bandwidth, or a quantity in quotes` } : { message, suggestion }
}

interface Point {
  readonly scenario: Scenario
  readonly preset: string | null
}

type Value = number | string | boolean | null

/** A compiled part of a condition. `text` may still turn out to be a quantity, once it meets one. */
interface Term {
  readonly type: 'condition' | 'number' | 'name' | 'text' | 'off'
  readonly of: (point: Point) => Value
  readonly text?: string
  readonly dimension?: Dimension | 'count'
  /** The field that the term is, for what it may be compared with. */
  readonly field?: Field
  readonly path?: string
}

function compile(node: Expression, words: readonly Word[]): Term {
  switch (node.type) {
    case 'Literal':
      return literal(node['value'])
    case 'Identifier':
      return ofWord(words[Number((node['name'] as string).slice(1))])
    case 'UnaryExpression': {
      const argument = compile(node['argument'] as Expression, words)
      return unary(node['operator'] as string, argument)
    }
    case 'BinaryExpression': {
      const left = compile(node['left'] as Expression, words)
      const right = compile(node['right'] as Expression, words)
      return binary(node['operator'] as string, left, right)
    }
    case 'Compound':
      throw new Fault((node['body'] as readonly unknown[]).length === 0 ? 'the condition is empty' : 'two parts of the condition stand side by side; join them with and, or, or an operator')
    default:
      throw new Fault('only comparisons, arithmetic, and, or, not and parentheses are allowed')
  }
}

function literal(value: unknown): Term {
  if (typeof value === 'number') return { type: 'number', of: () => value }
  if (typeof value === 'boolean') return { type: 'condition', of: () => value }
  return { type: 'off', of: () => null }
}

function ofWord(word: Word | undefined): Term {
  if (word === undefined || word.kind === 'unknown') throw new Fault('the condition cannot be read')
  if (word.kind !== 'field') return { type: word.kind === 'option' ? 'name' : 'text', text: word.text, of: () => word.text }
  if (word.field === 'preset') return { type: 'name', path: 'preset', of: (point) => point.preset }
  const { path, field } = word
  const parts = parseFieldPath(path)
  const { dimension, control } = field.meta
  const type = control === 'switch' ? 'condition' : dimension === undefined ? 'name' : 'number'
  const scale = dimension === 'nanoseconds' ? 1e-9 : 1
  const of = (point: Point): Value => {
    const value = parts.reduce<unknown>((tree, part) => (tree as Record<string | number, unknown> | null | undefined)?.[part], point.scenario)
    if (typeof value === 'number') return value * scale
    return typeof value === 'string' || typeof value === 'boolean' ? value : null
  }
  return { type, of, path, field, ...(dimension === undefined ? {} : { dimension }) }
}

function unary(operator: string, argument: Term): Term {
  if (operator === '!') {
    if (argument.type !== 'condition') throw new Fault('"not" needs a condition; put it in parentheses, as in not (a = b)')
    return { type: 'condition', of: (point) => argument.of(point) !== true }
  }
  const number = asNumber(argument, undefined)
  if (operator === '+') return number
  if (operator !== '-') throw new Fault(`the operator ${operator} is not allowed`)
  return { ...number, of: (point) => arithmetic(number.of(point), -1, (a, b) => a * b) }
}

const compute: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

const order: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function binary(operator: string, left: Term, right: Term): Term {
  if (operator === '&&' || operator === '||') {
    for (const side of [left, right]) {
      if (side.type !== 'condition') throw new Fault(`${operator === '&&' ? '"and"' : '"or"'} joins conditions; one side of it is none`)
    }
    return { type: 'condition', of: operator === '&&' ? (point) => left.of(point) === true && right.of(point) === true : (point) => left.of(point) === true || right.of(point) === true }
  }
  if (operator === '==' || operator === '!=') return equality(left, right, operator === '==')
  const calculate = compute[operator]
  const compare = order[operator]
  if (calculate === undefined && compare === undefined) throw new Fault(`the operator ${operator} is not allowed; allowed are = != < <= > >= + - * / % and or not`)
  const a = asNumber(left, right.dimension)
  const b = asNumber(right, left.dimension)
  if (calculate !== undefined) {
    const sum = operator === '+' || operator === '-' ? (a.dimension ?? b.dimension) : undefined
    return { type: 'number', of: (point) => arithmetic(a.of(point), b.of(point), calculate), ...(sum === undefined ? {} : { dimension: sum }) }
  }
  return {
    type: 'condition',
    of: (point) => {
      const [x, y] = [a.of(point), b.of(point)]
      return compare !== undefined && typeof x === 'number' && typeof y === 'number' && compare(x, y)
    },
  }
}

function arithmetic(a: Value, b: Value, calculate: (a: number, b: number) => number): Value {
  return typeof a === 'number' && typeof b === 'number' ? calculate(a, b) : null
}

function equality(left: Term, right: Term, wanted: boolean): Term {
  const numeric = left.type === 'number' || right.type === 'number'
  if (left.type === 'off' || right.type === 'off') {
    // `off` is what a switched-off field is, and what a switch is that is off.
    const isOff = (value: Value): boolean => value === null || value === false || value === 'off'
    return { type: 'condition', of: (point) => (isOff(left.of(point)) && isOff(right.of(point))) === wanted }
  }
  const a = numeric ? asNumber(left, right.dimension) : left
  const b = numeric ? asNumber(right, left.dimension) : right
  checkOption(a, b)
  checkOption(b, a)
  if (!numeric && (a.type === 'condition') !== (b.type === 'condition')) throw new Fault('a condition can be compared with on or off only')
  return { type: 'condition', of: (point) => (a.of(point) === b.of(point)) === wanted }
}

/** Refuses to compare a choice with something that it can never be. */
function checkOption(choice: Term, other: Term): void {
  const options = choice.field?.meta.options
  if (options === undefined || other.text === undefined) return
  const names = Object.keys({ ...options, ...choice.field?.meta.later })
  if (names.includes(other.text)) return
  const suggestion = nearestSpelling(other.text, names)
  const message = `"${other.text}" is not an option of ${choice.path ?? 'the field'}`
  throw suggestion === undefined ? new Fault(`${message}; it can be ${names.join(', ')}`) : new Fault(message, suggestion)
}

/** A term as a number: quoted text becomes the quantity it says, in the dimension of what it is compared with. */
function asNumber(term: Term, dimension: Dimension | 'count' | undefined): Term {
  if (term.type === 'number') return term
  if (term.type === 'off') return { type: 'number', of: term.of }
  if (term.type !== 'text' || term.text === undefined) throw new Fault(`${term.path ?? (term.text === undefined ? 'a condition' : `"${term.text}"`)} is not a number`)
  const { text } = term
  const candidates = dimension === undefined ? dimensions : dimension === 'count' ? [] : [dimension]
  const read = candidates.flatMap((candidate) => {
    const parsed = parseQuantity(text, candidate)
    return parsed.ok ? [{ value: candidate === 'nanoseconds' ? parsed.value * 1e-9 : parsed.value, dimension: candidate }] : []
  })
  const [first, second] = read
  if (first !== undefined && second === undefined) return { type: 'number', of: () => first.value, dimension: first.dimension }
  if (second !== undefined) throw new Fault(`"${text}" could be several things; write its unit in full`)
  const only = candidates.length === 1 && candidates[0] !== undefined ? parseQuantity(text, candidates[0]) : undefined
  if (only !== undefined && !only.ok) throw new Fault(only.problem)
  throw new Fault(`"${text}" is not a quantity${dimension === 'count' ? '; a plain number is expected, without quotes' : ' with a unit'}`)
}

/** What the expression parser says, without the place: it counts in the text after words were replaced. */
function parserFault(message: string): string {
  const text = message.replace(/ at character \d+$/, '')
  return text.charAt(0).toLowerCase() + text.slice(1)
}
