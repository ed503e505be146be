/**
 * Writes a file whole or not at all, through a power cut too: beside its place first, onto the disk, then renamed. A link
 * stays a link, and the permissions of a file stay as they were.
 */

import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Rejects with the error of the file system. A file that is new gets `newMode`, less what the user's mask takes away. */
export async function writeWholeFile(path: string, text: string, { newMode = 0o666 }: { readonly newMode?: number } = {}): Promise<void> {
  const place = await realpath(path).catch(() => path)
  const mode = await stat(place).then((found) => found.mode & 0o777, () => undefined)
  const unfinished = join(dirname(place), `.godwit-${randomUUID()}.tmp`)
  try {
    const handle = await open(unfinished, 'wx', mode ?? newMode)
    try {
      if (mode !== undefined) await handle.chmod(mode)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, place)
    await syncFolder(dirname(place))
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}

/** The new name is on the disk only when its folder is. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The code of an error of the file system; empty for any other error. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
