/** The results of a suite as files of a folder: runs.csv, results.csv and results.json, each complete or absent. */

import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Metric } from '#shared/model/metrics.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { csvLine } from '../export/csv.ts'
import { fillFileWhole } from '../export/write-file.ts'
import { factorValues, runsOf, summariesOf } from '../lab/read-results.ts'
import type { Store } from '../store/contract.ts'
import { pointRows, pointsHeader, runJson, runRow, runsHeader } from './result-tables.ts'

/** Makes the folder before a long suite starts, so that a bad name is found at once. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new GodwitError('results.folder', `the folder "${folder}" cannot be made (${messageOf(error)}); name another with --out`, { cause: error })
  }
}

/** Gives the paths of the files. */
export async function writeResults(folder: string, store: Store, suite: SuiteEntry, metrics: readonly Metric[]): Promise<readonly string[]> {
  const factors = [...(await factorValues(store, [suite])).keys()]
  return [
    await writeWhole(join(folder, 'runs.csv'), runsCsv(store, suite, factors)),
    await writeWhole(join(folder, 'results.csv'), pointsCsv(store, suite, metrics)),
    await writeWhole(join(folder, 'results.json'), resultsJson(store, suite, metrics)),
  ]
}

async function* runsCsv(store: Store, { suiteId }: SuiteEntry, factors: readonly string[]): AsyncGenerator<string> {
  yield csvLine(runsHeader(factors))
  for await (const run of runsOf(store, { suiteId, iterations: false })) yield csvLine(runRow(run, factors))
}

async function* pointsCsv(store: Store, { suiteId }: SuiteEntry, metrics: readonly Metric[]): AsyncGenerator<string> {
  yield csvLine(pointsHeader)
  for await (const summary of summariesOf(store, suiteId, metrics)) yield pointRows(summary, metrics).map(csvLine).join('')
}

async function* resultsJson(store: Store, suite: SuiteEntry, metrics: readonly Metric[]): AsyncGenerator<string> {
  yield `{"confidence":0.95,"suite":${JSON.stringify(suite)},"points":[`
  let separator = '\n'
  for await (const summary of summariesOf(store, suite.suiteId, metrics)) {
    yield separator + JSON.stringify(summary)
    separator = ',\n'
  }
  yield '\n],"runs":['
  separator = '\n'
  for await (const run of runsOf(store, { suiteId: suite.suiteId })) {
    yield separator + runJson(run)
    separator = ',\n'
  }
  yield '\n]}\n'
}

async function writeWhole(path: string, text: AsyncIterable<string>): Promise<string> {
  await fillFileWhole(path, (unfinished) => pipeline(Readable.from(text), createWriteStream(unfinished)))
  return path
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
