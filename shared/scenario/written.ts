/** A filled-in scenario written as in a file, every quantity with its unit: read again, it is the same scenario. */

import { writeQuantity } from '../units/quantity.ts'
import { metaOf } from './fields.ts'
import { declarationAt } from './field-index.ts'
import { isTree, type Tree } from './resolve.ts'
import type { Scenario } from './scenario.ts'

export function writtenScenario(scenario: Scenario): Tree {
  return Object.fromEntries(Object.entries(scenario).map(([section, value]) => [section, written(value, [section])]))
}

function written(value: unknown, path: ReadonlyArray<string | number>): unknown {
  if (Array.isArray(value)) return value.map((entry, index) => written(entry, [...path, index]))
  if (isTree(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, written(inner, [...path, key])]))
  if (value === null) return 'off'
  const schema = declarationAt(path)
  const dimension = schema === undefined ? undefined : metaOf(schema)?.dimension
  return typeof value === 'number' && dimension !== undefined && dimension !== 'count' ? writeQuantity(value, dimension) : value
}
