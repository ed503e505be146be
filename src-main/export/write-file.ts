/** Writes a file whole or not at all: beside its place first, then renamed. */

import { open, rename, rm } from 'node:fs/promises'
import { GodwitError } from '#shared/model/godwit-error.ts'

export async function writeFileWhole(path: string, content: Buffer | string): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    const handle = await open(unfinished, 'w')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw new GodwitError('figure.write', `"${path}" cannot be written: ${reasonOf(error)}`, { cause: error })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist; make the folder first',
  ENOTDIR: 'its folder is a file; name another place',
  EISDIR: 'it is a folder; name a file in it',
  EACCES: 'its folder may not be written to; name another place',
  EPERM: 'its folder may not be written to; name another place',
  EROFS: 'the disk is read-only; name another place',
  ENOSPC: 'the disk is full; make room or name another place',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}
