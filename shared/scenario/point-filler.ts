/**
 * Fills in the scenario of each point. Sections are independent of each other, so a section is checked once for each
 * set of values that it takes, not once a point, and points share the sections in which they do not differ.
 */

import { GodwitError } from '../model/godwit-error.ts'
import type { Scalar } from '../model/migration-stats.ts'
import { parseFieldPath } from './field-index.ts'
import { canonicalSection } from './later-fields.ts'
import { scenarioPresets } from './presets/index.ts'
import type { Path } from './problem.ts'
import { fillSection, isTree, overPreset, type ScenarioIssue, type SectionName, type Tree } from './resolve.ts'
import { type Scenario, scenarioSchema } from './scenario.ts'
import type { Axis, Suite } from './suite.ts'

/** One varied field of a point. */
export interface PointValue {
  readonly axis: Axis
  /** Place of the value among those of its axis. */
  readonly index: number
  /** As written. */
  readonly value: Scalar
}

export type FilledPoint =
  | {
      readonly ok: true
      readonly scenario: Scenario
      readonly preset: string | null
      /** The scenario in canonical JSON. */
      readonly json: string
    }
  | { readonly ok: false; readonly issues: readonly ScenarioIssue[] }

type FilledSection =
  | { readonly ok: true; readonly section: Scenario[SectionName]; /** In canonical JSON, with its name. */ readonly json: string }
  | { readonly ok: false; readonly issues: readonly ScenarioIssue[] }

const sectionNames = (Object.keys(scenarioSchema.shape) as SectionName[]).sort()

export class PointFiller {
  private readonly suite: Suite
  /** Base scenarios by preset; null: without one. */
  private readonly bases = new Map<string | null, Tree>()
  /** Sections in which nothing is varied, by preset. */
  private readonly fixed = new Map<string | null, ReadonlyMap<SectionName, FilledSection>>()
  /** Sections in which something is varied, by name, preset and values. */
  private readonly varied = new Map<string, FilledSection>()
  private readonly paths = new Map<string, Path>()
  private readonly touched = new Set<string | number | undefined>()

  constructor(suite: Suite) {
    this.suite = suite
    for (const { field } of suite.factors.flatMap((factor) => factor.axes)) {
      const path = parseFieldPath(field)
      this.paths.set(field, path)
      this.touched.add(path[0])
    }
  }

  fill(values: readonly PointValue[]): FilledPoint {
    const chosen = values.find(({ axis }) => axis.field === 'preset')
    const preset = chosen === undefined ? this.suite.preset : String(chosen.value)
    const fixed = this.fixedSections(preset)
    const scenario: Partial<Record<SectionName, Scenario[SectionName]>> = {}
    const issues: ScenarioIssue[] = []
    let json = ''
    for (const name of sectionNames) {
      const filled = fixed.get(name) ?? this.variedSection(name, preset, values)
      if (filled.ok) {
        scenario[name] = filled.section
        json += (json === '' ? '{' : ',') + filled.json
      } else {
        issues.push(...filled.issues)
      }
    }
    // Every section of the schema was filled in by the schema of that section.
    return issues.length > 0 ? { ok: false, issues } : { ok: true, scenario: scenario as Scenario, preset, json: `${json}}` }
  }

  private fixedSections(preset: string | null): ReadonlyMap<SectionName, FilledSection> {
    const known = this.fixed.get(preset)
    if (known !== undefined) return known
    const names = sectionNames.filter((name) => !this.touched.has(name))
    const fixed = new Map(names.map((name) => [name, this.fillSection(name, this.base(preset)[name], [])]))
    this.fixed.set(preset, fixed)
    return fixed
  }

  private variedSection(name: SectionName, preset: string | null, values: readonly PointValue[]): FilledSection {
    const own = values.filter(({ axis }) => this.paths.get(axis.field)?.[0] === name)
    const key = `${name} ${preset ?? ''} ${JSON.stringify(own.map(({ value }) => value))}`
    const known = this.varied.get(key)
    if (known !== undefined) return known
    const filled = this.fillSection(name, this.base(preset)[name], own)
    this.varied.set(key, filled)
    return filled
  }

  private fillSection(name: SectionName, base: unknown, own: readonly PointValue[]): FilledSection {
    let input = base
    for (const { axis, value } of own) {
      const path = this.paths.get(axis.field) ?? []
      const changed = withValue(input, path.slice(1), value)
      if (changed === undefined) {
        return { ok: false, issues: [{ path, message: 'the list in the base has no such entry to vary' }] }
      }
      input = changed
    }
    const filled = fillSection(name, input)
    return filled.ok ? { ok: true, section: filled.section, json: `"${name}":${canonicalSection(name, filled.section)}` } : filled
  }

  private base(preset: string | null): Tree {
    const known = this.bases.get(preset)
    if (known !== undefined) return known
    const start = preset === null ? { input: {} } : scenarioPresets[preset]
    if (start === undefined) throw new GodwitError('unknown-preset', `there is no preset "${preset}"`)
    const base = overPreset(start.input, this.suite.base)
    this.bases.set(preset, base)
    return base
  }
}

/** A copy of the tree in which the value at a path is another one; undefined if the path leads into a missing list entry. */
function withValue(tree: unknown, path: Path, value: Scalar): unknown {
  const [part, ...rest] = path
  if (part === undefined) return value
  if (typeof part === 'number') {
    if (!Array.isArray(tree) || part >= tree.length) return undefined
    const list: readonly unknown[] = tree
    const changed = withValue(list[part], rest, value)
    return changed === undefined ? undefined : list.with(part, changed)
  }
  const section = isTree(tree) ? tree : {}
  const changed = withValue(section[part], rest, value)
  return changed === undefined ? undefined : { ...section, [part]: changed }
}
