/**
 * The token of a configuration folder, kept from one start to the next so that an open tab finds its program again.
 *
 * Who has the token may do all that the user may do with the program, so the file is for its owner alone. One that others
 * could have read is not trusted any more, and a new token takes its place.
 */

import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { fileErrorCode, writeWholeFile } from '../services/whole-file.ts'

export interface KeptTokenOptions {
  readonly configFolder: string
  /** Makes another: whoever knows the old one is let in no more. */
  readonly isNew?: boolean
  /** Told in a sentence why a token was not used again. */
  readonly onNotice: (sentence: string) => void
}

const ownerOnly = 0o600

/** Rejects with `server.token-file` if the file cannot be read or written. */
export async function keptToken({ configFolder, isNew = false, onNotice }: KeptTokenOptions): Promise<string> {
  const path = join(configFolder, 'browser-token')
  try {
    const kept = isNew ? undefined : await readToken(path, onNotice)
    if (kept !== undefined) return kept
    const token = randomToken()
    await mkdir(configFolder, { recursive: true, mode: 0o700 })
    // A link is replaced, never followed.
    await rm(path, { force: true })
    await writeWholeFile(path, `${token}\n`, { newMode: ownerOnly })
    return token
  } catch (error) {
    throw new GodwitError('server.token-file', `the token file "${path}" cannot be used (${fileErrorCode(error)}); check the permissions of its folder, or name another folder with --config`, { cause: error })
  }
}

/** 256 bits, as they may stand in an address. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

async function readToken(path: string, onNotice: KeptTokenOptions['onNotice']): Promise<string | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return undefined
  const distrust = (reason: string): undefined => {
    onNotice(`the token in "${path}" is not used again, because ${reason}; tabs that are open must take the new address`)
  }
  if (!found.isFile()) return distrust('it is no plain file')
  // Windows keeps a user's folder by other means than these.
  if (process.platform !== 'win32' && found.uid !== process.getuid?.()) return distrust('it belongs to another user')
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) return distrust('other users could read it')
  const token = (await readFile(path, 'utf8')).trim()
  return /^[\w-]{43}$/.test(token) ? token : distrust('it holds no token')
}
