/** From a scenario as written to one with every field filled in. */

import type { $ZodIssue } from 'zod/v4/core'
import { builtInMisfit } from '../trace/fit.ts'
import { dataPathContradictions } from './data-path-rules.ts'
import type { BackendName } from './plan.ts'
import { postcopyContradictions } from './postcopy-rules.ts'
import { releaseContradictions } from './release-contradictions.ts'
import { type PolicyName, policyDefaults } from './policies.ts'
import { type Scenario, scenarioSchema } from './scenario.ts'
import { storageContradictions } from './storage-contradictions.ts'

/** What is wrong with one field, and where in the scenario it stands. */
export interface ScenarioIssue {
  /** Path within the scenario, such as ['link', 'bandwidth'] or ['faults', 0, 'at']. */
  readonly path: ReadonlyArray<string | number>
  readonly message: string
  /** Fields that do not exist, where that is the problem; `path` then names the section they stand in. */
  readonly unknownFields?: readonly string[]
  /** The backend that cannot do it, if others can. */
  readonly backend?: BackendName
}

export type Resolution =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly issues: readonly ScenarioIssue[] }

/** A tree of plain data, as YAML or JSON gives it. */
export type Tree = { readonly [key: string]: unknown }

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lays `over` on top of `under`: sections are merged field by field, lists and values are replaced. */
export function overlay(under: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isTree(below) && isTree(value) ? overlay(below, value) : value
  }
  return merged
}

/**
 * Lays a scenario over the preset that it starts from. A workload with a kind of its own takes the place of the preset's
 * as a whole: its processes and proportions belong to the program that the preset describes.
 */
export function overPreset(preset: Tree, own: Tree): Tree {
  const { workload, ...rest } = preset
  const replaced = isTree(own['workload']) && Object.hasOwn(own['workload'], 'kind')
  return overlay(replaced ? rest : { ...rest, ...(workload === undefined ? {} : { workload }) }, own)
}

/** Fills in what the named policy sets, beneath what the scenario itself says. */
function withPolicy(input: Tree): Tree {
  const strategy = input['strategy']
  if (!isTree(strategy)) return input
  const name = strategy['policy']
  if (typeof name !== 'string' || !Object.hasOwn(policyDefaults, name)) return input
  return overlay({ strategy: policyDefaults[name as PolicyName] }, input)
}

/** Checks a scenario and fills in policy and defaults. Everything that is wrong is reported at once. */
export function resolveScenario(input: Tree): Resolution {
  const filled = fillScenario(input)
  if (!filled.ok) return filled
  const issues = contradictions(filled.scenario)
  return issues.length === 0 ? filled : { ok: false, issues }
}

/** Checks each field by itself and fills in policy and defaults; says nothing of fields that contradict each other. */
export function fillScenario(input: Tree): Resolution {
  const parsed = scenarioSchema.safeParse(withPolicy(input))
  return parsed.success ? { ok: true, scenario: parsed.data } : { ok: false, issues: parsed.error.issues.map(toIssue) }
}

export type SectionName = keyof Scenario

export type SectionResolution =
  | { readonly ok: true; readonly section: Scenario[SectionName] }
  | { readonly ok: false; readonly issues: readonly ScenarioIssue[] }

/** As `fillScenario`, for one section: sections are filled in independently of each other. */
export function fillSection(name: SectionName, input: unknown): SectionResolution {
  const parsed = scenarioSchema.shape[name].safeParse(withPolicy(input === undefined ? {} : { [name]: input })[name])
  if (parsed.success) return { ok: true, section: parsed.data }
  return { ok: false, issues: parsed.error.issues.map(toIssue).map((issue) => ({ ...issue, path: [name, ...issue.path] })) }
}

function toIssue(issue: $ZodIssue): ScenarioIssue {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code !== 'unrecognized_keys') return { path, message: issue.message }
  return { path, message: `unknown field ${issue.keys.map((key) => `"${key}"`).join(', ')}`, unknownFields: issue.keys }
}

/** What each field allows but the fields together do not. */
export function contradictions(scenario: Scenario): readonly ScenarioIssue[] {
  const { guest, workload, strategy, faults } = scenario
  const issues: ScenarioIssue[] = []
  const report = (path: ReadonlyArray<string | number>, message: string): void => void issues.push({ path, message })

  if (!Number.isInteger(Math.log2(guest.pageSize))) report(['guest', 'pageSize'], `${guest.pageSize} B is not a power of two`)
  if (guest.memory % guest.pageSize !== 0) {
    report(['guest', 'memory'], `${guest.memory} B is not a whole number of pages of ${guest.pageSize} B`)
  } else if (guest.memory / guest.pageSize > maxPages) {
    report(['guest', 'memory'], `the guest has ${guest.memory / guest.pageSize} pages; at most ${maxPages} can be addressed; use a larger pageSize`)
  }
  if (guest.freeMemory + guest.pageCache + guest.nonPageable > guest.memory) {
    report(['guest', 'memory'], 'freeMemory, pageCache and nonPageable together are more than the memory of the guest')
  }
  for (const { path, message } of [...dataPathContradictions(scenario), ...postcopyContradictions(scenario)]) report(path, message)
  const processes = [workload, ...workload.processes]
  let next = 0
  processes.forEach((process, index) => {
    const path = index === 0 ? ['workload'] : ['workload', 'processes', index - 1]
    const start = process.start ?? next
    if (process.kind === 'idle') return
    if (process.workingSet < guest.pageSize) report([...path, 'workingSet'], 'the working set is smaller than a page')
    if (start + process.workingSet > guest.memory) {
      report([...path, 'workingSet'], 'the working set reaches beyond the memory of the guest')
    }
    if (process.kind === 'trace') {
      const misfit = builtInMisfit(process, guest.pageSize)
      if (misfit !== undefined) report([...path, 'trace'], misfit)
    }
    next = Math.max(next, start + process.workingSet)
  })
  issues.push(...releaseContradictions(scenario))
  if (strategy.minRate !== null && strategy.maxRate !== null && strategy.minRate > strategy.maxRate) {
    report(['strategy', 'minRate'], 'the minimum rate is above the maximum rate')
  }
  if (strategy.rateControl !== 'fixed' && (strategy.minRate === null || strategy.maxRate === null)) {
    report(['strategy', 'rateControl'], `"${strategy.rateControl}" needs minRate and maxRate`)
  }
  if (strategy.stop.rampSteps !== null && strategy.stop.downtime === null) {
    report(['strategy', 'stop', 'rampSteps'], 'a ramp of the downtime limit needs stop.downtime, its full value')
  }
  for (const { path, message } of storageContradictions(scenario)) report(path, message)
  faults.forEach((fault, index) => {
    if (fault.at === null && fault.phase === 'any') report(['faults', index], 'a failure needs a time (at) or a phase')
    if (fault.lasts !== null && fault.kind !== 'link-loss') report(['faults', index, 'lasts'], 'a host that crashed does not come back; only the loss of a link can end')
  })
  return issues
}

/** Page numbers are 31-bit: with pages of 4 KiB that is a guest of 8 TiB. */
export const maxPages = 2 ** 31
