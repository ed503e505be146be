/** A filled-in scenario as lines of text: field, value as a person writes it, and whether it is the default. */

import { lookUpField } from '#shared/scenario/field-index.ts'
import { fillScenario, isTree } from '#shared/scenario/resolve.ts'
import { formatNumber, writeQuantity } from '#shared/units/quantity.ts'

export interface ScenarioLine {
  readonly path: string
  readonly value: string
  readonly meaning: string
  /** As the default would be written; null where the field is the default, or has none. */
  readonly defaultValue: string | null
}

export interface ScenarioDifference {
  readonly path: string
  readonly one: string
  readonly other: string
}

/** Every field, in the order of the format. */
export function scenarioLines(scenario: Readonly<Record<string, unknown>>): readonly ScenarioLine[] {
  const filled = fillScenario({})
  const defaults = new Map(filled.ok ? leaves(filled.scenario, '') : [])
  return leaves(scenario, '').map(([path, value]) => {
    const found = lookUpField(path)
    const written = show(path, value)
    const usual = defaults.has(path) ? show(path, defaults.get(path)) : null
    return { path, value: written, meaning: found.ok ? found.field.meta.meaning : '', defaultValue: usual === written ? null : (usual ?? 'not there') }
  })
}

/** The fields in which two scenarios differ. */
export function scenarioDifferences(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): readonly ScenarioDifference[] {
  const [first, second] = [new Map(leaves(one, '')), new Map(leaves(other, ''))]
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((path) => {
    const [a, b] = [first.has(path) ? show(path, first.get(path)) : 'not there', second.has(path) ? show(path, second.get(path)) : 'not there']
    return a === b ? [] : [{ path, one: a, other: b }]
  })
}

function leaves(value: unknown, path: string): ReadonlyArray<readonly [string, unknown]> {
  const inside = (key: string): string => (path === '' ? key : `${path}.${key}`)
  if (isTree(value)) return Object.entries(value).flatMap(([key, child]) => leaves(child, inside(key)))
  if (Array.isArray(value)) return value.length === 0 ? [[path, 'none']] : value.flatMap((child: unknown, index) => leaves(child, inside(String(index))))
  return [[path, value]]
}

function show(path: string, value: unknown): string {
  if (value === null || value === undefined) return 'off'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return JSON.stringify(value)
  const found = lookUpField(path)
  const dimension = found.ok ? found.field.meta.dimension : undefined
  return dimension === undefined || dimension === 'count' ? formatNumber(value) : writeQuantity(value, dimension)
}
