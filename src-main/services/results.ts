/** What the store holds, as windows ask for it. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents } from '#shared/rpc/app-contract.ts'
import type { Store } from '../store/contract.ts'

type ResultCalls = Pick<AppCalls, 'suites' | 'suiteText' | 'runRows' | 'run' | 'scenarioOfRun' | 'annotate'>

export function resultsService(store: Store, onNotes: AppEvents['notesChanged']): ResultCalls {
  const requireSuite = async (suiteId: number): Promise<void> => {
    if ((await store.suite(suiteId)) === undefined) throw new GodwitError('results.no-suite', `the store has no suite with the number ${suiteId}`, { details: { suiteId } })
  }
  return {
    suites: () => store.suites(),
    suiteText: async (suiteId) => {
      await requireSuite(suiteId)
      return store.suiteText(suiteId)
    },
    runRows: async (suiteId, first) => {
      await requireSuite(suiteId)
      return store.runRows({ suiteId, ...(first === undefined ? {} : { limit: first }) })
    },
    run: async (runId) => (await store.run(runId)) ?? noRun(runId),
    scenarioOfRun: async (runId) => ({ ...((await store.scenarioOfRun(runId)) ?? noRun(runId)) }),
    annotate: async (runIds, notes) => {
      await store.annotate(runIds, notes)
      onNotes(runIds, notes)
    },
  }
}

function noRun(runId: string): never {
  throw new GodwitError('results.no-run', `the store has no finished run ${runId}; a crashed run that is made again comes back when it is done`, { details: { runId } })
}
