/** The contract served in memory, as far as the design view asks for it: settings, and drafts that can be looked at. */

import { shallowRef } from 'vue'
import type { AppCalls, Draft, Settings } from '#shared/rpc/app-contract.ts'
import { channelPair, connectApp, eventsThrough, serveApp } from '#shared/rpc/channel.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { ConnectionState, Program } from '../../../src-renderer/api/connection.ts'

export interface MemoryProgram {
  readonly program: Program
  readonly drafts: Map<string, Omit<Draft, 'savedAt'>>
}

export function memoryProgram(): MemoryProgram {
  const drafts = new Map<string, Omit<Draft, 'savedAt'>>()
  const settings: Settings = { theme: 'light', workers: 1, textScale: 1 }
  const known: Partial<AppCalls> = {
    about: async () => ({ version: '0', node: '24.0.0', electron: null, chromium: null, modelVersion: 1, storePath: '', mode: 'browser', processors: 1 }),
    settings: async () => settings,
    notices: async () => [],
    saveDraft: async (draft) => void drafts.set(draft.draftId, draft),
    dropDraft: async (draftId) => void drafts.delete(draftId),
  }
  const service = new Proxy(known as AppCalls, {
    get: (target, name: keyof AppCalls) => target[name] ?? (async () => Promise.reject(new GodwitError('test.unserved', `"${name}" is not served here`))),
  })
  const [here, there] = channelPair()
  serveApp(there, service)
  const calls = connectApp(here, eventsThrough(() => undefined))
  return { program: { calls, state: shallowRef<ConnectionState>('open'), on: () => () => undefined }, drafts }
}
