/** What is not a store, or cannot be written, is refused with a sentence, and is left as it was. */

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

test('the numbers of the steps count up from one', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
})
