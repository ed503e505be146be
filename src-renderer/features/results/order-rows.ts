/** The order of rows under a header that was pressed. */

import type { RunRow } from '#shared/rpc/app-contract.ts'
import type { SortOrder } from '../../components/table/columns.ts'
import { groupMean, type RowGroup } from './groups.ts'
import type { ResultColumn } from './result-columns.ts'

/** Rows in a new order; equal ones stay as they are, and what has no value comes last either way. */
export function orderRows(rows: readonly RunRow[], sort: SortOrder | null, columns: readonly ResultColumn[]): readonly RunRow[] {
  const column = columns.find(({ key }) => key === sort?.key)
  if (sort === null || column === undefined) return rows
  const keyed = rows.map((row) => ({ row, value: column.sortValue(row) }))
  keyed.sort((a, b) => compare(a.value, b.value, sort.descending))
  return keyed.map(({ row }) => row)
}

/** Groups by their mean, where the order is that of a metric. */
export function orderGroups(groups: readonly RowGroup[], sort: SortOrder | null, columns: readonly ResultColumn[]): readonly RowGroup[] {
  const metric = columns.find(({ key }) => key === sort?.key)?.metric
  if (sort === null || metric === undefined) return sort?.key === 'run' && sort.descending ? groups.toReversed() : groups
  const keyed = groups.map((group) => {
    const mean = groupMean(group, sort.key, metric.of)
    return { group, value: mean.ok ? mean.mean : null }
  })
  keyed.sort((a, b) => compare(a.value, b.value, sort.descending))
  return keyed.map(({ group }) => group)
}

function compare(a: number | string | null, b: number | string | null, descending: boolean): number {
  if (a === b) return 0
  if (a === null || a === '') return 1
  if (b === null || b === '') return -1
  const rising = a < b ? -1 : 1
  return descending ? -rising : rising
}
