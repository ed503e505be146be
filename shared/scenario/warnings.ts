/** What is allowed in a suite but probably not meant: fields that nothing reads. */

import { lookUpField, parseFieldPath } from './field-index.ts'
import { problemAt } from './explain.ts'
import type { SuitePlan } from './plan.ts'
import type { Path, Problem } from './problem.ts'
import { isTree } from './resolve.ts'
import type { Scenario } from './scenario.ts'
import type { Suite } from './suite.ts'

/** Fields that the suite sets and that no point of it reads, because its kind is another one. */
export function suiteWarnings(suite: Suite, plan: SuitePlan): readonly Problem[] {
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

/** The `kind` beside a field of the workload; for everything else the kind of strategy. */
function kindThatRules(field: Path): Path {
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
