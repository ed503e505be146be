/** Puts the services behind the app contract together, on one store. */

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { About, AppCalls } from '#shared/rpc/app-contract.ts'
import { modelVersion } from '#shared/sim/model-version.ts'
import { defaultCredentialsFolder } from '../config-folder.ts'
import { agentHostsOf } from '../lab/agents/access.ts'
import { sharedCounter } from '../lab/run-messages.ts'
import { programVersion } from '../lab/provenance.ts'
import { openStore } from '../store/open-store.ts'
import { tracesFolderOf } from '../traces/traces-folder.ts'
import { audience } from './audience.ts'
import { checkedCalls } from './checked-calls.ts'
import type { AppServices, AppServicesOptions } from './contract.ts'
import { documentsService } from './documents.ts'
import { draftsService } from './drafts.ts'
import { figuresService } from './figures.ts'
import { hostsService } from './hosts.ts'
import { noticesService } from './notices.ts'
import { type ProgressReports, progressReports } from './progress-reports.ts'
import { resultsService } from './results.ts'
import { RunQueue } from './run-queue.ts'
import { settingsService } from './settings.ts'

export type { AppServices, AppServicesOptions } from './contract.ts'

/** Rejects as `openStore` does if the store cannot be used. */
export async function createAppServices(options: AppServicesOptions): Promise<AppServices> {
  const { storePath, documentsFolder, configFolder, mode, chooseFile, onNotice = () => undefined } = options
  const store = await openStore(storePath, options.storeOptions)
  const watchers = sharedCounter()
  const { join, events } = audience(onNotice, (size) => void Atomics.store(watchers, 0, size))
  const notices = noticesService(events.noticesChanged)
  const notify = (sentence: string): void => {
    onNotice(sentence)
    notices.add(sentence)
  }
  const credentialsFolder = options.credentialsFolder ?? defaultCredentialsFolder()
  const settings = settingsService({ configFolder, onNotice: notify, onChange: events.settingsChanged })
  const reports: ProgressReports = progressReports({ store, events, entries: () => queue.entries(), onNotice })
  const queue = new RunQueue({
    store,
    workers: async () => (await settings.settings()).workers || availableParallelism(),
    workerUrl: options.workerUrl,
    memoryLimitMb: options.memoryLimitMb,
    tracesFolder: tracesFolderOf(storePath),
    agentsOf: (plan) => agentHostsOf(plan, { credentialsFolder, onWarning: notify }),
    onChange: reports.queueChanged,
    onRun: (suiteId, { runId }) => reports.runFinished(suiteId, runId),
    onSuites: reports.suitesChanged,
    watchers,
    onRunning: events.runProgress,
  })
  await queue.load()

  const drafts = draftsService(configFolder, notify)
  const calls: AppCalls = {
    about: async () => aboutProgram(storePath, mode),
    ...settings,
    ...notices.calls,
    ...documentsService({ documentsFolder, configFolder, chooseFile, onNotice: notify }),
    ...drafts.calls,
    ...queueCalls(queue),
    ...resultsService(store, events.notesChanged),
    ...figuresService(store),
    ...hostsService({ configFolder, credentialsFolder, onNotice: notify, ...options.hosts }),
  }
  return {
    calls: checkedCalls(calls),
    subscribe: join,
    serveWindow: (attach) => {
      const window = drafts.ofWindow()
      const leave = join(attach(checkedCalls({ ...calls, ...window.calls })))
      return () => {
        leave()
        window.leave()
      }
    },
    notify,
    close: async () => {
      await queue.close()
      reports.stop()
      await store.close()
    },
  }
}

function aboutProgram(storePath: string, mode: About['mode']): About {
  const { node, electron = null, chrome = null } = process.versions as NodeJS.ProcessVersions & { readonly chrome?: string }
  return { version: programVersion, node, electron, chromium: chrome, modelVersion, storePath: resolve(storePath), mode, processors: availableParallelism() }
}

function queueCalls({ startRuns, pauseRuns, resumeRuns, cancelRuns, retryCrashed, appendRepetitions, queue }: RunQueue) {
  return { startRuns, pauseRuns, resumeRuns, cancelRuns, retryCrashed, appendRepetitions, queue }
}
