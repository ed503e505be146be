/** `godwit results`: what the store holds of a suite, per point or per run. */

import type { PointSummary } from '#shared/analysis/summarise.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Metric } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { csvLine } from '../../export/csv.ts'
import { chooseSuites, runsOf, summariesOf } from '../../lab/read-results.ts'
import type { Store, SuiteSummary } from '../../store/contract.ts'
import { openStore } from '../../store/open-store.ts'
import { chooseMetrics } from '../choose-metrics.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'
import { pointRows, pointsHeader, pointsTable, runJson, runRow, runsHeader, runsTable } from '../result-tables.ts'

export interface ResultsOptions {
  readonly store: string
  /** Name or number of a suite; absent: the newest of each name. */
  readonly suite?: string
  readonly format: 'table' | 'csv' | 'json' | 'parquet'
  /** One row a run instead of one a point. */
  readonly runs?: boolean
  /** With the sampled series of each run (JSON only). */
  readonly timelines?: boolean
  readonly metric?: readonly string[]
}

export async function runResults(options: ResultsOptions, io: CliIo): Promise<ExitStatus> {
  if (options.format === 'parquet') throw new GodwitError('results.format', 'this version does not write Parquet yet; use --format csv or --format json')
  const metrics = chooseMetrics(options.metric)
  const store = await openStore(options.store, { access: 'read' })
  try {
    const suites = await chooseSuites(store, options.suite)
    if (suites.length === 0) throw new GodwitError('results.empty', `the store "${options.store}" has no results yet; fill it with \`godwit run FILE --store ${options.store}\``)
    const print = options.runs === true ? printRuns : printPoints
    await print(store, suites, metrics, options, io)
    return exitStatus.success
  } finally {
    await store.close()
  }
}

type Print = (store: Store, suites: readonly SuiteSummary[], metrics: readonly Metric[], options: ResultsOptions, io: CliIo) => Promise<void>

const printPoints: Print = async (store, suites, metrics, { format }, io) => {
  if (format === 'csv') io.out(csvLine(pointsHeader))
  const documents = []
  for (const suite of suites) {
    const summaries: PointSummary[] = []
    for await (const summary of summariesOf(store, suite.suiteId, metrics)) {
      if (format === 'csv') for (const row of pointRows(summary, metrics)) io.out(csvLine(row))
      else summaries.push(summary)
    }
    documents.push({ ...suite, points: summaries })
    if (format === 'table') io.out(`${headline(suite)}\n${pointsTable(summaries, metrics)}`)
  }
  if (format === 'json') io.out(`${JSON.stringify({ confidence: 0.95, suites: documents })}\n`)
}

const printRuns: Print = async (store, suites, metrics, { format, timelines = false }, io) => {
  const factors = format === 'csv' ? await factorsOf(store, suites) : []
  if (format === 'csv') io.out(csvLine(runsHeader(factors)))
  if (format === 'json') io.out('[')
  let separator = '\n'
  for (const suite of suites) {
    const runs: RunRecord[] = []
    for await (const run of runsOf(store, { suiteId: suite.suiteId, timelines: format === 'json' && timelines, iterations: format === 'json' })) {
      if (format === 'csv') io.out(csvLine(runRow(run, factors)))
      else if (format === 'table') runs.push(run)
      else {
        io.out(separator + runJson(run, { timelines }))
        separator = ',\n'
      }
    }
    if (format === 'table') io.out(`${headline(suite)}\n${runsTable(runs, metrics)}`)
  }
  if (format === 'json') io.out('\n]\n')
}

async function factorsOf(store: Store, suites: readonly SuiteSummary[]): Promise<readonly string[]> {
  const points = await Promise.all(suites.map(({ suiteId }) => store.points(suiteId)))
  return [...new Set(points.flat().flatMap(({ factors }) => Object.keys(factors)))]
}

function headline({ name, suiteId, planned, finished }: SuiteSummary): string {
  const state = finished === planned ? `${planned} runs` : `${finished} of ${planned} runs; the same \`godwit run\` makes the others`
  return `${name} (suite ${suiteId}): ${state}`
}
