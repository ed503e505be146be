/** What a mark of a figure says, in words, and in which order the keyboard goes from mark to mark. */

import type { ChartSpec } from '#shared/figures/spec.ts'
import { formatNumber } from '#shared/units/quantity.ts'

export interface MarkId {
  readonly dataset: number
  readonly index: number
}

/** "100 Mbit/s, 2000: 48.1; n = 10". */
export function describeMark(spec: ChartSpec, { dataset, index }: MarkId): string {
  const { labels = [], datasets } = spec.config.data
  const shown = datasets[dataset]
  if (shown === undefined) return ''
  const datum: unknown = shown.data[index]
  const label = labels[index]
  const place = Array.isArray(label) ? label.join(', ') : typeof label === 'string' ? label : ''
  const runs = spec.marks?.[dataset]?.[index]?.runIds.length ?? 0
  const names = [datasets.length > 1 || place === '' ? (shown.label ?? '') : '', place].filter((part) => part !== '').join(', ')
  return `${names}${names === '' ? '' : ': '}${valueWords(datum)}${runs > 1 ? `; n = ${runs}` : ''}`
}

/** All marks with runs behind them, series by series. */
export function markSteps(spec: ChartSpec): readonly MarkId[] {
  return (spec.marks ?? []).flatMap((marks, dataset) => marks.flatMap((mark, index) => (mark.runIds.length === 0 ? [] : [{ dataset, index }])))
}

function valueWords(datum: unknown): string {
  if (typeof datum === 'number') return formatNumber(datum)
  if (typeof datum !== 'object' || datum === null) return ''
  const { x, y, v, median, yMin, yMax } = datum as Readonly<Record<string, unknown>>
  if (typeof v === 'number') return `${String(x)}, ${String(y)}: ${formatNumber(v)}`
  if (typeof median === 'number') return `median ${formatNumber(median)}`
  const value = typeof y === 'number' ? formatNumber(y) : ''
  const interval = typeof yMin === 'number' && typeof yMax === 'number' && yMax > yMin ? ` (${formatNumber(yMin)} to ${formatNumber(yMax)})` : ''
  return typeof x === 'number' ? `${formatNumber(x)}, ${value}${interval}` : `${value}${interval}`
}
