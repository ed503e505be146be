/** The application's contract over an in-memory pair, with a service that keeps suites, runs, notes and a queue. */

import { createPinia, type Pinia, setActivePinia } from 'pinia'
import { createApp, shallowRef } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { AppCalls, AppEvents, QueueEntry, RunRow, StartRuns, SuiteEntry } from '#shared/rpc/app-contract.ts'
import { channelPair, connectApp, eventsThrough, serveApp } from '#shared/rpc/channel.ts'
import type { Program } from '../../../src-renderer/api/connection.ts'
import { useSession } from '../../../src-renderer/stores/session.ts'

export interface ResultsApp {
  /** What the program tells its windows. */
  readonly tell: AppEvents
  /** Names and first arguments of the calls so far, but for those that every window makes. */
  readonly asked: unknown[][]
  readonly started: StartRuns[]
  readonly router: Router
  readonly pinia: Pinia
}

export interface Kept {
  readonly rows?: readonly RunRow[]
  /** Whole runs, for a run's own page. */
  readonly runs?: readonly RunRecord[]
  readonly queue?: readonly QueueEntry[]
  readonly suiteText?: string
  readonly refusal?: { readonly call: keyof AppCalls; readonly error: GodwitError }
}

export async function startResultsApp({ rows = [], runs = [], queue = [], suiteText = '', refusal }: Kept = {}): Promise<ResultsApp> {
  const asked: unknown[][] = []
  const started: StartRuns[] = []
  const suiteIds = [...new Set(rows.map(({ suiteId }) => suiteId))]
  const suites: readonly SuiteEntry[] = suiteIds.map((suiteId) => {
    const own = rows.filter((row) => row.suiteId === suiteId)
    return { suiteId, name: own[0]?.suite ?? '', createdAt: '2026-11-01T10:00:00.000Z', points: 1, planned: own.length, finished: own.length, crashed: 0 }
  })
  const unused = async (): Promise<never> => {
    throw new GodwitError('test.unused', 'this service does not do that')
  }
  const note = (name: string) => async (...args: unknown[]): Promise<void> => void asked.push([name, ...args])
  const calls: AppCalls = {
    about: async () => ({ version: '0.1.0', node: '24.0.0', electron: null, chromium: null, modelVersion: 1, storePath: '/lab/lab.sqlite', mode: 'browser', processors: 2 }),
    settings: async () => ({ theme: 'light', workers: 0, textScale: 1 }),
    notices: async () => [], dismissNotice: async () => undefined,
    saveSettings: unused, openDocument: unused, saveDocument: unused, recentDocuments: async () => [], listFolder: unused, chooseFile: unused,
    drafts: async () => [], saveDraft: async () => undefined, dropDraft: async () => undefined,
    startRuns: async (request) => {
      started.push(request)
      return { suiteId: 1 }
    },
    pauseRuns: note('pauseRuns'), resumeRuns: note('resumeRuns'), cancelRuns: note('cancelRuns'), retryCrashed: note('retryCrashed'),
    appendRepetitions: async (suiteId, count) => {
      asked.push(['appendRepetitions', suiteId, count])
      return { suiteId }
    },
    queue: async () => queue,
    suites: async () => suites,
    suiteText: async () => suiteText,
    runRows: async (suiteId, first) => {
      asked.push(['runRows', suiteId])
      return rows.filter((row) => row.suiteId === suiteId).slice(0, first)
    },
    run: async (runId) => runs.find((run) => run.runId === runId) ?? Promise.reject(new GodwitError('results.no-run', `the store has no finished run ${runId}`)),
    fidelity: unused, hosts: unused, addHost: unused, removeHost: unused, testHost: unused,
    scenarioOfRun: async () => ({ guest: { memory: '1 GiB' } }), annotate: note('annotate'), runsAsParquet: unused, renderFigure: unused,
  }
  const served = refusal === undefined ? calls : { ...calls, [refusal.call]: async () => Promise.reject(refusal.error) }

  const [near, far] = channelPair()
  const tell = serveApp(far, served)
  const listeners = new Map<keyof AppEvents, Set<(...args: never[]) => void>>()
  const pass = (name: keyof AppEvents, args: readonly unknown[]): void => {
    for (const listener of listeners.get(name) ?? []) listener(...(args as never[]))
  }
  const program: Program = {
    calls: connectApp(near, eventsThrough(pass)),
    state: shallowRef('open'),
    on: (name, listener) => {
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known.add(listener))
      return () => void known.delete(listener)
    },
  }
  const empty = { template: '<div />' }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: empty }] })
  const pinia = createPinia()
  createApp(empty).use(pinia).use(router)
  setActivePinia(pinia)
  useSession().attach(program)
  await settled()
  return { tell, asked, started, router, pinia }
}

/** Waits until all that was asked has been answered. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve()
}
