/** Explains what is wrong with a field: where it stands, what it accepts, and what was probably meant. */

import { dimensions, formatQuantity, unitSpellings } from '../units/quantity.ts'
import { declarationAt, fieldElsewhere } from './field-index.ts'
import { metaOf } from './fields.ts'
import { scenarioPresets } from './presets/index.ts'
import { type Path, type Position, type Problem, showFound, showPath } from './problem.ts'
import { nearestSpelling } from './spelling.ts'
import type { SuiteSource } from './suite.ts'

/** A problem at the place of a field, or at the nearest part of the file that holds it. */
export function problemAt(source: SuiteSource, path: Path, found: unknown, what: Pick<Problem, 'message' | 'suggestion' | 'allowed' | 'backend'>, spot: 'key' | 'value' = 'value'): Problem {
  return { file: source.file, ...locate(source, path, spot), field: showPath(path), found: found === undefined ? '' : showFound(found), ...what }
}

function locate(source: SuiteSource, path: Path, spot: 'key' | 'value'): Position {
  for (let length = path.length; length > 0; length--) {
    const places = source.positions[path.slice(0, length).join('/')]
    // A field that is missing is missing from the section that is named by its key.
    if (places !== undefined) return length === path.length ? places[spot] : places.key
  }
  return { line: 1, column: 1 }
}

/** A problem with a field that does not exist, where `allowed` are the ones that do. */
export function unknownField(source: SuiteSource, path: Path, allowed: readonly string[]): Problem {
  const word = String(path.at(-1))
  const suggestion = nearestSpelling(word, allowed) ?? (path[0] === 'base' ? fieldElsewhere(word) : undefined)
  const list = suggestion === undefined && allowed.length > 0 ? `; the fields here are ${allowed.join(', ')}` : ''
  const message = `unknown field${list}`
  return problemAt(source, path, word, { message, ...(allowed.length > 0 ? { allowed: allowed.join(', ') } : {}), ...(suggestion === undefined ? {} : { suggestion }) }, 'key')
}

/** What to say of a name that is no preset. */
export function unknownPreset(name: unknown): Pick<Problem, 'message' | 'suggestion' | 'allowed'> {
  const names = Object.keys(scenarioPresets)
  const suggestion = near(name, names)
  const list = suggestion.suggestion === undefined ? '; "godwit presets" lists them' : ''
  return { message: `there is no preset ${JSON.stringify(name)}${list}`, allowed: names.join(', '), ...suggestion }
}

/** What a field of the scenario accepts, and which accepted spelling is nearest to what was found. */
export function whatIsAllowed(path: Path, found: unknown): Pick<Problem, 'suggestion' | 'allowed'> {
  const schema = declarationAt(path)
  const meta = schema === undefined ? undefined : metaOf(schema)
  if (meta === undefined) return {}
  if (meta.options !== undefined) {
    const names = Object.keys(meta.options)
    return { allowed: names.join(', '), ...near(found, names) }
  }
  if (meta.control === 'switch') return { allowed: 'on, off' }
  const { dimension, min, max } = meta
  if (dimension === undefined) return {}
  const show = (bound: number): string => (dimension === 'count' ? String(bound) : formatQuantity(bound, dimension))
  const limits = [min === undefined ? '' : `at least ${show(min)}`, max === undefined ? '' : `at most ${show(max)}`, meta.canBeOff === true ? 'or off' : '']
  const allowed = limits.filter((limit) => limit !== '').join(', ')
  const unit = dimension === 'count' || typeof found !== 'string' ? undefined : nearestUnit(found, unitSpellings(dimension))
  return { ...(allowed === '' ? {} : { allowed }), ...(unit === undefined ? {} : { suggestion: unit }) }
}

/** The quantity with a unit that is understood, where only the unit was misspelt. */
function nearestUnit(found: string, units: readonly string[]): string | undefined {
  const match = /^\s*([-+\d._e]*\d)\s*(\S{3,12})\s*$/i.exec(found.slice(0, 100))
  const [, number, unit] = match ?? []
  // A right unit of another dimension is a misunderstanding, not a slip of the pen.
  if (number === undefined || unit === undefined || dimensions.some((dimension) => unitSpellings(dimension).includes(unit))) return undefined
  const best = nearestSpelling(unit, units)
  return best === undefined ? undefined : `${number} ${best}`
}

/** The nearest of several names, as part of a problem. */
export function near(found: unknown, names: readonly string[]): { readonly suggestion?: string } {
  const suggestion = typeof found === 'string' ? nearestSpelling(found, names) : undefined
  return suggestion === undefined ? {} : { suggestion }
}
