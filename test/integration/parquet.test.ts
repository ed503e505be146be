/** Results as Parquet, read back by a reader of that format. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet'
import { expect, test } from 'vitest'
import { main } from '../../src-main/cli/main.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { reaches, start } from '../helpers/queue.ts'
import { servicesForTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { listeningWindow } from '../helpers/window.ts'

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

async function storeWith(text: string) {
  const folder = temporaryFolder()
  const [suite, store] = [join(folder, 'suite.yaml'), join(folder, 'lab.sqlite')]
  writeFileSync(suite, text)
  expect((await godwit('run', suite, '--store', store, '--quiet')).status).toBe(0)
  return { folder, store }
}

async function read(path: string) {
  const bytes = readFileSync(path)
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const types = parquetSchema(parquetMetadata(file)).children.map(({ element }) => [element.name, element.converted_type ?? element.type] as const)
  return { types: new Map(types), rows: await parquetReadObjects({ file }) }
}

test('runs come back with every number, type and note', async () => {
  const text = smallSuite({ points: 2, repeat: 3 }).replace('vary:\n', 'vary:\n  - { field: guest.vcpus, values: [1, 4] }\n')
  const { folder, store: path } = await storeWith(text)
  const store = await openStore(path)
  const [first] = await store.runRows({ suiteId: 1 })
  await store.annotate([first?.runId ?? ''], { tags: ['slow', 'odd'], note: 'a "note", with\nlines', exclusion: 'the link was shared' })
  const expected = await store.runRows({ suiteId: 1 })
  await store.close()

  const file = join(folder, 'runs.parquet')
  expect(await godwit('results', '--store', path, '--format', 'parquet', '--runs', '--out', file)).toEqual({ status: 0, out: '', err: `${file} is written\n` })
  const { types, rows } = await read(file)
  expect(rows).toHaveLength(12)
  for (const [place, row] of rows.entries()) {
    const run = expected[place]
    expect(row).toMatchObject({
      runId: run?.runId, suite: 'Small', point: run?.point, 'guest.vcpus': run?.factors['guest.vcpus'], 'workload.writes': run?.factors['workload.writes'],
      repetition: run?.repetition, seed: BigInt(run?.seed ?? 0), outcome: 'completed',
      totalMs: run?.totalMs, downtimeMs: run?.downtimeMs, 'downtimeParts.lastCopyMs': run?.downtimeParts.lastCopyMs, transferredBytes: run?.transferredBytes,
      fingerprint: run?.fingerprint, tags: run?.tags.join(', '), note: run?.note, modelVersion: run?.provenance.modelVersion, startedAt: new Date(run?.provenance.startedAt ?? 0), wallMs: run?.provenance.wallMs,
    })
    expect(row['exclusion'] ?? null).toBe(run?.exclusion)
    expect(row['reason'] ?? null).toBeNull()
  }
  expect(Object.fromEntries(types)).toMatchObject({ runId: 'UTF8', point: 'INT32', 'guest.vcpus': 'DOUBLE', 'workload.writes': 'UTF8', repetition: 'INT32', seed: 'INT64', totalMs: 'DOUBLE', startedAt: 'TIMESTAMP_MILLIS' })
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('means come back as the table of CSV has them', async () => {
  const { folder, store } = await storeWith(smallSuite())
  const file = join(folder, 'results.parquet')
  await godwit('results', '--store', store, '--format', 'parquet', '--out', file, '--metric', 'downtimeMs', 'totalMs')
  const { rows } = await read(file)
  const [header = '', ...lines] = (await godwit('results', '--store', store, '--format', 'csv', '--metric', 'downtimeMs', 'totalMs')).out.trimEnd().split('\r\n')
  expect(Object.keys(rows[0] ?? {})).toEqual(header.split(','))
  expect(rows.map((row) => Object.values(row).map((cell) => String(cell ?? '')).join(','))).toEqual(lines)
})

test('more runs than one group holds are written whole, in order', async () => {
  const { parquetBytes } = await import('../../src-main/export/parquet.ts')
  const count = 25_001
  const numbers = async function* (): AsyncGenerator<number> {
    for (let number = 0; number < count; number++) yield number
  }
  const bytes = await parquetBytes<number>([{ name: 'a.b', type: 'INT32', of: (number) => number }, { name: 'odd', type: 'STRING', of: (number) => (number % 2 === 0 ? null : 'yes') }], numbers())
  const rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer })
  expect(rows).toHaveLength(count)
  expect(rows.every((row, place) => row['a.b'] === place && (row['odd'] ?? null) === (place % 2 === 0 ? null : 'yes'))).toBe(true)
})

test('the window gets all runs of a suite, or those it names', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await start(services, smallSuite({ points: 2, repeat: 2 }))
  await reaches(window, suiteId, 'finished')
  const rows = await services.calls.runRows(suiteId)
  const idsIn = async (runIds: readonly string[] | null): Promise<readonly unknown[]> => {
    const bytes = Buffer.from(await services.calls.runsAsParquet(suiteId, runIds), 'base64')
    return (await parquetReadObjects({ file: new Uint8Array(bytes).buffer })).map(({ runId }) => runId)
  }
  expect(await idsIn(null)).toEqual(rows.map(({ runId }) => runId))
  expect(await idsIn([rows[2]?.runId ?? ''])).toEqual([rows[2]?.runId])
  expect(await idsIn([])).toEqual([])
  await expect(services.calls.runsAsParquet(99, null)).rejects.toMatchObject({ code: 'results.no-suite' })
})

test('a place that cannot be written is told, and nothing is left there', async () => {
  const { folder, store } = await storeWith(smallSuite())
  const { status, err } = await godwit('results', '--store', store, '--format', 'parquet', '--out', join(folder, 'none/runs.parquet'))
  expect({ status, err }).toEqual({ status: 2, err: `godwit: "${join(folder, 'none/runs.parquet')}" cannot be written: its folder does not exist; make the folder first\n` })
})
