/** Unsaved text, a file each, so that a crash loses nothing and one damaged draft does not cost the others. */

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { AppCalls, Draft } from '#shared/rpc/app-contract.ts'
import { type JsonFile, jsonFile } from './json-file.ts'

const schema = z.object({ draftId: z.string(), path: z.string().nullable(), text: z.string(), savedAt: z.string() })

export function draftsService(configFolder: string, onNotice: (sentence: string) => void): Pick<AppCalls, 'drafts' | 'saveDraft' | 'dropDraft'> {
  const folder = join(configFolder, 'drafts')
  const files = new Map<string, JsonFile<Draft | null>>()
  /** One for each draft, so that its changes keep their order. Ids are letters, digits and dashes, checked at the door. */
  const fileOf = (draftId: string): JsonFile<Draft | null> => {
    const file = files.get(draftId) ?? jsonFile<Draft | null>({ path: join(folder, `${draftId}.json`), schema, absent: null, onNotice })
    files.set(draftId, file)
    return file
  }
  return {
    drafts: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
      const drafts = await Promise.all(names.map((name) => fileOf(name.slice(0, -'.json'.length)).read()))
      return drafts.filter((draft) => draft !== null).sort((one, other) => other.savedAt.localeCompare(one.savedAt))
    },
    saveDraft: async ({ draftId, path, text }) => {
      const savedAt = new Date().toISOString()
      await fileOf(draftId).change(() => ({ draftId, path, text, savedAt }))
    },
    dropDraft: (draftId) => fileOf(draftId).remove(),
  }
}
