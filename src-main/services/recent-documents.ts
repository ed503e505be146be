/** The suite files that were opened or saved last, newest first; files that are no more are not listed. */

import { access } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseDocument } from 'yaml'
import * as z from 'zod'
import type { RecentDocument, SuiteDocument } from '#shared/rpc/app-contract.ts'
import { jsonFile } from './json-file.ts'

const mostRecent = 20
const schema = z.array(z.object({ path: z.string(), name: z.string(), openedAt: z.string() }))

export interface RecentDocuments {
  readonly list: () => Promise<readonly RecentDocument[]>
  readonly note: (document: SuiteDocument) => Promise<void>
}

export function recentDocuments(configFolder: string, onNotice: (sentence: string) => void): RecentDocuments {
  const file = jsonFile<readonly RecentDocument[]>({ path: join(configFolder, 'recent.json'), schema, absent: [], without: 'the list of recent files begins anew', onNotice })
  return {
    list: async () => {
      const documents = await file.read()
      const present = await Promise.all(documents.map(({ path }) => access(path).then(() => true, () => false)))
      return documents.filter((_, index) => present[index] === true)
    },
    note: async ({ path, text }) => {
      const newest = { path, name: nameOf(text) ?? basename(path), openedAt: new Date().toISOString() }
      await file.change((documents) => [newest, ...documents.filter((document) => document.path !== path)].slice(0, mostRecent))
    },
  }
}

/** The name that a suite gives itself; undefined for a broken one. */
function nameOf(text: string): string | undefined {
  const document = parseDocument(text, { logLevel: 'silent' })
  if (document.errors.length > 0) return undefined
  const name: unknown = document.get('name')
  return typeof name === 'string' && name !== '' ? name : undefined
}
