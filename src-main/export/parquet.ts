/**
 * Runs and means as Apache Parquet, for pandas, R, DuckDB and their like: the columns of runs.csv and results.csv with
 * types, and what is noted about each run. Numbers are in the units of the metric dictionary: ms, bytes, bit/s.
 */

import { ByteWriter, fileWriter, parquetWriteRows, type Writer } from 'hyparquet-writer'
import { metricInRow } from '#shared/analysis/row-fields.ts'
import { metrics } from '#shared/model/metrics.ts'
import type { Scalar } from '#shared/model/migration-stats.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { programVersion } from '../lab/provenance.ts'
import { fillFileWhole } from './write-file.ts'

type Cell = Scalar | bigint | Date | undefined

export interface ParquetColumn<Row> {
  readonly name: string
  readonly type: 'BOOLEAN' | 'DOUBLE' | 'INT32' | 'INT64' | 'STRING' | 'TIMESTAMP'
  /** Null or undefined: there is no value. */
  readonly of: (row: Row) => Cell
}

/** Rows that are encoded together: few enough to be held in memory, enough to shrink well. */
const rowsInGroup = 10_000

export async function writeParquet<Row>(path: string, columns: ReadonlyArray<ParquetColumn<Row>>, rows: AsyncIterable<Row> | Iterable<Row>): Promise<void> {
  await fillFileWhole(path, (unfinished) => encode(fileWriter(unfinished), columns, rows))
}

export async function parquetBytes<Row>(columns: ReadonlyArray<ParquetColumn<Row>>, rows: AsyncIterable<Row> | Iterable<Row>): Promise<Buffer> {
  const writer = new ByteWriter()
  await encode(writer, columns, rows)
  return Buffer.from(writer.getBuffer())
}

async function encode<Row>(writer: Writer, columns: ReadonlyArray<ParquetColumn<Row>>, rows: AsyncIterable<Row> | Iterable<Row>): Promise<void> {
  await parquetWriteRows({
    writer,
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: cellsOf(columns, rows),
    rowGroupSize: rowsInGroup,
    createdBy: `godwit ${programVersion}`,
  })
}

async function* cellsOf<Row>(columns: ReadonlyArray<ParquetColumn<Row>>, rows: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<Record<string, Cell>> {
  for await (const row of rows) yield Object.fromEntries(columns.map(({ name, of }) => [name, of(row)]))
}

/** `factors` holds the values that each factor takes anywhere in the file: they say which type its column has. */
export function runColumns(factors: ReadonlyMap<string, ReadonlySet<Scalar>>): ReadonlyArray<ParquetColumn<RunRow>> {
  return [
    { name: 'runId', type: 'STRING', of: (row) => row.runId },
    { name: 'suite', type: 'STRING', of: (row) => row.suite },
    { name: 'point', type: 'INT32', of: (row) => row.point },
    ...[...factors].map(([path, values]) => factorColumn(path, values)),
    { name: 'repetition', type: 'INT32', of: (row) => row.repetition },
    { name: 'seed', type: 'INT64', of: (row) => BigInt(row.seed) },
    { name: 'backend', type: 'STRING', of: (row) => row.backend },
    { name: 'outcome', type: 'STRING', of: (row) => row.outcome },
    { name: 'reason', type: 'STRING', of: (row) => row.reason?.message },
    { name: 'stopRule', type: 'STRING', of: (row) => row.stopRule },
    ...metrics.map((metric): ParquetColumn<RunRow> => ({ name: metric.key, type: 'DOUBLE', of: (row) => metricInRow(metric, row) })),
    { name: 'fingerprint', type: 'STRING', of: (row) => row.fingerprint },
    { name: 'tags', type: 'STRING', of: (row) => row.tags.join(', ') },
    { name: 'note', type: 'STRING', of: (row) => row.note },
    { name: 'exclusion', type: 'STRING', of: (row) => row.exclusion },
    { name: 'scenarioHash', type: 'STRING', of: (row) => row.provenance.scenarioHash },
    { name: 'programVersion', type: 'STRING', of: (row) => row.provenance.programVersion },
    { name: 'modelVersion', type: 'INT32', of: (row) => row.provenance.modelVersion },
    { name: 'node', type: 'STRING', of: (row) => row.provenance.node },
    { name: 'os', type: 'STRING', of: (row) => row.provenance.os },
    { name: 'host', type: 'STRING', of: (row) => row.provenance.host },
    { name: 'backendVersion', type: 'STRING', of: (row) => row.provenance.backendVersion },
    { name: 'startedAt', type: 'TIMESTAMP', of: (row) => new Date(row.provenance.startedAt) },
    { name: 'wallMs', type: 'DOUBLE', of: (row) => row.provenance.wallMs },
  ]
}

/** A factor of several kinds of values, such as a number and "auto", is a column of text. */
function factorColumn(path: string, values: ReadonlySet<Scalar>): ParquetColumn<RunRow> {
  const kinds = new Set([...values].filter((value) => value !== null).map((value) => typeof value))
  const [kind] = kinds
  if (kinds.size === 1 && kind === 'number') return { name: path, type: 'DOUBLE', of: ({ factors }) => factors[path] }
  if (kinds.size === 1 && kind === 'boolean') return { name: path, type: 'BOOLEAN', of: ({ factors }) => factors[path] }
  return { name: path, type: 'STRING', of: ({ factors: { [path]: value } }) => (value === null || value === undefined ? value : String(value)) }
}
