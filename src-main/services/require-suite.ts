/** The suite that a window names. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import type { Store } from '../store/contract.ts'

/** Rejects with `results.no-suite`. */
export async function requireSuite(store: Store, suiteId: number): Promise<SuiteEntry> {
  const suite = await store.suite(suiteId)
  if (suite !== undefined) return suite
  throw new GodwitError('results.no-suite', `the store has no suite with the number ${suiteId}`, { details: { suiteId } })
}
