/** What was published beside what is simulated, as text for the terminal. What the model cannot meet is said, not hidden. */

import Table from 'cli-table3'
import { compareToPublished, type PublishedComparison } from '#shared/analysis/published.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { publishedFor } from '#shared/scenario/presets/published.ts'
import type { Promised, PublishedResults } from '#shared/scenario/presets/published-figure.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import { runsOf } from '../lab/read-results.ts'
import type { Store } from '../store/contract.ts'
import { spread } from './result-tables.ts'

/** Empty for a suite of which nothing is published. */
export async function publishedInWords(store: Store, { suiteId }: SuiteEntry): Promise<string> {
  const published = publishedFor(await store.suiteText(suiteId))
  if (published === undefined) return ''
  const runs: RunRecord[] = []
  for await (const run of runsOf(store, { suiteId })) runs.push(run)
  return `\n${textOf(published, compareToPublished(published.figures, runs))}`
}

function textOf({ source, figures, remarks }: PublishedResults, comparison: readonly PublishedComparison[]): string {
  const notes = ['What to know of the comparison:', ...remarks.map((remark) => `- ${remark}`), '']
  if (figures.length === 0) return [`After ${source}.`, ...notes].join('\n')
  return [
    `Published (${source}) and simulated (mean, 95 % Student-t interval)`,
    comparisonTable(comparison),
    verdict(comparison),
    'Known: source = in the source documents; verified = read in the abstract page or in public code; recalled = widely quoted, not read in the original.',
    ...notes,
  ].join('\n')
}

function comparisonTable(comparison: readonly PublishedComparison[]): string {
  const table = new Table({
    head: ['of', 'quantity', 'unit', 'published', 'known', 'simulated', 'error', 'promised', ''],
    colAligns: ['left', 'left', 'left', 'right', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  let subject = ''
  for (const { figure, simulated, relativeError, met } of comparison) {
    table.push([
      figure.subject === subject ? '' : figure.subject,
      figure.quantity,
      figure.unit,
      formatNumber(figure.value),
      figure.tag,
      simulated.ok ? `${formatNumber(simulated.mean)} ± ${simulated.halfWidth === null ? 'unknown' : spread(simulated.halfWidth, simulated.mean)}` : 'no run',
      relativeError === null || isBound(figure.promised) ? '' : percent(relativeError),
      figure.promised === null ? '' : promiseInWords(figure.promised),
      met === null ? '' : met ? 'met' : 'NOT MET',
    ])
    subject = figure.subject
  }
  return table.toString()
}

/** Is the published value an end of a range, from which there is no error? */
function isBound(promised: Promised | null): boolean {
  return promised !== null && ('atMost' in promised || 'atLeast' in promised)
}

function promiseInWords(promised: Promised): string {
  if ('share' in promised) return `± ${Math.round(promised.share * 100)} %`
  if ('within' in promised) return `± ${formatNumber(promised.within)}`
  return 'atMost' in promised ? `at most ${formatNumber(promised.atMost)}` : `at least ${formatNumber(promised.atLeast)}`
}

function verdict(comparison: readonly PublishedComparison[]): string {
  const promised = comparison.filter(({ met }) => met !== null)
  const open = promised.filter((row) => row.met === false).map(({ figure }) => `${figure.subject} ${figure.quantity}`)
  if (promised.length === 0) return 'Nothing was promised of these figures.'
  if (open.length === 0) return `Promised of these figures: ${promised.length}, all met.`
  return `Promised of these figures: ${promised.length}, met ${promised.length - open.length}; not met: ${open.join('; ')}.`
}

function percent(error: number): string {
  return `${error < 0 ? '-' : '+'}${Math.abs(error * 100).toFixed(1)} %`
}
