/** Runs that share the value of a field, with the means of what they measured. */

import { type IntervalResult, meanInterval } from '#shared/analysis/interval.ts'
import { factorNumber } from '#shared/analysis/row-fields.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'

export interface RowGroup {
  readonly key: string
  /** The value, or what stands for none. */
  readonly label: string
  readonly rows: readonly RunRow[]
  /** Completed and not left out: the runs that a mean is taken of. */
  readonly counted: readonly RunRow[]
  readonly isOpen: boolean
  /** Means by metric, filled in as they are asked for. */
  readonly means: Map<string, IntervalResult>
}

/** The value of a field that rows can be grouped by. */
export function groupValue(row: RunRow, field: string): string {
  if (field === 'backend' || field === 'outcome') return row[field]
  if (field === 'point') return String(row.point)
  const value = row.factors[field]
  return value === undefined ? 'not varied' : String(value)
}

/** Groups in the order of their values: numbers by size, text as it first appears. */
export function groupRows(rows: readonly RunRow[], field: string, open: ReadonlySet<string>): readonly RowGroup[] {
  const members = new Map<string, RunRow[]>()
  for (const row of rows) {
    const value = groupValue(row, field)
    const known = members.get(value)
    if (known === undefined) members.set(value, [row])
    else known.push(row)
  }
  const groups = [...members].map(([value, inside]) => ({
    key: `group ${value}`,
    label: value,
    rows: inside,
    counted: inside.filter(({ outcome, exclusion }) => outcome === 'completed' && exclusion === null),
    isOpen: open.has(`group ${value}`),
    means: new Map<string, IntervalResult>(),
  }))
  const sizeOf = (group: RowGroup): number => (field === 'point' ? Number(group.label) : (factorNumber(field, group.label) ?? Number.NaN))
  return groups.some((group) => Number.isNaN(sizeOf(group))) ? groups : groups.sort((a, b) => sizeOf(a) - sizeOf(b))
}

export function groupMean(group: RowGroup, metric: string, of: (row: RunRow) => number | null): IntervalResult {
  const known = group.means.get(metric)
  if (known !== undefined) return known
  const mean = meanInterval(group.counted.map(of).filter((value) => value !== null))
  group.means.set(metric, mean)
  return mean
}
