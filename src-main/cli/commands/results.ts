/** `godwit results`: what the store holds of a suite, per point or per run. */

import type { PointSummary } from '#shared/analysis/summarise.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Metric } from '#shared/model/metrics.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { type CsvCell, csvLine } from '../../export/csv.ts'
import type { ParquetColumn } from '../../export/parquet.ts'
import { chooseSuites, factorValues, rowsOf, runsOf, summariesOf } from '../../lab/read-results.ts'
import type { Store } from '../../store/contract.ts'
import { openStore } from '../../store/open-store.ts'
import { chooseMetrics } from '../choose-metrics.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'
import { publishedInWords } from '../published-table.ts'
import { pointRows, pointsHeader, pointsTable, runJson, runRow, runsHeader, runsTable } from '../result-tables.ts'

export interface ResultsOptions {
  readonly store: string
  /** Name or number of a suite; absent: the newest of each name. */
  readonly suite?: string
  readonly format: 'table' | 'csv' | 'json' | 'parquet'
  /** The file that Parquet is written to. */
  readonly out?: string
  /** One row a run instead of one a point. */
  readonly runs?: boolean
  /** With the sampled series of each run (JSON only). */
  readonly timelines?: boolean
  readonly metric?: readonly string[]
}

export async function runResults(options: ResultsOptions, io: CliIo): Promise<ExitStatus> {
  checkOutput(options)
  const metrics = chooseMetrics(options.metric)
  const store = await openStore(options.store, { access: 'read' })
  try {
    const suites = await chooseSuites(store, options.suite)
    if (suites.length === 0) throw new GodwitError('results.empty', `the store "${options.store}" has no results yet; fill it with \`godwit run FILE --store ${options.store}\``)
    const print = options.format === 'parquet' ? writeFile : options.runs === true ? printRuns : printPoints
    await print(store, suites, metrics, options, io)
    return exitStatus.success
  } finally {
    await store.close()
  }
}

type Print = (store: Store, suites: readonly SuiteEntry[], metrics: readonly Metric[], options: ResultsOptions, io: CliIo) => Promise<void>

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
    if (format === 'table') io.out(`${headline(suite)}\n${pointsTable(summaries, metrics)}${await publishedInWords(store, suite)}`)
  }
  if (format === 'json') io.out(`${JSON.stringify({ confidence: 0.95, suites: documents })}\n`)
}

const printRuns: Print = async (store, suites, metrics, { format, timelines = false }, io) => {
  const factors = format === 'csv' ? [...(await factorValues(store, suites)).keys()] : []
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

/** Parquet is no text, and the others go to standard output, where a shell leads them into a file. */
function checkOutput({ format, out, timelines }: ResultsOptions): void {
  const refuse = (sentence: string): never => {
    throw new GodwitError('results.format', sentence)
  }
  if (format === 'parquet' && out === undefined) refuse('Parquet is not for the terminal; name a file with --out, such as --out runs.parquet')
  if (format !== 'parquet' && out !== undefined) refuse(`--out is for --format parquet; write "> ${out}" for the others`)
  if (format === 'parquet' && timelines === true) refuse('Parquet holds one row a run, without series; use --format json with --timelines')
}

const writeFile: Print = async (store, suites, metrics, { out = '', runs = false }, io) => {
  const { runColumns, writeParquet } = await import('../../export/parquet.ts')
  if (runs) await writeParquet(out, runColumns(await factorValues(store, suites)), ofEach(suites, ({ suiteId }) => rowsOf(store, suiteId)))
  else await writeParquet(out, pointColumns, ofEach(suites, ({ suiteId }) => pointRowsOf(store, suiteId, metrics)))
  io.err(`${out} is written\n`)
}

const pointTypes: Readonly<Record<(typeof pointsHeader)[number], ParquetColumn<never>['type']>> = {
  suite: 'STRING', point: 'INT32', factors: 'STRING', backend: 'STRING', metric: 'STRING', unit: 'STRING',
  n: 'INT32', mean: 'DOUBLE', low: 'DOUBLE', high: 'DOUBLE', halfWidth: 'DOUBLE', standardDeviation: 'DOUBLE',
}
const pointColumns = pointsHeader.map((name, place): ParquetColumn<readonly CsvCell[]> => ({ name, type: pointTypes[name], of: (row) => row[place] }))

async function* pointRowsOf(store: Store, suiteId: number, metrics: readonly Metric[]): AsyncGenerator<readonly CsvCell[]> {
  for await (const summary of summariesOf(store, suiteId, metrics)) yield* pointRows(summary, metrics)
}

async function* ofEach<Row>(suites: readonly SuiteEntry[], read: (suite: SuiteEntry) => AsyncIterable<Row>): AsyncGenerator<Row> {
  for (const suite of suites) yield* read(suite)
}

function headline({ name, suiteId, planned, finished }: SuiteEntry): string {
  const state = finished === planned ? `${planned} runs` : `${finished} of ${planned} runs; the same \`godwit run\` makes the others`
  return `${name} (suite ${suiteId}): ${state}`
}
