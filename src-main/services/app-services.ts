/** Puts the services behind the app contract together, on one store. */

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { AppCalls } from '#shared/rpc/app-contract.ts'
import { modelVersion } from '#shared/sim/model-version.ts'
import { programVersion } from '../lab/provenance.ts'
import { openStore } from '../store/open-store.ts'
import { audience } from './audience.ts'
import { checkedCalls } from './checked-calls.ts'
import type { AppServices, AppServicesOptions } from './contract.ts'
import { documentsService } from './documents.ts'
import { draftsService } from './drafts.ts'
import { figuresService } from './figures.ts'
import { type ProgressReports, progressReports } from './progress-reports.ts'
import { resultsService } from './results.ts'
import { RunQueue } from './run-queue.ts'
import { settingsService } from './settings.ts'

export type { AppServices, AppServicesOptions } from './contract.ts'

/** Rejects as `openStore` does if the store cannot be used. */
export async function createAppServices(options: AppServicesOptions): Promise<AppServices> {
  const { storePath, documentsFolder, configFolder, mode, chooseFile, onNotice = () => undefined } = options
  const store = await openStore(storePath, options.storeOptions)
  const { join, events } = audience(onNotice)
  const settings = settingsService({ configFolder, onNotice, onChange: events.settingsChanged })
  const reports: ProgressReports = progressReports({ store, events, entries: () => queue.entries(), onNotice })
  const queue = new RunQueue({
    store,
    workers: async () => (await settings.settings()).workers || availableParallelism(),
    workerUrl: options.workerUrl,
    memoryLimitMb: options.memoryLimitMb,
    onChange: reports.queueChanged,
    onRun: (suiteId, { runId }) => reports.runFinished(suiteId, runId),
    onSuites: reports.suitesChanged,
  })
  await queue.load()

  const calls: AppCalls = {
    about: async () => ({ version: programVersion, modelVersion, storePath: resolve(storePath), mode, processors: availableParallelism() }),
    ...settings,
    ...documentsService({ documentsFolder, configFolder, chooseFile, onNotice }),
    ...draftsService(configFolder, onNotice),
    ...queueCalls(queue),
    ...resultsService(store, events.notesChanged),
    ...figuresService(store),
  }
  return {
    calls: checkedCalls(calls),
    subscribe: join,
    close: async () => {
      await queue.close()
      reports.stop()
      await store.close()
    },
  }
}

function queueCalls({ startRuns, pauseRuns, resumeRuns, cancelRuns, retryCrashed, appendRepetitions, queue }: RunQueue) {
  return { startRuns, pauseRuns, resumeRuns, cancelRuns, retryCrashed, appendRepetitions, queue }
}
