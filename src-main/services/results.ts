/** What the store holds, as windows ask for it. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents } from '#shared/rpc/app-contract.ts'
import { readFidelity } from '../lab/read-fidelity.ts'
import { factorValues, rowsOf } from '../lab/read-results.ts'
import type { Store } from '../store/contract.ts'
import { requireSuite } from './require-suite.ts'

type ResultCalls = Pick<AppCalls, 'suites' | 'suiteText' | 'runRows' | 'run' | 'fidelity' | 'scenarioOfRun' | 'annotate' | 'runsAsParquet'>

/** The file is made in memory, and travels as one message. */
const mostRunsInFile = 200_000

export function resultsService(store: Store, onNotes: AppEvents['notesChanged']): ResultCalls {
  return {
    suites: () => store.suites(),
    suiteText: async (suiteId) => {
      await requireSuite(store, suiteId)
      return store.suiteText(suiteId)
    },
    runRows: async (suiteId, first) => {
      await requireSuite(store, suiteId)
      return store.runRows({ suiteId, ...(first === undefined ? {} : { limit: first }) })
    },
    run: async (runId) => (await store.run(runId)) ?? noRun(runId),
    fidelity: async (suiteId) => {
      await requireSuite(store, suiteId)
      return readFidelity(store, suiteId)
    },
    scenarioOfRun: async (runId) => ({ ...((await store.scenarioOfRun(runId)) ?? noRun(runId)) }),
    annotate: async (runIds, notes) => {
      await store.annotate(runIds, notes)
      onNotes(runIds, notes)
    },
    runsAsParquet: async (suiteId, runIds) => {
      const suite = await requireSuite(store, suiteId)
      const count = runIds?.length ?? suite.finished
      if (count > mostRunsInFile) {
        throw new GodwitError('results.too-many', `${count} runs are too many for the window, which exports ${mostRunsInFile} at most; filter them, or write \`godwit results --suite ${suiteId} --runs --format parquet --out runs.parquet\` with the --store of this window`)
      }
      const { parquetBytes, runColumns } = await import('../export/parquet.ts')
      const rows = runIds === null ? rowsOf(store, suiteId) : await store.runRows({ suiteId, runIds })
      return (await parquetBytes(runColumns(await factorValues(store, [suite])), rows)).toString('base64')
    },
  }
}

function noRun(runId: string): never {
  throw new GodwitError('results.no-run', `the store has no finished run ${runId}; a crashed run that is made again comes back when it is done`, { details: { runId } })
}
