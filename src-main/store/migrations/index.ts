/** All steps of the store's format, oldest first, and the one way to apply them. */

import type { Database } from 'better-sqlite3'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { lab } from './001-lab.ts'
import { notesAndCrashes } from './002-notes-and-crashes.ts'
import { repetitionsFromOne } from './003-repetitions-from-one.ts'
import { invalidRuns } from './004-invalid-runs.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [lab, notesAndCrashes, repetitionsFromOne, invalidRuns]

/** The letters GDWT: how a file says that it is a Godwit store. */
export const applicationId = 0x47445754

/**
 * Brings the store to the newest format, each step in a transaction of its own. A file that is not ours, or is from a
 * newer version, is refused before anything is written to it.
 */
export function migrate(database: Database, path: string, steps: readonly Migration[] = migrations): void {
  const newest = steps.at(-1)?.version ?? 0
  // In one transaction: between two reads another process may bring a new store to its first format.
  database.transaction(() => refuseForeign(database, path, newest)).deferred()
  for (const step of steps) {
    if (versionOf(database) >= step.version) continue
    database
      .transaction(() => {
        // Another process may have taken the same step while this one waited for the lock.
        if (versionOf(database) >= step.version) return
        database.exec(step.sql)
        database.pragma(`application_id = ${applicationId}`)
        database.pragma(`user_version = ${step.version}`)
      })
      .immediate()
  }
}

function refuseForeign(database: Database, path: string, newest: number): void {
  const version = versionOf(database)
  if (database.pragma('application_id', { simple: true }) === applicationId) {
    if (version <= newest) return
    throw new GodwitError(
      'store.newer',
      `the store "${path}" has format ${version}, made by a newer version of Godwit; this version reads up to ${newest}; install the newer version, or name another file with --store`,
      { details: { path, version, newest } },
    )
  }
  const isEmpty = version === 0 && database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (isEmpty) return
  throw new GodwitError('store.foreign', `"${path}" is a database of another program, not a Godwit store; name another file with --store`, { details: { path } })
}

function versionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}
