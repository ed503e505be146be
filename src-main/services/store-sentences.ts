/** Faults of the store in sentences for the window: what happened, and what to do. The command line has its own words. */

import { GodwitError } from '#shared/model/godwit-error.ts'

/** Why the queue stopped by itself. */
export function queueProblem(error: unknown): string {
  if (!(error instanceof GodwitError)) return `The runs stopped for a reason that was not foreseen: ${error instanceof Error ? error.message : String(error)}. Finished runs are kept; resume, and report this if it happens again.`
  const known = sentences[error.code]
  return known === undefined ? `The runs stopped: ${error.message}. Finished runs are kept.` : `${known.what} ${known.remedy}, then resume; finished runs are kept.`
}

/** A fault of the store as the answer to what a window asked. */
export function inWindowWords(error: unknown): unknown {
  const known = error instanceof GodwitError ? sentences[error.code] : undefined
  if (known === undefined || !(error instanceof GodwitError)) return error
  return new GodwitError(error.code, `${known.what} ${known.remedy}, then try again.`, { details: error.details, cause: error })
}

const sentences: Readonly<Record<string, { readonly what: string; readonly remedy: string }>> = {
  'store.full': { what: 'The store cannot grow because the disk is full.', remedy: 'Free some space' },
  'store.locked': { what: 'The store is in use by another program.', remedy: 'Wait until that ends' },
  'store.io': { what: 'The disk of the store reports an error.', remedy: 'Check the disk and its free space' },
  'store.read-only': { what: 'The store cannot be written.', remedy: 'Make the file and its folder writable' },
  'store.corrupt': { what: 'The store is damaged.', remedy: 'Restore it from a copy' },
}
