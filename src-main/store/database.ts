/** Opens the file of a store: checked, brought to the newest format, and set up so that a commit survives a power cut. */

import { existsSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { StoreOptions } from './contract.ts'
import { checkPlace, storeFault } from './faults.ts'
import { migrate } from './migrations/index.ts'

/** The caller owns the database and closes it. Faults are GodwitErrors whose code begins with `store.`. */
export function openDatabase(path: string, options: StoreOptions): Database.Database {
  const { access = 'write', busyTimeoutMs = 5000, maxPages } = options
  checkPlace(path, access)
  const isNew = !existsSync(path)
  let database: Database.Database | undefined
  try {
    database = new Database(path, { fileMustExist: access === 'read', timeout: busyTimeoutMs })
    setUp(database, path, maxPages)
    if (access === 'write') prepareWriting(database)
    return database
  } catch (error) {
    database?.close()
    if (isNew) removeFailed(path)
    throw storeFault(error, path)
  }
}

/**
 * Leaves a store at rest as one plain file: a file in WAL mode cannot be read where its folder cannot be written, such as
 * in an archive. While others have it open it stays as it is.
 */
export function closeDatabase(database: Database.Database): void {
  try {
    database.pragma('busy_timeout = 0')
    database.pragma('journal_mode = DELETE')
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
  } finally {
    database.close()
  }
}

function setUp(database: Database.Database, path: string, maxPages: number | undefined): void {
  if (maxPages !== undefined) database.pragma(`max_page_count = ${maxPages}`)
  database.pragma('recursive_triggers = ON') // so that INSERT OR REPLACE meets the triggers that keep runs immutable
  database.pragma('synchronous = FULL')
  // A step may make a table anew that others refer to.
  database.pragma('foreign_keys = OFF')
  migrate(database, path)
  database.pragma('foreign_keys = ON')
}

function prepareWriting(database: Database.Database): void {
  // SQLite opens a file that it may not write without a word; this finds it before the first run does.
  database.exec('BEGIN IMMEDIATE; ROLLBACK')
  database.pragma('journal_mode = WAL')
}

/** A store that could not be made leaves nothing behind; one that another process has made meanwhile stays. */
function removeFailed(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) return
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}
