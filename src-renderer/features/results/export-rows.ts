/** What the table shows, as comma-separated values: the same columns, order and units, with all digits. */

import { type CsvCell, csvText } from '#shared/analysis/csv.ts'
import { labelWithUnit } from '#shared/figures/units.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { groupMean, type RowGroup } from './groups.ts'
import type { ResultColumn } from './result-columns.ts'

export function runsAsCsv(rows: readonly RunRow[], columns: readonly ResultColumn[]): string {
  return csvText(columns.map(headOf), rows.map((row) => columns.map((column) => column.exported?.(row))))
}

/** One line a group: its value, how many runs count, and mean and half-width of each metric shown. */
export function groupsAsCsv(groups: readonly RowGroup[], field: string, columns: readonly ResultColumn[]): string {
  const measured = columns.flatMap((column) => (column.metric === undefined ? [] : [{ column, metric: column.metric }]))
  const head = [field, 'runs', 'n', ...measured.flatMap(({ column }) => [`mean ${headOf(column)}`, `half-width of the 95 % interval ${headOf(column)}`])]
  return csvText(head, groups.map((group) => {
    const means = measured.flatMap(({ column, metric }): readonly CsvCell[] => {
      const mean = groupMean(group, column.key, metric.of)
      return mean.ok ? [mean.mean / metric.factor, mean.halfWidth === null ? null : mean.halfWidth / metric.factor] : [null, null]
    })
    return [group.label, group.rows.length, group.counted.length, ...means]
  }))
}

/** Hands a file to the browser, or to the window's own way to save one. */
export function download(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  URL.revokeObjectURL(url)
}

export function fileNameFor(suite: string, ending: 'csv' | 'parquet'): string {
  return `${suite.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '').toLowerCase() || 'runs'}.${ending}`
}

function headOf({ label, unit = '' }: ResultColumn): string {
  return labelWithUnit(label, unit)
}
