/**
 * Conditions as people write them: `a > b * 8 and kind = precopy`, `tag in (slow, odd)`, `name ~ "spec"`.
 *
 * The language is the same wherever a condition is written; a vocabulary says which names it knows, what they stand for
 * and what may be left unquoted. jsep reads the expression, nothing is ever evaluated as code. A value that is off
 * (null) makes arithmetic off too, and no comparison of size holds for it.
 */

import jsep, { type Expression } from 'jsep'
import { type Dimension, dimensions, parseQuantity } from '../units/quantity.ts'
import { replaceWords, type Word } from './condition-words.ts'
import { nearestSpelling } from './spelling.ts'

export interface ConditionFault {
  readonly message: string
  readonly suggestion?: string
  /** Where in the text, counted from 0. */
  readonly position: number
}

export type ConditionValue = number | string | boolean | null | readonly string[]

/** What a name stands for. */
export interface Variable<Subject> {
  readonly name: string
  /** `list`: several texts; it equals a text that is among them. */
  readonly type: 'number' | 'name' | 'condition' | 'list'
  readonly of: (subject: Subject) => ConditionValue
  readonly dimension?: Dimension | 'count'
  /** How many base units of the dimension its number 1 is; 1 unless given. */
  readonly unit?: number
  /** All that it can be, where that is a closed set. */
  readonly options?: readonly string[]
}

export interface Vocabulary<Subject> {
  readonly variable: (word: string) => Variable<Subject> | undefined
  readonly isOption: (word: string) => boolean
  /** What to say of a word that is neither. */
  readonly unknown: (word: string) => Omit<ConditionFault, 'position'>
  /** Quantities such as 300 ms, and texts that are one word, need no quotes. */
  readonly isLoose: boolean
}

export type Condition<Subject> = { readonly ok: true; readonly test: (subject: Subject) => boolean } | { readonly ok: false; readonly faults: readonly ConditionFault[] }

/** Reads a condition. All faults that can be found without evaluating it are found here. */
export function compileCondition<Subject>(text: string, vocabulary: Vocabulary<Subject>): Condition<Subject> {
  const { source, words, positionOf } = replaceWords(text, vocabulary)
  try {
    const strange = words.find(({ kind }) => kind === 'forbidden')
    if (strange !== undefined) throw new Fault(`"${strange.text}" has no meaning in a condition`, strange.position)
    const unknown = vocabulary.isLoose ? [] : words.filter(({ kind }) => kind === 'unknown')
    if (unknown.length > 0) return { ok: false, faults: unknown.map((word) => ({ ...vocabulary.unknown(word.text), position: word.position })) }
    const term = new Compiler(words, vocabulary).compile(jsep(source))
    if (term.type !== 'condition') throw new Fault('it is no condition; compare something, as in link.bandwidth > "100 Mbit/s"', term.position)
    return { ok: true, test: (subject) => term.of(subject) === true }
  } catch (error) {
    if (error instanceof Fault) return { ok: false, faults: [error.fault] }
    if (error instanceof RangeError) return { ok: false, faults: [{ message: 'the condition is nested too deeply', position: 0 }] }
    const place = error instanceof Error && 'index' in error && typeof error.index === 'number' ? error.index : 0
    const message = `the condition cannot be read: ${error instanceof Error ? parserFault(error.message) : String(error)}`
    return { ok: false, faults: [{ message, position: positionOf(place) }] }
  }
}

class Fault extends Error {
  readonly fault: ConditionFault

  constructor(message: string, position: number, suggestion?: string) {
    super(message)
    this.fault = suggestion === undefined ? { message, position } : { message, suggestion, position }
  }
}

/** A compiled part of a condition. `text` may still turn out to be a quantity, once it meets one. */
interface Term<Subject> {
  readonly type: 'condition' | 'number' | 'name' | 'text' | 'list' | 'off'
  readonly of: (subject: Subject) => ConditionValue
  readonly position: number
  readonly text?: string
  /** A word that the vocabulary does not know; it may be a text only. */
  readonly isUnknown?: boolean
  readonly measure?: Measure
  readonly variable?: Variable<Subject>
}

interface Measure {
  readonly dimension: Dimension | 'count'
  readonly unit: number
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

class Compiler<Subject> {
  readonly #words: ReadonlyArray<Word<Subject>>
  readonly #vocabulary: Vocabulary<Subject>

  constructor(words: ReadonlyArray<Word<Subject>>, vocabulary: Vocabulary<Subject>) {
    this.#words = words
    this.#vocabulary = vocabulary
  }

  compile(node: Expression): Term<Subject> {
    switch (node.type) {
      case 'Literal':
        return literal(node['value'])
      case 'Identifier':
        return this.#ofWord(Number((node['name'] as string).slice(1)))
      case 'UnaryExpression':
        return this.#unary(node['operator'] as string, this.compile(node['argument'] as Expression))
      case 'BinaryExpression': {
        const left = this.compile(node['left'] as Expression)
        const right = node['right'] as Expression
        const operator = node['operator'] as string
        if (operator === '===' || operator === '!==') return this.#membership(left, right, operator === '===')
        return this.#binary(operator, left, this.compile(right))
      }
      case 'Compound':
        throw new Fault((node['body'] as readonly unknown[]).length === 0 ? 'the condition is empty' : 'two parts of the condition stand side by side; join them with and, or, or an operator', 0)
      default:
        throw new Fault('only comparisons, arithmetic, and, or, not and parentheses are allowed', 0)
    }
  }

  #ofWord(index: number): Term<Subject> {
    const word = this.#words[index]
    if (word === undefined) throw new Fault('the condition cannot be read', 0)
    const { text, position, variable } = word
    if (variable === undefined) return { type: word.kind === 'option' ? 'name' : 'text', text, position, of: () => text, isUnknown: word.kind === 'unknown' }
    const { dimension, unit = 1 } = variable
    return { type: variable.type, of: variable.of, position, variable, ...(dimension === undefined ? {} : { measure: { dimension, unit } }) }
  }

  #unary(operator: string, argument: Term<Subject>): Term<Subject> {
    const { position } = argument
    if (operator === '!') {
      this.#requireCondition(argument, '"not" needs a condition; put it in parentheses, as in not (a = b)')
      return { type: 'condition', position, of: (subject) => argument.of(subject) !== true }
    }
    const number = this.#asNumber(argument, undefined)
    if (operator === '+') return number
    if (operator !== '-') throw new Fault(`the operator ${operator} is not allowed`, position)
    return { ...number, of: (subject) => arithmetic(number.of(subject), -1, (a, b) => a * b) }
  }

  #binary(operator: string, left: Term<Subject>, right: Term<Subject>): Term<Subject> {
    const { position } = left
    if (operator === '&&' || operator === '||') {
      for (const side of [left, right]) this.#requireCondition(side, `${operator === '&&' ? '"and"' : '"or"'} joins conditions; one side of it is none`)
      const of = operator === '&&' ? (subject: Subject) => left.of(subject) === true && right.of(subject) === true : (subject: Subject) => left.of(subject) === true || right.of(subject) === true
      return { type: 'condition', position, of }
    }
    if (operator === '==' || operator === '!=') return this.#equality(left, right, operator === '==')
    if (operator === '<<' || operator === '>>') return this.#contains(left, right, operator === '<<')
    const calculate = compute[operator]
    const compare = order[operator]
    if (calculate === undefined && compare === undefined) throw new Fault(`the operator ${operator} is not allowed; allowed are = != < <= > >= + - * / % and or not`, position)
    const a = this.#asNumber(left, right.measure)
    const b = this.#asNumber(right, left.measure)
    if (calculate !== undefined) {
      const sum = operator === '+' || operator === '-' ? (a.measure ?? b.measure) : undefined
      return { type: 'number', position, of: (subject) => arithmetic(a.of(subject), b.of(subject), calculate), ...(sum === undefined ? {} : { measure: sum }) }
    }
    const of = (subject: Subject): boolean => {
      const [x, y] = [a.of(subject), b.of(subject)]
      return compare !== undefined && typeof x === 'number' && typeof y === 'number' && compare(x, y)
    }
    return { type: 'condition', position, of }
  }

  #equality(left: Term<Subject>, right: Term<Subject>, wanted: boolean): Term<Subject> {
    const { position } = left
    if (left.type === 'off' || right.type === 'off') {
      // `off` is what a switched-off field is, and what a switch is that is off.
      const isOff = (value: ConditionValue): boolean => value === null || value === false || value === 'off' || (Array.isArray(value) && value.length === 0)
      return { type: 'condition', position, of: (subject) => (isOff(left.of(subject)) && isOff(right.of(subject))) === wanted }
    }
    const numeric = left.type === 'number' || right.type === 'number'
    const a = numeric ? this.#asNumber(left, right.measure) : this.#known(left, right)
    const b = numeric ? this.#asNumber(right, left.measure) : this.#known(right, left)
    checkOption(a, b)
    checkOption(b, a)
    if (!numeric && (a.type === 'condition') !== (b.type === 'condition')) throw new Fault('a condition can be compared with on or off only', position)
    if (a.type === 'list' || b.type === 'list') {
      const [list, text] = a.type === 'list' ? [a, b] : [b, a]
      return { type: 'condition', position, of: (subject) => textsOf(list.of(subject)).some((entry) => entry === text.of(subject)) === wanted }
    }
    return { type: 'condition', position, of: (subject) => (a.of(subject) === b.of(subject)) === wanted }
  }

  /** `a in (b, c)`: equal to one of them. */
  #membership(left: Term<Subject>, right: Expression, wanted: boolean): Term<Subject> {
    const listed = right.type === 'SequenceExpression' ? (right['expressions'] as readonly Expression[]) : [right]
    const tests = listed.map((item) => this.#equality(left, this.compile(item), true))
    return { type: 'condition', position: left.position, of: (subject) => tests.some((test) => test.of(subject) === true) === wanted }
  }

  /** `a ~ "b"`: the text contains the other, whatever the case of its letters. */
  #contains(left: Term<Subject>, right: Term<Subject>, wanted: boolean): Term<Subject> {
    const { position } = left
    if (left.variable === undefined || left.type === 'condition') throw new Fault('the left side of ~ is the name of a text, as in name ~ "spec"', position)
    if (right.text === undefined) throw new Fault('the right side of ~ is a text in quotes, as in name ~ "spec"', right.position)
    const part = right.text.toLowerCase()
    return { type: 'condition', position, of: (subject) => textsOf(left.of(subject)).some((text) => text.toLowerCase().includes(part)) === wanted }
  }

  /** A term that is a text; a word that nobody knows is one only beside the name of a text. */
  #known(term: Term<Subject>, other: Term<Subject>): Term<Subject> {
    if (term.isUnknown !== true || ((other.type === 'name' || other.type === 'list') && other.variable !== undefined)) return term
    throw this.#unknownWord(term)
  }

  #unknownWord({ text = '', position }: Term<Subject>): Fault {
    const { message, suggestion } = this.#vocabulary.unknown(text)
    return new Fault(message, position, suggestion)
  }

  #requireCondition(term: Term<Subject>, message: string): void {
    if (term.type === 'condition') return
    throw term.isUnknown === true ? this.#unknownWord(term) : new Fault(message, term.position)
  }

  /** A term as a number: text becomes the quantity it says, in the dimension of what it is compared with. */
  #asNumber(term: Term<Subject>, measure: Measure | undefined): Term<Subject> {
    const { text, position } = term
    if (term.type === 'number') return term
    if (term.type === 'off') return { type: 'number', position, of: term.of }
    if (term.isUnknown === true) throw this.#unknownWord(term)
    if (term.type !== 'text' || text === undefined) throw new Fault(`${term.variable?.name ?? (text === undefined ? 'a condition' : `"${text}"`)} is not a number`, position)
    const dimension = measure?.dimension
    const candidates = dimension === undefined ? dimensions : dimension === 'count' ? [] : [dimension]
    const read = candidates.flatMap((candidate) => {
      const parsed = parseQuantity(text, candidate)
      const unit = measure?.unit ?? (candidate === 'nanoseconds' ? 1e9 : 1)
      return parsed.ok ? [{ value: inUnits(parsed.value, unit), measure: { dimension: candidate, unit } }] : []
    })
    const [first, second] = read
    if (first !== undefined && second === undefined) return { type: 'number', position, of: () => first.value, measure: first.measure }
    if (second !== undefined) throw new Fault(`"${text}" could be several things; write its unit in full`, position)
    const only = candidates.length === 1 && candidates[0] !== undefined ? parseQuantity(text, candidates[0]) : undefined
    if (only !== undefined && !only.ok) throw new Fault(only.problem, position)
    throw new Fault(`"${text}" is not a quantity${dimension === 'count' ? '; a plain number is expected, without quotes' : ' with a unit'}`, position)
  }
}

function literal<Subject>(value: unknown): Term<Subject> {
  if (typeof value === 'number') return { type: 'number', position: 0, of: () => value }
  if (typeof value === 'boolean') return { type: 'condition', position: 0, of: () => value }
  return { type: 'off', position: 0, of: () => null }
}

function arithmetic(a: ConditionValue, b: ConditionValue, calculate: (a: number, b: number) => number): ConditionValue {
  return typeof a === 'number' && typeof b === 'number' ? calculate(a, b) : null
}

function textsOf(value: ConditionValue): readonly string[] {
  if (value === null) return []
  return typeof value === 'object' ? value : [String(value)]
}

/** Refuses to compare a choice with something that it can never be. */
function checkOption<Subject>(choice: Term<Subject>, other: Term<Subject>): void {
  const options = choice.variable?.options
  if (options === undefined || other.text === undefined || options.includes(other.text)) return
  const suggestion = nearestSpelling(other.text, options)
  const message = `"${other.text}" is not an option of ${choice.variable?.name ?? 'the field'}`
  throw suggestion === undefined ? new Fault(`${message}; it can be ${options.join(', ')}`, other.position) : new Fault(message, other.position, suggestion)
}

const written: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '==': '=', '===': 'in', '!==': 'not in', '<<': '~', '>>': '!~' }

/** What the expression parser says, without the place: it counts in the text after words were replaced. */
function parserFault(message: string): string {
  const text = message.replace(/ at character \d+$/, '').replace(/&&|\|\||===?|!==|<<|>>/g, (operator) => written[operator] ?? operator)
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** Fields are divided by whole units the same way, so equal stays equal; a division by 0.01 leaves noise to round off. */
function inUnits(value: number, unit: number): number {
  return unit >= 1 ? value / unit : Number((value / unit).toPrecision(15))
}
