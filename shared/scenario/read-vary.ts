/** The factors of a suite: entries of `vary`, each value checked by the field that it is for. */

import type { Scalar } from '../model/migration-stats.ts'
import { axisValue, type RangeValues, rangeValue } from './axis.ts'
import { problemAt, unknownPreset, whatIsAllowed } from './explain.ts'
import { type Field, lookUpField, parseFieldPath } from './field-index.ts'
import { scenarioPresets } from './presets/index.ts'
import type { Path, Problem } from './problem.ts'
import { isTree, type Tree } from './resolve.ts'
import { nearestSpelling } from './spelling.ts'
import { type Axis, type AxisValues, type Factor, rangeEntry, type SuiteSource, valuesEntry, zipEntry } from './suite.ts'

export interface VaryReading {
  readonly factors: readonly Factor[]
  readonly problems: readonly Problem[]
}

/** Ranges with more values are not looked through for equal ones: the suite has too many runs anyway. */
const mostValuesCompared = 1_000_000

/** Checks every entry; the factors are complete only if there are no problems. */
export function readVary(entries: readonly unknown[], source: SuiteSource): VaryReading {
  const reader = new VaryReader(source)
  const factors = entries.map((entry, index) => reader.factor(entry, ['vary', index])).filter((factor) => factor !== undefined)
  return { factors, problems: reader.problems }
}

type Range = ReturnType<typeof rangeEntry.parse>['range']

class VaryReader {
  readonly problems: Problem[] = []
  /** Where each field is varied first. */
  private readonly seen = new Map<string, Path>()
  private readonly source: SuiteSource

  constructor(source: SuiteSource) {
    this.source = source
  }

  factor(entry: unknown, path: Path): Factor | undefined {
    if (!isTree(entry) || !('zip' in entry)) {
      const axis = this.axis(entry, path)
      return axis === undefined ? undefined : { axes: [axis], size: axisSize(axis.values) }
    }
    const parsed = zipEntry.safeParse(entry)
    if (!parsed.success) return this.refuse(parsed.error.issues, entry, { path, fields: ['zip'] })
    const axes = parsed.data.zip.map((inner, index) => this.axis(inner, [...path, 'zip', index]))
    const complete = axes.filter((axis) => axis !== undefined)
    if (complete.length < axes.length) return undefined
    const sizes = complete.map((axis) => axisSize(axis.values))
    if (new Set(sizes).size > 1) {
      const counts = complete.map((axis, index) => `${axis.field} has ${sizes[index]}`).join(', ')
      return this.report([...path, 'zip'], undefined, { message: `fields that change together need equally many values: ${counts}` })
    }
    return { axes: complete, size: sizes[0] ?? 0 }
  }

  private axis(entry: unknown, path: Path): Axis | undefined {
    if (!isTree(entry)) return this.report(path, entry, { message: 'a factor is expected, such as { field: link.bandwidth, values: [100 Mbit/s, 1 Gbit/s] }' })
    if ('zip' in entry) return this.report([...path, 'zip'], undefined, { message: 'a zip cannot stand within another; put its fields into the outer one' })
    const hasRange = 'range' in entry
    if (hasRange && 'values' in entry) return this.report(path, undefined, { message: 'both values and range are given; keep one of the two' })
    if (!hasRange && !('values' in entry) && typeof entry['field'] === 'string' && Object.keys(entry).length === 1) {
      return this.report(path, undefined, { message: `${JSON.stringify(entry['field'])} has no values; write values: [...] or range: { from, to, steps }` })
    }
    if (hasRange) {
      const parsed = rangeEntry.safeParse(entry)
      if (!parsed.success) return this.refuse(parsed.error.issues, entry, { path, fields: ['field', 'range'] })
      return this.checkedAxis(parsed.data.field, path, (field) => this.range(parsed.data.range, field, { name: parsed.data.field, path }))
    }
    const parsed = valuesEntry.safeParse(entry)
    if (!parsed.success) return this.refuse(parsed.error.issues, entry, { path, fields: ['field', 'values', 'range', 'zip'] })
    return this.checkedAxis(parsed.data.field, path, (field) => this.values(parsed.data.values, field, { name: parsed.data.field, path }))
  }

  private checkedAxis(name: string, path: Path, read: (field: Field | 'preset') => AxisValues | undefined): Axis | undefined {
    const before = this.seen.get(name)
    if (before !== undefined) {
      const line = problemAt(this.source, before, undefined, { message: '' }).line
      return this.report([...path, 'field'], name, { message: `"${name}" is varied twice, first in line ${line}; put all of its values into one factor` })
    }
    this.seen.set(name, path)
    let field: Field | 'preset' = 'preset'
    if (name !== 'preset') {
      const found = lookUpField(name)
      if (!found.ok) {
        const { ok: _, ...what } = found
        return this.report([...path, 'field'], name, what)
      }
      field = found.field
    }
    const values = read(field)
    return values === undefined ? undefined : { field: name, values, path }
  }

  private values(values: readonly Scalar[], field: Field | 'preset', at: { readonly name: string; readonly path: Path }): AxisValues | undefined {
    const before = this.problems.length
    const inZip = at.path.includes('zip')
    const seen = new Map<unknown, number>()
    values.forEach((value, index) => {
      const path = [...at.path, 'values', index]
      const read = this.value(value, field, { name: at.name, path })
      if (read === undefined) return
      const same = seen.get(read.value)
      // In a zip the other fields may tell equal values apart.
      if (same !== undefined && !inZip) this.report(path, value, { message: `the value is the same as value ${same + 1} of the list; remove one of the two` })
      seen.set(read.value, index)
    })
    return this.problems.length > before ? undefined : { kind: 'values', values }
  }

  /** What a value means inside Godwit, if it means anything. */
  private value(value: unknown, field: Field | 'preset', at: { readonly name: string; readonly path: Path }): { readonly value: unknown } | undefined {
    if (field === 'preset') {
      if (typeof value === 'string' && Object.hasOwn(scenarioPresets, value)) return { value }
      return this.report(at.path, value, unknownPreset(value))
    }
    const parsed = field.schema.safeParse(value)
    if (parsed.success) return { value: parsed.data }
    const message = parsed.error.issues[0]?.message ?? 'the value is not allowed'
    return this.report(at.path, value, { message, ...whatIsAllowed(parseFieldPath(at.name), value) })
  }

  private range(range: Range, field: Field | 'preset', at: { readonly name: string; readonly path: Path }): AxisValues | undefined {
    const path = [...at.path, 'range']
    const dimension = field === 'preset' ? undefined : field.meta.dimension
    if (field === 'preset' || dimension === undefined) {
      return this.report(path, undefined, { message: `a range needs a field with numbers, and ${at.name} has none; write values: [...]` })
    }
    const from = this.value(range.from, field, { name: at.name, path: [...path, 'from'] })?.value
    const to = this.value(range.to, field, { name: at.name, path: [...path, 'to'] })?.value
    if (from === undefined || to === undefined) return undefined
    if (typeof from !== 'number' || typeof to !== 'number') {
      return this.report(path, undefined, { message: 'off has no place in a range; write values: [off, ...]' })
    }
    const { steps, scale } = range
    if (scale === 'log' && (from <= 0 || to <= 0)) {
      return this.report([...path, 'scale'], scale, { message: 'a log range needs both ends above zero' })
    }
    const values: RangeValues = { kind: 'range', from, to, steps, scale, dimension, whole: field.meta.whole === true }
    if (steps === 1 && from !== to) {
      return this.report([...path, 'steps'], steps, { message: 'one step cannot reach from one end of the range to the other; write at least 2' })
    }
    const repeated = firstRepeated(values, steps)
    if (repeated !== undefined) {
      return this.report([...path, 'steps'], steps, { message: `the range has not that many different values: ${String(repeated)} comes twice; use fewer steps` })
    }
    return values
  }

  /** Reports what the schema of an entry refused. */
  private refuse(issues: ReadonlyArray<{ code: string; path: ReadonlyArray<PropertyKey>; message: string }>, entry: Tree, at: { readonly path: Path; readonly fields: readonly string[] }): undefined {
    for (const issue of issues) {
      const inner = issue.path.filter((part) => typeof part !== 'symbol')
      const path = [...at.path, ...inner]
      if (issue.code === 'unrecognized_keys' && 'keys' in issue) {
        const known = inner.at(-1) === 'range' ? ['from', 'to', 'steps', 'scale'] : at.fields
        for (const key of issue.keys as readonly string[]) {
          const suggestion = nearestSpelling(key, known)
          const what = { message: suggestion === undefined ? `unknown field; the fields here are ${known.join(', ')}` : 'unknown field', allowed: known.join(', ') }
          this.report([...path, key], key, suggestion === undefined ? what : { ...what, suggestion })
        }
      } else {
        const found = inner.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | undefined)?.[part], entry)
        this.report(path, found, { message: found === undefined ? `missing: ${issue.message}` : issue.message })
      }
    }
  }

  private report(path: Path, found: unknown, what: Pick<Problem, 'message' | 'suggestion' | 'allowed'>): undefined {
    this.problems.push(problemAt(this.source, path, found, what))
  }
}

/** How many values an axis has. */
export function axisSize(values: AxisValues): number {
  return values.kind === 'values' ? values.values.length : values.steps
}

/** Values of a range come in order, so that equal ones are neighbours. */
function firstRepeated(values: RangeValues, steps: number): Scalar | undefined {
  if (steps > mostValuesCompared) return undefined
  let before = rangeValue(values, 0)
  for (let index = 1; index < steps; index++) {
    const value = rangeValue(values, index)
    if (value === before) return axisValue(values, index)
    before = value
  }
  return undefined
}
