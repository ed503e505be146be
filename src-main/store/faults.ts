/** What can go wrong with a store's file, in sentences that say how to mend it. */

import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { StoreOptions } from './contract.ts'

/** Turns an error of SQLite into one of ours; anything else is given back as it is. */
export function storeFault(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const found = sentences.find(({ code }) => error.code === code || error.code.startsWith(`${code}_`))
  const { kind, sentence } = found ?? { kind: 'sqlite', sentence: `cannot be used (${error.code}: ${error.message})` }
  return new GodwitError(`store.${kind}`, `the store "${path}" ${sentence}`, { details: { path, sqlite: error.code }, cause: error })
}

const sentences: ReadonlyArray<{ readonly code: string; readonly kind: string; readonly sentence: string }> = [
  { code: 'SQLITE_NOTADB', kind: 'not-a-database', sentence: 'is not a database; name another file with --store' },
  { code: 'SQLITE_CORRUPT', kind: 'corrupt', sentence: 'is damaged; restore it from a copy, or name another file with --store' },
  { code: 'SQLITE_READONLY', kind: 'read-only', sentence: 'cannot be written; make the file and its folder writable, or name another file with --store' },
  { code: 'SQLITE_FULL', kind: 'full', sentence: 'cannot grow because the disk is full; free some space and run the same command again, finished runs are kept' },
  { code: 'SQLITE_IOERR', kind: 'io', sentence: 'cannot be read or written because the disk reports an error; check the disk and its free space, then run the same command again' },
  { code: 'SQLITE_BUSY', kind: 'locked', sentence: 'is in use by another program; wait until that ends, then run the same command again' },
  { code: 'SQLITE_LOCKED', kind: 'locked', sentence: 'is in use by another program; wait until that ends, then run the same command again' },
  { code: 'SQLITE_CANTOPEN', kind: 'cannot-open', sentence: 'cannot be opened; check that the file and its folder may be read and written' },
  { code: 'SQLITE_PERM', kind: 'cannot-open', sentence: 'cannot be opened; check that the file and its folder may be read and written' },
]

/** Refuses paths that cannot hold a store, before SQLite makes a file there. */
export function checkPlace(path: string, access: NonNullable<StoreOptions['access']>): void {
  const refuse = (kind: string, message: string): never => {
    throw new GodwitError(`store.${kind}`, message, { details: { path } })
  }
  const folder = dirname(path)
  if (!existsSync(folder)) refuse('no-folder', `the folder "${folder}" of the store does not exist; make it first, or name another file with --store`)
  if (!statSync(folder).isDirectory()) refuse('no-folder', `"${folder}", where the store should stand, is not a folder`)
  if (!existsSync(path)) {
    if (access === 'read') refuse('missing', `there is no store at "${path}"; make one with \`godwit run FILE --store ${path}\``)
    return
  }
  if (statSync(path).isDirectory()) refuse('is-a-folder', `the store "${path}" is a folder, not a file`)
  if (!statSync(path).isFile()) refuse('not-a-file', `the store "${path}" is not a plain file`)
}
