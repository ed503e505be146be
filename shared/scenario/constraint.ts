/**
 * The condition that a suite sets on its points, such as
 * `link.bandwidth > workload.writes * guest.pageSize * 8 and strategy.kind = precopy`.
 *
 * Words are paths of fields, options of choices, `on`, `off`, `preset`; quantities stand in quotes. Numbers are in base
 * units, but durations count in seconds, so that bytes * 8 / bandwidth can be compared with a duration.
 */

import { type Condition, type ConditionFault, type ConditionValue, compileCondition, type Variable } from './condition.ts'
import { type Field, lookUpField, optionNames, parseFieldPath } from './field-index.ts'
import { type Scenario, scenarioSchema } from './scenario.ts'
import { nearestSpelling } from './spelling.ts'

export type ConstraintFault = Omit<ConditionFault, 'position'>

/** True for the points that the suite keeps. */
export type ConstraintTest = (scenario: Scenario, preset: string | null) => boolean

export type Constraint = { readonly ok: true; readonly test: ConstraintTest } | { readonly ok: false; readonly faults: readonly ConstraintFault[] }

interface Point {
  readonly scenario: Scenario
  readonly preset: string | null
}

/** Reads a condition. All faults that can be found without evaluating it are found here. */
export function compileConstraint(text: string): Constraint {
  const options = optionNames()
  const condition: Condition<Point> = compileCondition<Point>(text, {
    variable: (word) => {
      if (word === 'preset') return { name: word, type: 'name', of: ({ preset }) => preset }
      const found = lookUpField(word)
      return found.ok ? fieldVariable(word, found.field) : undefined
    },
    isOption: (word) => options.has(word),
    unknown: (word) => unknownWord(word, options),
    isLoose: false,
  })
  if (!condition.ok) return { ok: false, faults: condition.faults.map(({ message, suggestion }) => (suggestion === undefined ? { message } : { message, suggestion })) }
  return { ok: true, test: (scenario, preset) => condition.test({ scenario, preset }) }
}

function unknownWord(word: string, options: ReadonlySet<string>): ConstraintFault {
  const found = lookUpField(word)
  const suggestion = Object.hasOwn(scenarioSchema.shape, word) ? undefined : (found.ok ? undefined : found.suggestion) ?? nearestSpelling(word, [...options, 'preset', 'and', 'or', 'not'])
  const message = `"${word}" is neither a field nor an option`
  return suggestion === undefined ? { message: `${message}; write a path such as link.bandwidth, or a quantity in quotes` } : { message, suggestion }
}

function fieldVariable(path: string, field: Field): Variable<Point> {
  const parts = parseFieldPath(path)
  const { dimension, control, options } = field.meta
  const unit = dimension === 'nanoseconds' ? 1e9 : 1
  const of = ({ scenario }: Point): ConditionValue => {
    const value = parts.reduce<unknown>((tree, part) => (tree as Record<string | number, unknown> | null | undefined)?.[part], scenario)
    if (typeof value === 'number') return value / unit
    return typeof value === 'string' || typeof value === 'boolean' ? value : null
  }
  return {
    name: path,
    type: control === 'switch' ? 'condition' : dimension === undefined ? 'name' : 'number',
    of,
    ...(dimension === undefined ? {} : { dimension, unit }),
    ...(options === undefined ? {} : { options: Object.keys(options) }),
  }
}
