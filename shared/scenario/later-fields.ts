/**
 * The canonical form of a scenario, which its hash is taken of. Fields that the format gained later are left out where
 * they have the value that changes nothing: such a scenario is the one that it was before, and its runs are found in
 * stores that are older than the field.
 */

import { canonicalJson } from './canonical.ts'
import type { SectionName } from './resolve.ts'
import type { Scenario } from './scenario.ts'

const changesNothing: { readonly [Name in SectionName]?: Partial<Scenario[Name]> } = {
  link: { jitter: 0, loss: 0 },
}

/** A section in canonical JSON. */
export function canonicalSection(name: SectionName, section: Scenario[SectionName]): string {
  const later = changesNothing[name]
  if (later === undefined) return canonicalJson(section)
  const neutral = new Map<string, unknown>(Object.entries(later))
  return canonicalJson(Object.fromEntries(Object.entries(section).filter(([field, value]) => !neutral.has(field) || neutral.get(field) !== value)))
}

/** A whole scenario in canonical JSON. */
export function canonicalScenario(scenario: Scenario): string {
  const names = (Object.keys(scenario) as SectionName[]).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalSection(name, scenario[name])}`).join(',')}}`
}
