/**
 * What a scenario's fields hold without what the file itself says: the preset, beneath it the policy, beneath that the
 * defaults. The editors mark what differs from it.
 */

import { describeField, type FieldDescription } from '#shared/scenario/editor-model.ts'
import { type PolicyName, policyDefaults } from '#shared/scenario/policies.ts'
import { scenarioPresets } from '#shared/scenario/presets/index.ts'
import type { Path } from '#shared/scenario/problem.ts'
import { isTree, overPreset, type Tree } from '#shared/scenario/resolve.ts'

export interface Layers {
  /** What the file says under `base`, without the preset's name. */
  readonly own: Tree
  readonly presetName: string | null
  readonly preset: Tree
  /** The preset as far as the file leaves it in force. */
  readonly under: Tree
  /** Preset and file together, before policy and defaults. */
  readonly merged: Tree
  readonly policy: Tree
}

export interface Baseline {
  /** Undefined: the default. */
  readonly value: unknown
  readonly from: 'preset' | 'policy' | 'default'
}

export function layersOf(base: unknown): Layers {
  const { preset: name, ...own } = isTree(base) ? base : {}
  const presetName = typeof name === 'string' && Object.hasOwn(scenarioPresets, name) ? name : null
  const preset: Tree = presetName === null ? {} : (scenarioPresets[presetName]?.input ?? {})
  const ownWorkload = own['workload']
  const replaced = isTree(ownWorkload) && Object.hasOwn(ownWorkload, 'kind')
  const { workload: _replaced, ...rest } = preset
  const merged = overPreset(preset, own)
  const policyName = at(merged, ['strategy', 'policy'])
  const policy = typeof policyName === 'string' && Object.hasOwn(policyDefaults, policyName) ? { strategy: policyDefaults[policyName as PolicyName] } : {}
  return { own, presetName, preset, under: replaced ? rest : preset, merged, policy }
}

/** What a field holds if the file says nothing of it. Entries of lists have their defaults only. */
export function baselineOf(layers: Layers, { path }: FieldDescription): Baseline {
  if (path.some((part) => typeof part === 'number')) return { value: undefined, from: 'default' }
  // Its kind brings the workload of the preset back when it is taken out of the file.
  const under = path.join('.') === 'workload.kind' ? layers.preset : layers.under
  const fromPreset = at(under, path)
  if (fromPreset !== undefined) return { value: fromPreset, from: 'preset' }
  const fromPolicy = at(layers.policy, path)
  return fromPolicy === undefined ? { value: undefined, from: 'default' } : { value: fromPolicy, from: 'policy' }
}

/** The value in force, as text; for fields that decide whether others are read. */
export function textInForce(layers: Layers, path: Path): string {
  const value = at(layers.merged, path) ?? at(layers.policy, path) ?? describeField(path)?.defaultText
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** The entries of a list that are in force, and whether the file says them itself. */
export function listInForce(layers: Layers, path: Path): { readonly items: readonly Tree[]; readonly isOwn: boolean } {
  const own = at(layers.own, path)
  const list = Array.isArray(own) ? own : at(layers.merged, path)
  const items: readonly unknown[] = Array.isArray(list) ? list : []
  return { items: items.map((item) => (isTree(item) ? item : {})), isOwn: own !== undefined }
}

/** What stands at a path, or undefined. */
export function at(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, part) => {
    if (Array.isArray(node)) return typeof part === 'number' ? (node as readonly unknown[])[part] : undefined
    return isTree(node) && Object.hasOwn(node, part) ? node[part] : undefined
  }, tree)
}
