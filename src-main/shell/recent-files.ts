/** Suite files that were used: told to the system's own list, and to whoever shows ours. */

import { app } from 'electron'
import type { AppCalls } from '#shared/rpc/app-contract.ts'

/** The same calls, with a word to `onUsed` after each file that was opened or saved. */
export function withRecentFiles(calls: AppCalls, onUsed: () => void): AppCalls {
  const used = <Document extends { readonly path: string }>(document: Document): Document => {
    app.addRecentDocument(document.path)
    onUsed()
    return document
  }
  return {
    ...calls,
    openDocument: async (path) => used(await calls.openDocument(path)),
    saveDocument: async (document) => used(await calls.saveDocument(document)),
  }
}
