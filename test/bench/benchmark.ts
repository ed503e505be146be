/** What a benchmark is, and how its findings are shown. */

import Table from 'cli-table3'
import { formatNumber } from '#shared/units/quantity.ts'

export interface Finding {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** The promise that the value is held against; absent where the value is there to be looked at. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number }
}

export interface Benchmark {
  /** The word for `--only`. */
  readonly name: string
  readonly title: string
  readonly measure: () => Promise<readonly Finding[]>
}

export interface Report {
  readonly name: string
  readonly title: string
  readonly findings: ReadonlyArray<Finding & { readonly reached: boolean | null }>
  /** Why the benchmark broke, if it did. */
  readonly error: string | null
}

/** Whether a finding keeps its promise; null where there is none. */
export function reached({ value, target }: Finding): boolean | null {
  if (target === undefined) return null
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast
}

export function tableOf(reports: readonly Report[]): string {
  const table = new Table({
    head: ['benchmark', 'measured', 'value', 'target', 'reached'],
    style: { head: [], border: [], compact: true },
  })
  for (const report of reports) {
    if (report.error !== null) table.push([report.name, { content: `broke: ${report.error}`, colSpan: 4 }])
    report.findings.forEach((finding, index) => {
      const verdict = finding.reached === null ? '' : finding.reached ? 'yes' : 'NO'
      table.push([index === 0 ? report.name : '', finding.what, shown(finding.value, finding.unit), targetText(finding), verdict])
    })
  }
  return table.toString()
}

function targetText({ target, unit }: Finding): string {
  if (target === undefined) return ''
  return 'atMost' in target ? `at most ${shown(target.atMost, unit)}` : `at least ${shown(target.atLeast, unit)}`
}

function shown(value: number, unit: string): string {
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper
}
