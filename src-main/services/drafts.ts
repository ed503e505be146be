/**
 * Unsaved text, a file each, so that a crash loses nothing and one damaged draft does not cost the others.
 *
 * A draft that a window is at work on is offered to no other. It is free again when its window drops it, leaves it or is
 * gone, and so after any crash.
 */

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { AppCalls, Draft } from '#shared/rpc/app-contract.ts'
import { type JsonFile, jsonFile } from './json-file.ts'

export type DraftCalls = Pick<AppCalls, 'drafts' | 'saveDraft' | 'dropDraft'>

export interface Drafts {
  /** For who is no window, or the only one: nothing is held. */
  readonly calls: DraftCalls
  readonly ofWindow: () => { readonly calls: DraftCalls; readonly leave: () => void }
}

const schema = z.object({ draftId: z.string(), path: z.string().nullable(), text: z.string(), savedAt: z.string() })

export function draftsService(configFolder: string, onNotice: (sentence: string) => void): Drafts {
  const folder = join(configFolder, 'drafts')
  const files = new Map<string, JsonFile<Draft | null>>()
  /** Which window is at work on a draft. */
  const holders = new Map<string, object>()
  /** One for each draft, so that its changes keep their order. Ids are letters, digits and dashes, checked at the door. */
  const fileOf = (draftId: string): JsonFile<Draft | null> => {
    const file = files.get(draftId) ?? jsonFile<Draft | null>({ path: join(folder, `${draftId}.json`), schema, absent: null, without: 'the unsaved suite in it cannot be offered', onNotice })
    files.set(draftId, file)
    return file
  }
  const list = async (): Promise<readonly Draft[]> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
    const drafts = await Promise.all(names.map((name) => fileOf(name.slice(0, -'.json'.length)).read()))
    return drafts.filter((draft) => draft !== null).sort((one, other) => other.savedAt.localeCompare(one.savedAt))
  }
  const callsOf = (holder: object | undefined): DraftCalls => {
    const letGo = (draftId: string): void => {
      if (holders.get(draftId) === holder) holders.delete(draftId)
    }
    return {
      drafts: async () => (await list()).filter(({ draftId }) => [undefined, holder].includes(holders.get(draftId))),
      saveDraft: async ({ draftId, path, text, isLeft = false }) => {
        if (isLeft) letGo(draftId)
        else if (holder !== undefined) holders.set(draftId, holder)
        const savedAt = new Date().toISOString()
        await fileOf(draftId).change(() => ({ draftId, path, text, savedAt }))
      },
      dropDraft: async (draftId) => {
        letGo(draftId)
        await fileOf(draftId).remove()
      },
    }
  }
  return {
    calls: callsOf(undefined),
    ofWindow: () => {
      const window = {}
      const leave = (): void => {
        for (const [draftId, holder] of holders) if (holder === window) holders.delete(draftId)
      }
      return { calls: callsOf(window), leave }
    },
  }
}
