/**
 * The words of a condition, taken out before the expression is parsed: a plain identifier stands in the place of each
 * word and each quoted text, because the expression parser would take `hot-cold` for a subtraction and `stop-and-copy`
 * for worse. Words that are operators become operators of the parser.
 */

import { dimensions, parseQuantity } from '../units/quantity.ts'
import type { Variable, Vocabulary } from './condition.ts'

export interface Word<Subject> {
  /** `forbidden`: a sign that has no meaning. */
  readonly kind: 'variable' | 'option' | 'quoted' | 'unknown' | 'forbidden'
  readonly text: string
  /** Where it stands in what was written. */
  readonly position: number
  readonly variable?: Variable<Subject>
}

export interface ReplacedWords<Subject> {
  readonly source: string
  readonly words: ReadonlyArray<Word<Subject>>
  /** From a place in `source` to the place in what was written. */
  readonly positionOf: (place: number) => number
}

/** The parser's own operators stand in for those that it lacks: none of them can be written by a person. */
const operators: Readonly<Record<string, string>> = {
  and: '&&', or: '||', not: '!', true: 'true', false: 'false', on: 'true', off: 'null', '=': '==', '<>': '!=', in: '===', 'not in': '!==', '~': '<<', '!~': '>>',
}

const tokens = /"([^"]*)"|'([^']*)'|not\s+in\b|[A-Za-z_][\w.]*(?:-[\w.]+)+|[A-Za-z_][\w.]*|<>|!~|~|[<>=!]=|=|([$])/g
/** The same, with quantities: a number that is followed by a unit. */
const looseTokens = new RegExp(`(?<![\\w.])(?<number>\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)(?<gap>\\s*)(?<unit>%|[A-Za-zµμ]+(?:/[A-Za-z]+)?)|${tokens.source}`, 'g')

export function replaceWords<Subject>(text: string, vocabulary: Vocabulary<Subject>): ReplacedWords<Subject> {
  const words: Array<Word<Subject>> = []
  const places: Array<readonly [source: number, written: number]> = [[0, 0]]
  let source = ''
  let end = 0
  const place = (word: Word<Subject>): string => ` $${words.push(word) - 1} `
  const plainWord = (word: string, position: number): string => {
    const operator = Object.hasOwn(operators, word) ? operators[word] : undefined
    if (operator !== undefined) return ` ${operator} `
    if (vocabulary.isOption(word)) return place({ kind: 'option', text: word, position })
    const variable = vocabulary.variable(word)
    return place(variable === undefined ? { kind: 'unknown', text: word, position } : { kind: 'variable', text: word, position, variable })
  }
  const hyphenated = (word: string, position: number): string => {
    if (vocabulary.isOption(word)) return place({ kind: 'option', text: word, position })
    const parts = word.split('-')
    // What holds no name is one text; else it is a subtraction: "a.b-c.d".
    if (vocabulary.isLoose && !parts.some((part) => vocabulary.variable(part)?.type === 'number')) return plainWord(word, position)
    return parts.map((part) => plainWord(part, position)).join('-')
  }
  const append = (piece: string, position: number): void => {
    places.push([source.length, position])
    source += piece
  }
  for (const match of text.matchAll(vocabulary.isLoose ? looseTokens : tokens)) {
    const [token, ...groups] = match
    const { number, gap = '', unit } = match.groups ?? {}
    const [double, single, forbidden] = groups.slice(-3)
    const position = match.index
    append(text.slice(end, position), end)
    end = position + token.length
    const quoted = double ?? single
    if (number !== undefined && unit !== undefined) {
      if (isUnit(number, unit)) append(place({ kind: 'quoted', text: `${number} ${unit}`, position }), position)
      else {
        // Not a quantity after all: the number stays, and the word is read on its own.
        append(number + gap, position)
        append(unit === '%' ? unit : unit.split('/').map((part) => plainWord(part, position + number.length + gap.length)).join('/'), position + number.length + gap.length)
      }
    } else if (forbidden !== undefined) append(place({ kind: 'forbidden', text: forbidden, position }), position)
    else if (quoted !== undefined) append(place({ kind: 'quoted', text: quoted, position }), position)
    else if (/^not\s+in$/.test(token)) append(` ${operators['not in'] ?? ''} `, position)
    else if (/^[<>=!~]/.test(token)) append(operators[token] ?? token, position)
    else append(token.includes('-') ? hyphenated(token, position) : plainWord(token, position), position)
  }
  append(text.slice(end), end)
  return { source, words, positionOf: (at) => writtenPlace(places, at, text.length) }
}

function isUnit(number: string, unit: string): boolean {
  return !Object.hasOwn(operators, unit) && dimensions.some((dimension) => parseQuantity(`${number} ${unit}`, dimension).ok)
}

function writtenPlace(places: ReadonlyArray<readonly [number, number]>, at: number, length: number): number {
  const [start, written] = places.findLast(([source]) => source <= at) ?? [0, 0]
  return Math.min(length, written + at - start)
}
