/** What is allowed in a suite but probably not meant: fields that nothing reads, failures that never come. */

import { lookUpField, parseFieldPath } from './field-index.ts'
import { problemAt } from './explain.ts'
import type { SuitePlan } from './plan.ts'
import type { Path, Problem } from './problem.ts'
import { isTree } from './resolve.ts'
import type { Scenario } from './scenario.ts'
import type { Suite } from './suite.ts'
import { neverComes } from './unreached-faults.ts'

export function suiteWarnings(suite: Suite, plan: SuitePlan): readonly Problem[] {
  return [...fieldsInVain(suite, plan), ...faultsInVain(suite, plan), ...hostsInVain(suite)]
}

/** Hosts of agents in a suite that runs on none. */
function hostsInVain({ hosts, backends, source }: Suite): readonly Problem[] {
  if (hosts === null || backends.includes('agents')) return []
  return [problemAt(source, ['hosts'], undefined, { message: 'has no effect: it is read if backends has agents' }, 'key')]
}

/** Failures that come at no point of the suite. */
function faultsInVain(suite: Suite, { points }: SuitePlan): readonly Problem[] {
  const count = Math.max(0, ...points.map(({ scenario }) => scenario.faults.length))
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const reasons = points.map(({ scenario }) => {
      const fault = scenario.faults[index]
      return fault === undefined ? undefined : neverComes(fault, scenario)
    })
    const [first] = reasons
    if (first === undefined || reasons.includes(undefined)) return []
    const field: Path = ['faults', index, first.field]
    const axis = suite.factors.flatMap(({ axes }) => axes).find((candidate) => candidate.field === field.join('.'))
    return [problemAt(suite.source, axis === undefined ? ['base', ...field] : [...axis.path, 'field'], field.join('.'), { message: first.message }, 'key')]
  })
}

/** Fields that the suite sets and that no point of it reads, because its kind is another one. */
function fieldsInVain(suite: Suite, plan: SuitePlan): readonly Problem[] {
  const written = leaves(suite.base, []).map((path) => ({ field: path, place: ['base', ...path] as Path }))
  const varied = suite.factors.flatMap((factor) => factor.axes.map((axis) => ({ field: parseFieldPath(axis.field), place: [...axis.path, 'field'] as Path })))
  return [...written, ...varied].flatMap(({ field, place }) => {
    const found = lookUpField(field.join('.'))
    const appliesTo = found.ok ? found.field.meta.appliesTo : undefined
    if (appliesTo === undefined) return []
    const kindPath = kindThatRules(field)
    const kinds = new Set(plan.points.map((point) => kindAt(point.scenario, kindPath)))
    if ([...kinds].some((kind) => kind === undefined || appliesTo.includes(kind))) return []
    const message = `has no effect: it is read if ${kindPath.join('.')} is ${appliesTo.join(' or ')}, and here it is ${[...kinds].join(', ')}`
    return [problemAt(suite.source, place, field.join('.'), { message }, 'key')]
  })
}

/** The `kind` beside a field of the workload, the disk or the balloon; for everything else the kind of strategy. */
function kindThatRules(field: Path): Path {
  if (field[0] === 'disk' || field[0] === 'balloon') return [field[0], 'kind']
  if (field[0] !== 'workload') return ['strategy', 'kind']
  return typeof field[2] === 'number' ? [...field.slice(0, 3), 'kind'] : ['workload', 'kind']
}

function kindAt(scenario: Scenario, path: Path): string | undefined {
  const kind = path.reduce<unknown>((tree, part) => (tree as Record<string | number, unknown> | undefined)?.[part], scenario)
  return typeof kind === 'string' ? kind : undefined
}

function leaves(value: unknown, path: Path): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]))
  if (isTree(value)) return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
  return [path]
}
