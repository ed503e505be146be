/**
 * `godwit demo`: repeats the evaluation of Clark et al. 2005, prints what was published beside what is simulated, and
 * draws the figures. What the model cannot meet is said, not hidden.
 */

import { join } from 'node:path'
import Table from 'cli-table3'
import { compareToPublished, type PublishedComparison } from '#shared/analysis/published.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { clark2005Published, clark2005Remarks } from '#shared/scenario/presets/clark-2005-published.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import { chooseSuites, runsOf } from '../../lab/read-results.ts'
import { openStore } from '../../store/open-store.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'
import { spread } from '../result-tables.ts'
import { runRun } from './run.ts'

export interface DemoOptions {
  /** Where the store, the tables and the figures go. */
  readonly out: string
  readonly workers?: number
}

const suiteName = 'clark-2005'

export async function runDemo({ out, workers }: DemoOptions, io: CliIo): Promise<ExitStatus> {
  const storePath = join(out, 'clark-2005.sqlite')
  const status = await runRun(suiteName, { store: storePath, out, ...(workers === undefined ? {} : { workers }) }, io)
  if (status !== exitStatus.success) return status
  const runs = await runsByPreset(storePath)
  const comparison = compareToPublished(clark2005Published, (preset) => runs.get(preset) ?? [])
  io.out(`\nPublished by Clark et al. 2005, and simulated (mean of the completed runs, 95 % Student-t interval; a MB of the paper is read as a MiB)\n${comparisonTable(comparison)}\n`)
  io.out(conclusion(comparison))
  return exitStatus.success
}

async function runsByPreset(storePath: string): Promise<ReadonlyMap<string, readonly RunRecord[]>> {
  const byPreset = new Map<string, RunRecord[]>()
  const store = await openStore(storePath)
  try {
    for (const { suiteId } of await chooseSuites(store, undefined)) {
      for await (const run of runsOf(store, { suiteId })) {
        const preset = String(run.factors['preset'])
        byPreset.set(preset, [...(byPreset.get(preset) ?? []), run])
      }
    }
  } finally {
    await store.close()
  }
  return byPreset
}

function comparisonTable(comparison: readonly PublishedComparison[]): string {
  const table = new Table({
    head: ['workload', 'quantity', 'unit', 'published', 'known', 'simulated', 'error', 'bound', ''],
    colAligns: ['left', 'left', 'left', 'right', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  let workload = ''
  for (const { figure, simulated, relativeError, met } of comparison) {
    const name = figure.preset.replace(/^.*\//, '')
    table.push([
      name === workload ? '' : name,
      figure.quantity,
      figure.unit,
      formatNumber(figure.value),
      figure.tag,
      simulated.ok ? `${formatNumber(simulated.mean)} ± ${simulated.halfWidth === null ? 'unknown' : spread(simulated.halfWidth, simulated.mean)}` : 'no run',
      relativeError === null ? '' : percent(relativeError),
      figure.bound === null ? '' : `± ${Math.round(figure.bound * 100)} %`,
      met === null ? '' : met ? 'met' : 'NOT MET',
    ])
    workload = name
  }
  return table.toString()
}

function conclusion(comparison: readonly PublishedComparison[]): string {
  const bounded = comparison.filter(({ met }) => met !== null)
  const met = bounded.filter((row) => row.met === true)
  const open = bounded.filter((row) => row.met === false).map(({ figure }) => `${figure.preset} ${figure.quantity}`)
  const verdict = open.length === 0 ? `All ${bounded.length} figures with a bound are met.` : `${met.length} of ${bounded.length} figures with a bound are met; not met: ${open.join('; ')}.`
  const known = 'Known: source = in the source documents; verified = read in the abstract page; recalled = widely quoted, not read in the original.'
  return [verdict, known, 'What the model does not reproduce:', ...clark2005Remarks.map((remark) => `- ${remark}`), ''].join('\n')
}

function percent(error: number): string {
  return `${error < 0 ? '-' : '+'}${Math.abs(error * 100).toFixed(1)} %`
}
