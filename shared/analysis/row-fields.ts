/** What can be asked of a row of results, by name: metrics, factors, what was noted, and where it came from. */

import { type Metric, metrics } from '../model/metrics.ts'
import type { MigrationStats, Outcome, Scalar } from '../model/migration-stats.ts'
import type { RunRow } from '../rpc/app-contract.ts'
import type { ConditionValue } from '../scenario/condition.ts'
import { fieldPaths, lookUpField, parseFieldPath } from '../scenario/field-index.ts'
import type { FieldMeta } from '../scenario/fields.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type Dimension, parseQuantity } from '../units/quantity.ts'
import type { FilterField } from './filter.ts'

export interface RowFieldOptions {
  /** The filled-in scenario of a row, where it is known: fields that were not varied can then be asked for too. */
  readonly scenarioOf?: (row: RunRow) => Scenario | undefined
}

const outcomes: readonly Outcome[] = ['completed', 'failed', 'lost', 'cancelled', 'crashed', 'invalid']

/** The value of a metric in a row; a crashed run has none. */
export function metricInRow(metric: Metric, row: RunRow): number | null {
  // A metric never reads the rows and series that a row lacks.
  return row.outcome === 'crashed' || row.outcome === 'invalid' ? null : metric.of(row as RunRow & Pick<MigrationStats, 'iterations' | 'timeline' | 'wws'>)
}

/** Factor paths of these rows, in the order in which they appear. */
export function factorsOf(rows: readonly RunRow[]): readonly string[] {
  const paths = new Set<string>()
  let last: RunRow['factors'] | undefined
  for (const { factors } of rows) {
    if (factors === last) continue
    last = factors
    for (const path of Object.keys(factors)) paths.add(path)
  }
  return [...paths]
}

/** A factor's value as a number in base units, null where it is off or no number. */
export function factorNumber(path: string, value: Scalar | undefined): number | null {
  const dimension = metaAt(path)?.dimension
  if (typeof value === 'number') return dimension === undefined || dimension === 'count' ? value : quantityIn(value, dimension)
  if (typeof value !== 'string' || dimension === undefined || dimension === 'count') return null
  return quantityIn(value, dimension)
}

function quantityIn(value: string | number, dimension: Dimension): number | null {
  const parsed = parseQuantity(value, dimension)
  return parsed.ok ? parsed.value : null
}

/** Every name that a filter over these rows may use; what was varied comes before what was not. */
export function rowFields(rows: readonly RunRow[], options: RowFieldOptions = {}): ReadonlyArray<FilterField<RunRow>> {
  const factors = factorsOf(rows)
  const { scenarioOf } = options
  const others = scenarioOf === undefined ? [] : fieldPaths().filter((path) => !factors.includes(path))
  return [
    ...factors.map((path) => factorField(path, rows)),
    ...metrics.map(metricField),
    ...recordFields(rows),
    ...others.flatMap((path) => (scenarioOf === undefined ? [] : [scenarioField(path, scenarioOf)])),
  ]
}

function metricField(metric: Metric): FilterField<RunRow> {
  const measure = measures[metric.unit]
  return { name: metric.key, meaning: measure === undefined ? metric.label : `${metric.label}, in ${metric.unit} unless a unit is written`, type: 'number', of: (row) => metricInRow(metric, row), ...(measure ?? { dimension: 'count' }) }
}

const measures: Readonly<Partial<Record<Metric['unit'], { readonly dimension: Dimension; readonly unit: number }>>> = {
  ms: { dimension: 'nanoseconds', unit: 1e6 },
  B: { dimension: 'bytes', unit: 1 },
  'bit/s': { dimension: 'bitsPerSecond', unit: 1 },
  '%': { dimension: 'fraction', unit: 0.01 },
}

function text(name: string, meaning: string, of: (row: RunRow) => ConditionValue, rest: Partial<FilterField<RunRow>> = {}): FilterField<RunRow> {
  return { name, meaning, type: 'text', of, ...rest }
}

function number(name: string, meaning: string, of: (row: RunRow) => number): FilterField<RunRow> {
  return { name, meaning, type: 'number', dimension: 'count', of }
}

function recordFields(rows: readonly RunRow[]): ReadonlyArray<FilterField<RunRow>> {
  const seen = (of: (row: RunRow) => ConditionValue) => (): readonly string[] => [...new Set(rows.map(of).filter((value) => typeof value === 'string'))]
  const suite = (row: RunRow): string => row.suite
  return [
    text('backend', 'What made the run', (row) => row.backend, { options: ['sim', 'agents', 'qemu'] }),
    text('outcome', 'How the run ended', (row) => row.outcome, { options: outcomes }),
    text('stopRule', 'The rule that ended pre-copy', (row) => row.stopRule, { values: seen((row) => row.stopRule) }),
    text('reason', 'Why the run did not complete', (row) => (row.reason === null ? null : `${row.reason.code}: ${row.reason.message}`)),
    { name: 'tag', meaning: 'A tag of the run', type: 'list', of: (row) => row.tags, values: () => [...new Set(rows.flatMap((row) => row.tags))] },
    text('note', 'What was noted about the run', (row) => row.note),
    { name: 'excluded', meaning: 'Left out of means and figures', type: 'flag', of: (row) => row.exclusion !== null },
    text('exclusion', 'Why the run is left out', (row) => row.exclusion),
    text('name', 'Name of the suite', suite, { values: seen(suite) }),
    text('suite', 'Name of the suite', suite, { values: seen(suite) }),
    text('run', 'Id of the run', (row) => row.runId),
    number('point', 'Number of the point', (row) => row.point),
    number('repetition', 'Number of the repetition, from 1', (row) => row.repetition),
    number('seed', 'Seed of the run', (row) => row.seed),
  ]
}

function metaAt(path: string): FieldMeta | undefined {
  const found = lookUpField(path)
  return found.ok ? found.field.meta : undefined
}

/** Durations count in milliseconds, as the metrics do. */
function unitOf(meta: FieldMeta | undefined): number {
  return meta?.dimension === 'nanoseconds' ? 1e6 : 1
}

function typeOf(meta: FieldMeta | undefined): FilterField<RunRow>['type'] {
  if (meta?.control === 'switch') return 'flag'
  return meta?.dimension === undefined ? 'text' : 'number'
}

function declared(path: string): Omit<FilterField<RunRow>, 'of'> & { readonly unit: number } {
  const meta = metaAt(path)
  return {
    name: path,
    meaning: meta?.meaning ?? 'A factor of the suite',
    type: typeOf(meta),
    unit: unitOf(meta),
    ...(meta?.dimension === undefined ? {} : { dimension: meta.dimension }),
    ...(meta?.options === undefined ? {} : { options: Object.keys(meta.options) }),
  }
}

function factorField(path: string, rows: readonly RunRow[]): FilterField<RunRow> {
  const field = declared(path)
  const { type, unit } = field
  const values = (): readonly string[] => [...new Set(rows.map(({ factors }) => factors[path]).filter((value) => value !== undefined && value !== null).map(String))]
  // Few different values, many rows: each is read once.
  const known = new Map<Scalar | undefined, ConditionValue>()
  const read = (value: Scalar | undefined): ConditionValue => {
    if (type === 'flag') return value === true || value === 'on'
    if (type === 'text') return value === undefined || value === null ? null : String(value)
    const parsed = factorNumber(path, value)
    return parsed === null ? null : parsed / unit
  }
  const of = ({ factors }: RunRow): ConditionValue => {
    const value = factors[path]
    const found = known.get(value)
    if (found !== undefined) return found
    const fresh = read(value)
    known.set(value, fresh)
    return fresh
  }
  return { ...field, of, values }
}

function scenarioField(path: string, scenarioOf: (row: RunRow) => Scenario | undefined): FilterField<RunRow> {
  const field = declared(path)
  const parts = parseFieldPath(path)
  const of = (row: RunRow): ConditionValue => {
    const value = parts.reduce<unknown>((tree, part) => (tree as Record<string | number, unknown> | null | undefined)?.[part], scenarioOf(row))
    if (typeof value === 'number') return value / field.unit
    return typeof value === 'string' || typeof value === 'boolean' ? value : null
  }
  return { ...field, of }
}
