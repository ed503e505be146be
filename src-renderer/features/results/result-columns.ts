/** The columns that a table of runs can have: what names a run, its factors, every metric, and what was noted. */

import { factorNumber, metricInRow } from '#shared/analysis/row-fields.ts'
import { unitFor } from '#shared/figures/units.ts'
import { type Metric, metrics } from '#shared/model/metrics.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { lookUpField } from '#shared/scenario/field-index.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import type { TableColumn } from '../../components/table/columns.ts'
import { groupMean, type RowGroup } from './groups.ts'

export type ResultItem = { readonly kind: 'run'; readonly row: RunRow } | { readonly kind: 'group'; readonly group: RowGroup }

export interface ResultColumn extends TableColumn<ResultItem> {
  readonly section: 'Run' | 'Factors' | 'Metrics' | 'Notes' | 'Origin'
  /** What rows are sorted by; null comes last. */
  readonly sortValue: (row: RunRow) => number | string | null
  /** Present for a metric: its mean over a group, and the number of its cells. */
  readonly metric?: { readonly of: (row: RunRow) => number | null; readonly factor: number; readonly digits: number }
  /** The number as exported, in the unit of the header; absent: the text is exported. */
  readonly exported?: (row: RunRow) => number | string | null
}

export const shortRunId = (runId: string): string => runId.slice(0, 10)

/** Every column for these rows; factors that the rows vary stand where a reader looks for them first. */
export function columnsFor(rows: readonly RunRow[], factors: readonly string[]): readonly ResultColumn[] {
  return [
    own({ key: 'run', label: 'Run', section: 'Run', width: 120, meaning: 'The beginning of the id of the run, or the group', of: (row) => row.runId, text: (row) => shortRunId(row.runId), group: (group) => `${group.isOpen ? '▾' : '▸'} ${group.label}` }),
    ...factors.map(factorColumn),
    own({ key: 'repetition', label: 'Repetition', section: 'Run', width: 112, align: 'end', meaning: 'Counts the runs of one point, from 1', of: (row) => row.repetition, group: (group) => `n = ${group.counted.length}` }),
    own({ key: 'backend', label: 'Backend', section: 'Run', width: 76, meaning: 'What made the run', of: (row) => row.backend }),
    own({ key: 'outcome', label: 'Outcome', section: 'Run', width: 118, meaning: 'How the run ended', of: (row) => row.outcome, full: (row) => (row.reason === null ? row.outcome : `${row.outcome}: ${row.reason.message}`), group: outcomesInWords }),
    own({ key: 'exclusion', label: 'Left out because', section: 'Notes', width: 180, meaning: 'Why the run counts in no mean and no figure', of: (row) => row.exclusion }),
    ...metrics.slice(0, 2).map((metric) => metricColumn(metric, rows)),
    own({ key: 'iterations', label: 'Pages by iteration', section: 'Metrics', width: 158, meaning: 'Pages sent in each iteration, against the largest', of: (row) => row.iterationPages.length, text: (row) => row.iterationPages.join(' '), full: (row) => `Pages sent in each iteration: ${row.iterationPages.join(', ')}` }),
    ...metrics.slice(2).map((metric) => metricColumn(metric, rows)),
    own({ key: 'stopRule', label: 'Stop rule', section: 'Run', width: 110, meaning: 'The rule that ended pre-copy', of: (row) => row.stopRule }),
    own({ key: 'tags', label: 'Tags', section: 'Notes', width: 120, of: (row) => row.tags.join(', ') }),
    own({ key: 'note', label: 'Note', section: 'Notes', width: 180, of: (row) => row.note }),
    own({ key: 'point', label: 'Point', section: 'Origin', width: 68, align: 'end', of: (row) => row.point }),
    own({ key: 'seed', label: 'Seed', section: 'Origin', width: 110, align: 'end', of: (row) => row.seed }),
    own({ key: 'startedAt', label: 'Started', section: 'Origin', width: 160, of: (row) => row.provenance.startedAt, text: (row) => row.provenance.startedAt.slice(0, 19).replace('T', ' ') }),
    own({ key: 'host', label: 'Host', section: 'Origin', width: 110, of: (row) => row.provenance.host }),
  ]
}

/** What is shown until somebody chooses; a column of reasons is added once there is a reason to show. */
export function usualColumns(rows: readonly RunRow[], factors: readonly string[]): readonly string[] {
  const hasSeveralBackends = new Set(rows.map(({ backend }) => backend)).size > 1
  const noted = (key: string, some: (row: RunRow) => boolean): readonly string[] => (rows.some(some) ? [key] : [])
  return [
    'run', ...factors, 'repetition', ...(hasSeveralBackends ? ['backend'] : []), 'outcome', 'totalMs', 'downtimeMs', 'iterations', 'transferredBytes', 'iterationCount', 'guestLostMs',
    ...noted('tags', ({ tags }) => tags.length > 0), ...noted('exclusion', ({ exclusion }) => exclusion !== null),
  ]
}

interface OwnColumn {
  readonly key: string
  readonly label: string
  readonly section: ResultColumn['section']
  readonly width: number
  readonly align?: 'start' | 'end'
  readonly meaning?: string
  readonly of: (row: RunRow) => string | number | null
  readonly text?: (row: RunRow) => string
  readonly full?: (row: RunRow) => string
  readonly group?: (group: RowGroup) => string
}

function own({ key, label, section, width, align = 'start', meaning, of, text, full, group = () => '' }: OwnColumn): ResultColumn {
  const shown = text ?? ((row: RunRow): string => String(of(row) ?? ''))
  return {
    key, label, section, width, align,
    isSortable: true,
    ...(meaning === undefined ? {} : { meaning }),
    text: (item) => (item.kind === 'run' ? shown(item.row) : group(item.group)),
    full: (item) => (item.kind === 'group' ? group(item.group) : full !== undefined ? full(item.row) : key === 'run' ? item.row.runId : shown(item.row)),
    sortValue: of,
    exported: (row) => (text === undefined || key === 'run' || key === 'startedAt' ? of(row) : shown(row)),
  }
}

function factorColumn(path: string): ResultColumn {
  const found = lookUpField(path)
  const isNumber = found.ok && found.field.meta.dimension !== undefined
  const shown = (row: RunRow): string => String(row.factors[path] ?? '')
  return {
    key: path,
    label: path,
    section: 'Factors',
    align: isNumber ? 'end' : 'start',
    width: Math.max(96, Math.min(210, path.length * 8 + 34)),
    isSortable: true,
    ...(found.ok ? { meaning: `${path}: ${found.field.meta.meaning}` } : { meaning: path }),
    text: (item) => (item.kind === 'run' ? shown(item.row) : common(item.group.rows, shown)),
    sortValue: (row) => (isNumber ? factorNumber(path, row.factors[path]) : shown(row)),
    exported: shown,
  }
}

/** What all rows of a group agree on. */
function common(rows: readonly RunRow[], of: (row: RunRow) => string): string {
  const [first] = rows
  const value = first === undefined ? '' : of(first)
  return rows.every((row) => of(row) === value) ? value : ''
}

function metricColumn(metric: Metric, rows: readonly RunRow[]): ResultColumn {
  const of = (row: RunRow): number | null => metricInRow(metric, row)
  const largest = rows.reduce((most, row) => Math.max(most, Math.abs(of(row) ?? 0)), 0)
  const unit = unitFor(metric.unit, largest)
  const digits = digitsFor(largest / unit.factor, metric.unit === '' || unit.name === 'B' || unit.name === 'pages')
  const show = (value: number | null): string => (value === null ? '–' : fixed(value / unit.factor, digits))
  const label = metric.label
  return {
    key: metric.key,
    label,
    section: 'Metrics',
    align: 'end',
    width: Math.max(96, Math.min(240, (label.length + unit.name.length + 3) * 7.8 + 34)),
    unit: unit.name,
    meaning: `${label}: ${metric.meaning}`,
    isSortable: true,
    text: (item) => (item.kind === 'run' ? show(of(item.row)) : meanInWords(item.group, metric.key, of, unit.factor, digits)),
    sortValue: of,
    metric: { of, factor: unit.factor, digits },
    exported: (row) => {
      const value = of(row)
      return value === null ? null : value / unit.factor
    },
  }
}

/** Decimals that give the largest value of a column four digits, the same for all its cells so that they align. */
export function digitsFor(largest: number, isCount: boolean): number {
  if (isCount || largest >= 1000 || largest === 0) return 0
  return largest >= 100 ? 1 : largest >= 10 ? 2 : 3
}

/** A number with so many decimals; one too small to be seen that way is written with its first digits. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return value !== 0 && Number(text) === 0 ? formatNumber(Number(value.toPrecision(2))) : text
}

function meanInWords(group: RowGroup, key: string, of: (row: RunRow) => number | null, factor: number, digits: number): string {
  const mean = groupMean(group, key, of)
  if (!mean.ok) return '–'
  const more = Math.min(digits + 1, 4)
  const half = mean.halfWidth === null ? '' : ` ± ${fixed(mean.halfWidth / factor, more)}`
  return `${fixed(mean.mean / factor, more)}${half}`
}

function outcomesInWords({ rows, counted }: RowGroup): string {
  const left = rows.length - counted.length
  return left === 0 ? 'all counted' : `${left} not counted`
}
