/** Suite files on the disk: opened, saved whole or not at all, and found in folders where there is no native dialog. */

import type { Stats } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { TextDecoder } from 'node:util'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, FolderListing, SuiteDocument } from '#shared/rpc/app-contract.ts'
import { recentDocuments } from './recent-documents.ts'
import { fileErrorCode, writeWholeFile } from './whole-file.ts'

export interface DocumentsOptions {
  readonly documentsFolder: string
  readonly configFolder: string
  readonly chooseFile: AppCalls['chooseFile'] | undefined
  readonly onNotice: (sentence: string) => void
}

type DocumentCalls = Pick<AppCalls, 'openDocument' | 'saveDocument' | 'recentDocuments' | 'listFolder' | 'chooseFile'>

const endings = ['.yaml', '.yml', '.json']
/** A suite larger than this is no suite: a million values need less. */
const largestMiB = 16

export function documentsService(options: DocumentsOptions): DocumentCalls {
  const { documentsFolder, configFolder, onNotice } = options
  const recent = recentDocuments(configFolder, onNotice)
  let lastSave: Promise<unknown> = Promise.resolve()
  return {
    openDocument: async (path) => {
      const document = await readDocument(resolve(documentsFolder, path))
      await recent.note(document)
      return document
    },
    saveDocument: async ({ path, text, modifiedAt }) => {
      // One after the other: of two windows that save the same file, the second learns that it was changed.
      const saved = lastSave.then(() => writeDocument(resolve(documentsFolder, path), text, modifiedAt))
      lastSave = saved.catch(() => undefined)
      const document = await saved
      await recent.note(document)
      return document
    },
    recentDocuments: recent.list,
    listFolder: (path) => listFolder(resolve(documentsFolder, path ?? '.')),
    chooseFile: async (kind, suggestedName) => {
      if (options.chooseFile !== undefined) return options.chooseFile(kind, suggestedName)
      throw new GodwitError('document.no-dialog', 'the browser has no file dialog of the program; choose the file from the list of folders')
    },
  }
}

async function readDocument(path: string): Promise<SuiteDocument> {
  requireEnding(path)
  try {
    // Before it is opened: opening a pipe would wait for its other end.
    requirePlainFile(path, await stat(path))
    const handle = await open(path, 'r')
    try {
      const found = await handle.stat()
      requireSize(path, found.size)
      return { path, text: decode(path, await handle.readFile()), modifiedAt: found.mtime.toISOString() }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw documentFault(error, path, 'read')
  }
}

async function writeDocument(path: string, text: string, modifiedAt: string | null): Promise<SuiteDocument> {
  requireEnding(path)
  requireSize(path, Buffer.byteLength(text))
  try {
    await refuseChanged(path, modifiedAt)
    await writeWholeFile(path, text)
    return { path, text, modifiedAt: (await stat(path)).mtime.toISOString() }
  } catch (error) {
    throw documentFault(error, path, 'written')
  }
}

async function refuseChanged(path: string, modifiedAt: string | null): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return
  requirePlainFile(path, found)
  const onDisk = found.mtime.toISOString()
  if (modifiedAt === null || modifiedAt === onDisk) return
  throw new GodwitError('document.changed', `"${path}" was changed by another program since it was opened; open it again, save under another name, or overwrite it`, { details: { path, modifiedAt: onDisk } })
}

async function listFolder(path: string): Promise<FolderListing> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    const kinds = await Promise.all(
      // A link counts as what it leads to; one that leads nowhere is left out.
      entries.map(async (entry) => (entry.isSymbolicLink() ? stat(join(path, entry.name)).catch(() => undefined) : entry)),
    )
    const namesOf = (isKind: (entry: { isDirectory(): boolean; isFile(): boolean }) => boolean): readonly string[] =>
      entries
        .filter(({ name }, index) => !name.startsWith('.') && kinds[index] !== undefined && isKind(kinds[index]))
        .map(({ name }) => name)
        .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    const parent = dirname(path)
    return {
      path,
      parent: parent === path ? null : parent,
      folders: namesOf((entry) => entry.isDirectory()),
      files: namesOf((entry) => entry.isFile()).filter((name) => endings.includes(extname(name).toLowerCase())),
    }
  } catch (error) {
    if (fileErrorCode(error) === 'ENOTDIR') throw fault('not-a-folder', path, 'is not a folder')
    throw documentFault(error, path, 'read')
  }
}

function requireEnding(path: string): void {
  if (endings.includes(extname(path).toLowerCase())) return
  throw fault('ending', path, `does not end in ${endings.join(', ')}; a suite file does`)
}

function requirePlainFile(path: string, found: Stats): void {
  if (found.isDirectory()) throw fault('folder', path, 'is a folder; choose a suite file')
  if (!found.isFile()) throw fault('not-a-file', path, 'is not a plain file; choose a suite file')
}

function requireSize(path: string, bytes: number): void {
  if (bytes <= largestMiB * 2 ** 20) return
  throw fault('too-large', path, `has ${Math.ceil(bytes / 2 ** 20)} MiB; a suite file has at most ${largestMiB} MiB`)
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw fault('not-text', path, 'is no text in UTF-8; save it as UTF-8')
  }
}

function fault(kind: string, path: string, sentence: string): GodwitError {
  return new GodwitError(`document.${kind}`, `"${path}" ${sentence}`, { details: { path } })
}

const reasons: Readonly<Record<string, { readonly kind: string; readonly reason: string }>> = {
  ENOENT: { kind: 'missing', reason: 'it or its folder does not exist' },
  ENOTDIR: { kind: 'missing', reason: 'part of its path is not a folder' },
  EISDIR: { kind: 'folder', reason: 'it is a folder' },
  EACCES: { kind: 'forbidden', reason: 'its permissions, or those of its folder, forbid it' },
  EPERM: { kind: 'forbidden', reason: 'its permissions, or those of its folder, forbid it' },
  EROFS: { kind: 'forbidden', reason: 'the disk is read-only' },
  ENOSPC: { kind: 'disk-full', reason: 'the disk is full; free some space' },
  ENAMETOOLONG: { kind: 'name', reason: 'the name is too long' },
}

function documentFault(error: unknown, path: string, done: 'read' | 'written'): GodwitError {
  if (error instanceof GodwitError) return error
  const code = fileErrorCode(error)
  const { kind, reason } = reasons[code] ?? { kind: 'io', reason: error instanceof Error ? error.message : String(error) }
  return new GodwitError(`document.${kind}`, `"${path}" cannot be ${done}: ${reason}`, { details: { path, code }, cause: error })
}
