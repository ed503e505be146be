/** The worker thread that owns the store's file: opens it, answers requests, closes it. */

import { parentPort, workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import type { FinishedRun, StoreCalls } from './contract.ts'
import { closeDatabase, openDatabase } from './database.ts'
import { storeFault } from './faults.ts'
import { groupCommit } from './group-commit.ts'
import { errorToData, openingId, type StoreAnswer, type StoreRequest, type StoreWorkerData } from './messages.ts'
import { crashQueries } from './queries/crashes.ts'
import { noteQueries } from './queries/notes.ts'
import { rowQueries } from './queries/run-rows.ts'
import { runReader, runWriter } from './queries/runs.ts'
import { suiteQueries } from './queries/suites.ts'

/** A run waits at most this long for others to share its commit with. */
const group = { delayMs: 50, groupSize: 64 }

type Handlers = { [Method in keyof StoreCalls]: (...args: Parameters<StoreCalls[Method]>) => Awaited<ReturnType<StoreCalls[Method]>> | ReturnType<StoreCalls[Method]> }

function handlersOf(database: Database): { readonly handlers: Handlers; readonly flush: () => void } {
  const writeRun = runWriter(database)
  const commits = groupCommit<FinishedRun>(
    database.transaction((runs: readonly FinishedRun[]) => {
      for (const run of runs) writeRun(run)
    }).immediate,
    group,
  )
  const handlers: Handlers = {
    ...suiteQueries(database),
    ...runReader(database),
    ...rowQueries(database),
    ...noteQueries(database),
    ...crashQueries(database),
    addRun: commits.add,
  }
  return { handlers, flush: commits.flush }
}

function serve({ path, options }: StoreWorkerData): void {
  const port = parentPort
  if (port === null) throw new Error('the store runs in a worker thread')
  const answer = (message: StoreAnswer): void => port.postMessage(message)
  const refuse = (id: number, error: unknown): void => answer({ id, ok: false, error: errorToData(storeFault(error, path)) })

  let database: Database
  try {
    database = openDatabase(path, options)
  } catch (error) {
    refuse(openingId, error)
    return
  }
  const { handlers, flush } = handlersOf(database)

  const close = (): void => {
    flush()
    closeDatabase(database)
  }
  const call = async (request: StoreRequest): Promise<unknown> => {
    if (request.method === 'close') return close()
    const handler = handlers[request.method] as (...args: readonly unknown[]) => unknown
    return handler(...request.args)
  }
  port.on('message', (request: StoreRequest) => {
    call(request)
      .then(
        (value) => answer({ id: request.id, ok: true, value }),
        (error: unknown) => refuse(request.id, error),
      )
      .finally(() => {
        if (request.method === 'close') port.close()
      })
  })
  answer({ id: openingId, ok: true, value: undefined })
}

serve(workerData as StoreWorkerData)
