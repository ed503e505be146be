/** Writes a file whole or not at all: beside its place first, then renamed. */

import { open, rename, rm } from 'node:fs/promises'
import { GodwitError } from '#shared/model/godwit-error.ts'

export async function writeFileWhole(path: string, content: Buffer | string): Promise<void> {
  await fillFileWhole(path, async (unfinished) => {
    const handle = await open(unfinished, 'w')
    try {
      await handle.writeFile(content)
    } finally {
      await handle.close()
    }
  })
}

/** `fill` writes the file under the name it is given, and closes it. */
export async function fillFileWhole(path: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    await fill(unfinished)
    await sync(unfinished)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    if (error instanceof GodwitError) throw error
    throw new GodwitError('export.write', `"${path}" cannot be written: ${reasonOf(error)}`, { cause: error })
  }
}

/** A name must not stand on the disk before its content does. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
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
