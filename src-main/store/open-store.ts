/** The store as the rest of Godwit sees it: a client of the worker thread that owns the file. */

import { resolve as resolvePath } from 'node:path'
import { Worker } from 'node:worker_threads'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Store, StoreCalls, StoreOptions } from './contract.ts'
import { errorFromData, openingId, type StoreAnswer, type StoreRequest, type StoreWorkerData } from './messages.ts'

/**
 * Opens the store at a path, making it where there is none (unless `access` is `read`). Rejects with a GodwitError whose
 * code begins with `store.`: not-a-database, foreign, newer, missing, read-only, locked, full, ... Close it when done.
 */
export async function openStore(path: string, options: StoreOptions = {}): Promise<Store> {
  const client = connect({ path: resolvePath(path), options })
  await client.opened
  const { call } = client
  return {
    addSuite: (suite) => call('addSuite', suite),
    addPoints: (suiteId, points) => call('addPoints', suiteId, points),
    planRuns: (suiteId, links) => call('planRuns', suiteId, links),
    addRun: (run) => call('addRun', run),
    suites: () => call('suites'),
    suite: (suiteId) => call('suite', suiteId),
    suiteText: (suiteId) => call('suiteText', suiteId),
    points: (suiteId) => call('points', suiteId),
    finishedRunIds: (suiteId) => call('finishedRunIds', suiteId),
    runs: (query) => call('runs', query),
    run: (runId) => call('run', runId),
    timeline: (runId) => call('timeline', runId),
    runRows: (query) => call('runRows', query),
    scenarioOfRun: (runId) => call('scenarioOfRun', runId),
    annotate: (runIds, notes) => call('annotate', runIds, notes),
    setCrashedAside: (suiteId) => call('setCrashedAside', suiteId),
    close: client.close,
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

function connect(workerData: StoreWorkerData) {
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './store-worker.ts' : './store-worker.js', import.meta.url), { workerData })
  const pending = new Map<number, Pending>()
  let lastId = openingId
  let ended: GodwitError | undefined

  const end = (error: GodwitError): void => {
    ended ??= error
    for (const { reject } of pending.values()) reject(ended)
    pending.clear()
  }
  const expect = (id: number): Promise<unknown> => new Promise((resolve, reject) => void pending.set(id, { resolve, reject }))
  const send = (request: StoreRequest): Promise<unknown> => {
    if (ended !== undefined) return Promise.reject(ended)
    const answer = expect(request.id)
    worker.postMessage(request)
    return answer
  }

  worker.on('message', (answer: StoreAnswer) => {
    const waiting = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.ok) waiting?.resolve(answer.value)
    else waiting?.reject(errorFromData(answer.error))
  })
  worker.on('error', (error) => end(new GodwitError('store.unexpected', `the store stopped in an unexpected way: ${error instanceof Error ? error.message : String(error)}`, { cause: error })))
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end(new GodwitError('store.closed', 'the store is closed'))
      resolve()
    })
  })

  return {
    opened: expect(openingId),
    call: <Method extends keyof StoreCalls>(method: Method, ...args: Parameters<StoreCalls[Method]>): ReturnType<StoreCalls[Method]> =>
      // The worker's handlers have the same types, so the answer to a method is what the method gives.
      send({ id: ++lastId, method, args } as StoreRequest) as ReturnType<StoreCalls[Method]>,
    close: async (): Promise<void> => {
      if (ended === undefined) await send({ id: ++lastId, method: 'close', args: [] })
      await exited
    },
  }
}
