/** Where a simulation finds its traces, and the traces that come with Godwit. */

import { builtInFacts } from './built-in/facts.ts'
import { sort } from './built-in/sort.ts'
import { sqlite } from './built-in/sqlite.ts'
import { fromBase64 } from './base64.ts'
import { decodePageTrace, type PageTrace } from './page-trace.ts'

export interface TraceLibrary {
  /** The trace of a reference NAME@DIGEST, or undefined if it is not here. Throws `trace.*` if it cannot be read. */
  get(reference: string): PageTrace | undefined
}

const contents: Readonly<Record<string, string>> = { sort, sqlite }

/** Unpacked at first use, since every run of a worker may want them. */
const unpacked = new Map<string, PageTrace>()

export const builtInTraces: TraceLibrary = {
  get(reference) {
    const known = unpacked.get(reference)
    if (known !== undefined) return known
    const facts = builtInFacts.find((fact) => `${fact.name}@${fact.digest}` === reference)
    const content = facts === undefined ? undefined : contents[facts.name]
    if (content === undefined) return undefined
    const trace = decodePageTrace(fromBase64(content))
    unpacked.set(reference, trace)
    return trace
  },
}
