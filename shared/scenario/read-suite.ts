/**
 * From the text of a suite file to a checked suite, or everything that is wrong with it at once.
 *
 * Each field is checked by itself here; what the fields say together (and what only some points of the suite say) is
 * checked when the suite is expanded.
 */

import type { $ZodIssue } from 'zod/v4/core'
import { runnableBackends } from './backends.ts'
import { compileConstraint } from './constraint.ts'
import { near, problemAt, unknownField, unknownPreset, whatIsAllowed } from './explain.ts'
import { fieldsIn } from './field-index.ts'
import { scenarioPresets } from './presets/index.ts'
import type { Path, Problem } from './problem.ts'
import { readVary } from './read-vary.ts'
import { fillScenario, isTree, overPreset, type ScenarioIssue, type Tree } from './resolve.ts'
import { type Factor, type Suite, suiteOutline, type SuiteSource } from './suite.ts'
import { hostsFields, toSuiteHosts } from './suite-hosts.ts'
import { upgradeDocument } from './upgrade.ts'
import { parseYamlSource } from './yaml-source.ts'

export { formatProblem, type Problem } from './problem.ts'

export type SuiteReading = { readonly ok: true; readonly suite: Suite } | { readonly ok: false; readonly problems: readonly Problem[] }

/** Reads a suite file; `fileName` is what messages call it. */
export function readSuite(text: string, fileName: string): SuiteReading {
  const parsed = parseYamlSource(text)
  if (!parsed.ok) {
    return { ok: false, problems: parsed.faults.map((fault) => ({ file: fileName, field: '', ...fault })) }
  }
  const source: SuiteSource = { file: fileName, positions: parsed.positions }
  const upgraded = upgradeDocument(parsed.tree)
  if (!upgraded.ok) {
    return { ok: false, problems: [problemAt(source, ['godwit'], parsed.tree['godwit'], { message: upgraded.message })] }
  }
  return checkDocument(upgraded.document, source)
}

function checkDocument(document: Tree, source: SuiteSource): SuiteReading {
  const outline = suiteOutline.safeParse(document)
  const problems = outline.success ? [] : outline.error.issues.flatMap((issue) => outlineProblems(issue, document, source))
  const base = isTree(document['base']) ? document['base'] : {}
  const vary: readonly unknown[] = Array.isArray(document['vary']) ? document['vary'] : []

  const read = readVary(vary, source)
  problems.push(...read.problems)
  const variesPreset = read.factors.some((factor) => factor.axes.some((axis) => axis.field === 'preset'))
  problems.push(...baseProblems(base, source, { variesPreset }))
  problems.push(...constraintProblems(document['constraint'], source))

  if (!outline.success || problems.length > 0) return { ok: false, problems: inFileOrder(problems) }
  const { name, description, constraint, repeat, seed, backends, hosts, figures } = outline.data
  const { preset, ...own } = base
  return {
    ok: true,
    suite: {
      name,
      description,
      preset: typeof preset === 'string' ? preset : null,
      base: own,
      factors: read.factors satisfies readonly Factor[],
      constraint: constraint ?? null,
      repeat,
      seed,
      backends: [...new Set(backends)],
      hosts: toSuiteHosts(hosts),
      figures,
      source,
    },
  }
}

function outlineProblems(issue: $ZodIssue, document: Tree, source: SuiteSource): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    const allowed = path.length === 0 ? Object.keys(suiteOutline.shape) : path[0] === 'hosts' ? hostsFields : []
    return issue.keys.map((key) => unknownField(source, [...path, key], allowed))
  }
  const found = valueAt(document, path)
  const names = path[0] === 'backends' ? runnableBackends : []
  const allowed = names.length > 0 && path.length === 2 ? { allowed: names.join(', ') } : {}
  return [problemAt(source, path, found, { message: found === undefined && !isAboutOthers(issue) ? `missing: ${issue.message}` : issue.message, ...allowed, ...near(found, names) })]
}

/** A rule over several fields says itself which of them is missing. */
function isAboutOthers(issue: $ZodIssue): boolean {
  return issue.code === 'custom'
}

function baseProblems(base: Tree, source: SuiteSource, options: { readonly variesPreset: boolean }): Problem[] {
  const problems: Problem[] = []
  const { preset, ...own } = base
  let under: Tree = {}
  if (preset !== undefined && !options.variesPreset) {
    const known = typeof preset === 'string' && Object.hasOwn(scenarioPresets, preset) ? scenarioPresets[preset] : undefined
    if (known === undefined) problems.push(problemAt(source, ['base', 'preset'], preset, unknownPreset(preset)))
    else under = known.input
  } else if (preset !== undefined) {
    problems.push(problemAt(source, ['base', 'preset'], preset, { message: 'the preset is varied, so the base cannot name one too; remove it here' }))
  }
  const filled = fillScenario(overPreset(under, own))
  if (!filled.ok) problems.push(...filled.issues.flatMap((issue) => scenarioProblems(issue, own, source)))
  return problems
}

function scenarioProblems(issue: ScenarioIssue, base: Tree, source: SuiteSource): Problem[] {
  if (issue.unknownFields !== undefined) {
    const allowed = fieldsIn(issue.path)
    return issue.unknownFields.map((key) => unknownField(source, ['base', ...issue.path, key], issue.path.length === 0 ? ['preset', ...allowed] : allowed))
  }
  const found = valueAt(base, issue.path)
  return [problemAt(source, ['base', ...issue.path], found, { message: issue.message, ...whatIsAllowed(issue.path, found) })]
}

function constraintProblems(constraint: unknown, source: SuiteSource): Problem[] {
  if (typeof constraint !== 'string') return []
  const compiled = compileConstraint(constraint)
  return compiled.ok ? [] : compiled.faults.map((fault) => problemAt(source, ['constraint'], constraint, fault))
}

function valueAt(tree: unknown, path: Path): unknown {
  let value = tree
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = (value as readonly unknown[])[part]
    else if (isTree(value) && Object.hasOwn(value, part)) value = value[part]
    else return undefined
  }
  return value
}

function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
}
