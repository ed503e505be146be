/** What is not a store, or cannot be written, is refused with a sentence, and is left as it was. */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { migrate, migrations } from '../../src-main/store/migrations/index.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { runSuite } from '../../src-main/lab/run-suite.ts'
import { planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

function place(name = 'lab.sqlite'): string {
  return join(temporaryFolder(), name)
}

test('a text file is not a database, and keeps its content', async () => {
  const path = place()
  writeFileSync(path, 'these are notes about migration, not a database at all\n'.repeat(100))
  const before = readFileSync(path)
  await expect(openStore(path)).rejects.toMatchObject({ code: 'store.not-a-database', message: expect.stringContaining('is not a database; name another file') as string })
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a database of another program is refused, and keeps its content', async () => {
  const path = place()
  const other = new Database(path)
  other.exec('CREATE TABLE birds (name TEXT); INSERT INTO birds VALUES (\'godwit\')')
  other.close()
  const before = readFileSync(path)
  await expect(openStore(path)).rejects.toMatchObject({ code: 'store.foreign' })
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a store of a newer version is refused, and keeps its content', async () => {
  const path = place()
  await (await openStore(path)).close()
  const database = new Database(path)
  database.pragma('user_version = 999')
  database.close()
  const before = readFileSync(path)
  await expect(openStore(path)).rejects.toMatchObject({ code: 'store.newer', message: expect.stringContaining('format 999') as string })
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a damaged store is refused', async () => {
  const path = place()
  await (await openStore(path)).close()
  const bytes = readFileSync(path)
  bytes.fill(0xff, 100, 3000)
  writeFileSync(path, bytes)
  await expect(openStore(path)).rejects.toMatchObject({ code: 'store.corrupt' })
})

test('a folder in place of the file is refused', async () => {
  const path = place()
  mkdirSync(path)
  await expect(openStore(path)).rejects.toMatchObject({ code: 'store.is-a-folder' })
})

test('a missing folder is named', async () => {
  const path = join(temporaryFolder(), 'missing', 'lab.sqlite')
  await expect(openStore(path)).rejects.toMatchObject({ code: 'store.no-folder', message: expect.stringContaining('missing') as string })
})

test('reading a store that does not exist makes no file', async () => {
  const path = place()
  await expect(openStore(path, { access: 'read' })).rejects.toMatchObject({ code: 'store.missing' })
  expect(existsSync(path)).toBe(false)
})

test('a store that another program holds is named as locked', async () => {
  const path = place()
  await (await openStore(path)).close()
  const holder = new Database(path)
  onTestFinished(() => void holder.close())
  holder.exec('BEGIN EXCLUSIVE')
  await expect(openStore(path, { busyTimeoutMs: 1 })).rejects.toMatchObject({ code: 'store.locked' })
})

test('a disk without room for a new store leaves no file behind', async () => {
  const path = place()
  await expect(openStore(path, { maxPages: 4 })).rejects.toMatchObject({ code: 'store.full' })
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('a disk that fills up in the middle of a suite keeps the runs so far, and the suite continues when there is room', async () => {
  const path = place()
  const text = smallSuite({ points: 10, repeat: 40 })
  const plan = planOf(text)
  const small = await openStore(path, { maxPages: 120 })
  await expect(runSuite(plan, { store: small, text, workers: 2 })).rejects.toMatchObject({ code: 'store.full', message: expect.stringContaining('finished runs are kept') as string })
  await small.close()

  const store = await openStore(path)
  onTestFinished(() => store.close())
  const [kept] = await store.suites()
  expect(kept?.finished).toBeGreaterThan(0)
  expect(kept?.finished).toBeLessThan(400)
  const result = await runSuite(plan, { store, text, workers: 2 })
  expect(result).toMatchObject({ planned: 400, reused: kept?.finished, stopped: false })
  expect(result.reused + result.finished).toBe(400)
})

test('a step that fails is undone as a whole', () => {
  const database = new Database(':memory:')
  onTestFinished(() => void database.close())
  const newest = migrations.length
  const broken = { version: newest + 1, name: 'broken', sql: 'CREATE TABLE extra (x); INSERT INTO nowhere VALUES (1)' }
  expect(() => migrate(database, ':memory:', [...migrations, broken])).toThrow('nowhere')
  expect(database.pragma('user_version', { simple: true })).toBe(newest)
  expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'extra'").get()).toBeUndefined()
})

test('a store of each older format becomes what a fresh one is', () => {
  const schemaOf = (database: Database.Database): unknown => database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  const fresh = new Database(':memory:')
  migrate(fresh, ':memory:')
  for (let steps = 0; steps <= migrations.length; steps++) {
    const old = new Database(':memory:')
    migrate(old, ':memory:', migrations.slice(0, steps))
    migrate(old, ':memory:')
    expect(schemaOf(old)).toEqual(schemaOf(fresh))
    expect(old.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version)
    old.close()
  }
  fresh.close()
})

test('a suite of an older store, whose repetitions counted from 0, is found again with its runs and counts from 1', async () => {
  const path = place()
  const plan = planOf(smallSuite({ points: 2, repeat: 3 }))
  const old = new Database(path)
  migrate(old, path, migrations.slice(0, 2))
  // As the program of that format digested a plan.
  const digest = createHash('sha256').update(JSON.stringify(plan.suiteName))
  for (const { index, factors, scenarioHash } of plan.points) digest.update(JSON.stringify([index, factors, scenarioHash]))
  for (const { runId, point, repetition } of plan.runs) digest.update(JSON.stringify([runId, point.index, repetition - 1]))
  old.prepare('INSERT INTO suites (name, plan_digest, text, created_at) VALUES (?, ?, ?, ?)').run(plan.suiteName, digest.digest('hex'), 'old text', '2026-01-01T00:00:00.000Z')
  for (const { index, factors, scenario, scenarioHash } of plan.points) {
    old.prepare('INSERT INTO scenarios (scenario_hash, scenario) VALUES (?, ?)').run(scenarioHash, JSON.stringify(scenario))
    old.prepare('INSERT INTO points (suite_id, point, factors, scenario_hash) VALUES (1, ?, ?, ?)').run(index, JSON.stringify(factors), scenarioHash)
  }
  for (const { runId, point, repetition } of plan.runs) old.prepare('INSERT INTO suite_runs (suite_id, point, repetition, run_id) VALUES (1, ?, ?, ?)').run(point.index, repetition - 1, runId)
  old.close()

  const store = await openStore(path)
  onTestFinished(() => store.close())
  expect(await runSuite(plan, { store, text: 'new text' })).toMatchObject({ suiteId: 1, planned: 6, finished: 6 })
  expect(await store.suites()).toHaveLength(1)
  const runs = await store.runRows({ suiteId: 1 })
  expect(runs.map(({ point, repetition }) => [point, repetition])).toEqual([[0, 1], [0, 2], [0, 3], [1, 1], [1, 2], [1, 3]])
  expect(new Map(runs.map(({ runId, repetition }) => [runId, repetition]))).toEqual(new Map(plan.runs.map(({ runId, repetition }) => [runId, repetition])))
})

test('the numbers of the steps count up from one', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
})
