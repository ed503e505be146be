/** The scenario under the suite being designed, as its form needs it: what each field says, and how it is changed. */

import { computed, type ComputedRef } from 'vue'
import { type FieldDescription, whyIdle } from '#shared/scenario/editor-model.ts'
import { type Path, showPath } from '#shared/scenario/problem.ts'
import { contradictions, fillScenario, isTree, type Tree } from '#shared/scenario/resolve.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { repetitionSeed } from '#shared/scenario/seeds.ts'
import { useSuiteDocument } from '../../stores/suite-document.ts'
import { at, type Baseline, baselineOf, type Layers, layersOf, listInForce, textInForce } from './layers.ts'

export interface ScenarioEditor {
  /** False if the text is no YAML, so that there is nothing a form could change. */
  readonly readable: ComputedRef<boolean>
  readonly layers: ComputedRef<Layers>
  /** The base scenario with every field filled in, or null if a field holds what it does not allow. */
  readonly filled: ComputedRef<Scenario | null>
  /** The same, or null as well while fields contradict each other. */
  readonly scenario: ComputedRef<Scenario | null>
  /** The seed of the first repetition. */
  readonly seed: ComputedRef<number>
  readonly writtenAt: (path: Path) => unknown
  readonly baseline: (field: FieldDescription) => Baseline
  readonly idle: (field: FieldDescription) => string | null
  readonly problem: (path: Path) => string | null
  readonly isVaried: (path: Path) => boolean
  /** How many fields beneath a path stand in the file. */
  readonly countWritten: (path: Path) => number
  readonly hasProblem: (path: Path) => boolean
  readonly change: (path: Path, value: unknown) => void
  readonly listItems: (path: Path) => { readonly items: readonly Tree[]; readonly isOwn: boolean }
  readonly addItem: (list: Path) => void
  readonly removeItem: (list: Path, index: number) => void
  readonly choosePreset: (name: string | null) => void
  /** Takes everything but the preset out of the base. */
  readonly resetAll: () => void
}

export function useScenarioEditor(): ScenarioEditor {
  const suiteDocument = useSuiteDocument()

  const readable = computed(() => !suiteDocument.isBroken)
  const base = computed(() => (readable.value ? suiteDocument.content['base'] : undefined))
  const layers = computed(() => layersOf(base.value))
  const filled = computed(() => {
    if (!readable.value) return null
    const resolved = fillScenario(layers.value.merged)
    return resolved.ok ? resolved.scenario : null
  })
  const scenario = computed(() => (filled.value === null || contradictions(filled.value).length > 0 ? null : filled.value))
  const seed = computed(() => {
    const written = suiteDocument.content['seed']
    return repetitionSeed(typeof written === 'number' && Number.isSafeInteger(written) && written >= 0 ? written : 1, 1)
  })
  const problems = computed(() => new Map(suiteDocument.problems.map((problem) => [problem.field, problem.suggestion === undefined ? problem.message : `${problem.message}; did you mean "${problem.suggestion}"?`])))
  const varied = computed(() => new Set(variedFields(suiteDocument.content['vary'])))

  const write = (path: Path, value: unknown): void => suiteDocument.set(['base', ...path], value)

  const listOf = (path: Path): Path | undefined => {
    const place = path.findIndex((part) => typeof part === 'number')
    return place === -1 ? undefined : path.slice(0, place)
  }

  /** An entry of a preset's list is changed by writing the whole list; an entry that loses its last field stays. */
  function change(path: Path, value: unknown): void {
    const list = listOf(path)
    if (list === undefined) return write(path, value)
    const { items, isOwn } = listInForce(layers.value, list)
    const index = Number(path[list.length])
    const name = String(path.at(-1))
    if (isOwn && value !== undefined) return write(path, value)
    write(list, items.map((item, place) => (place === index ? withField(item, name, value) : item)))
  }

  return {
    readable,
    layers,
    filled,
    scenario,
    seed,
    writtenAt: (path) => {
      const list = listOf(path)
      return list === undefined ? at(layers.value.own, path) : at(listInForce(layers.value, list).items, path.slice(list.length))
    },
    baseline: (field) => baselineOf(layers.value, field),
    idle: (field) => whyIdle(field, (path) => textInForce(layers.value, path)),
    problem: (path) => problems.value.get(showPath(['base', ...path])) ?? null,
    isVaried: (path) => varied.value.has(path.join('.')),
    countWritten: (path) => countLeaves(at(layers.value.own, path)),
    hasProblem: (path) => {
      const prefix = showPath(['base', ...path])
      return [...problems.value.keys()].some((field) => field === prefix || field.startsWith(`${prefix}.`) || field.startsWith(`${prefix}[`))
    },
    change,
    listItems: (path) => listInForce(layers.value, path),
    addItem: (list) => write(list, [...listInForce(layers.value, list).items, {}]),
    removeItem: (list, index) => {
      const left = listInForce(layers.value, list).items.filter((_, place) => place !== index)
      // An empty list is written only where it stands against one of the preset.
      write(list, left.length === 0 && at(layers.value.under, list) === undefined ? undefined : left)
    },
    choosePreset: (name) => write(['preset'], name ?? undefined),
    resetAll: () => {
      const { presetName } = layers.value
      write([], presetName === null ? undefined : { preset: presetName })
    },
  }
}

function withField(item: Tree, name: string, value: unknown): Tree {
  const { [name]: _old, ...others } = item
  return value === undefined ? others : { ...others, [name]: value }
}

function countLeaves(value: unknown): number {
  if (value === undefined) return 0
  if (Array.isArray(value)) return 1
  return isTree(value) ? Object.values(value).reduce<number>((sum, inner) => sum + countLeaves(inner), 0) : 1
}

/** Names of the fields that the suite varies, as far as they can be read. */
function variedFields(vary: unknown): readonly string[] {
  if (!Array.isArray(vary)) return []
  return (vary as readonly unknown[]).flatMap((entry) => {
    if (!isTree(entry)) return []
    return typeof entry['field'] === 'string' ? [entry['field']] : variedFields(entry['zip'])
  })
}
