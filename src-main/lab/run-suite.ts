/**
 * Runs a suite: notes its plan in the store, makes the runs that are not there yet, and keeps each result as it comes.
 * Stopped at any moment, the same call continues where it stopped.
 */

import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { PlannedRun, SuitePlan } from '#shared/scenario/plan.ts'
import type { Store } from '../store/contract.ts'
import { requireTraces } from '../traces/traces-folder.ts'
import type { AgentHosts } from './agents/hosts.ts'
import { driveRuns, type RunWatch } from './drive-runs.ts'
import { provenanceOf } from './provenance.ts'
import type { RunResult } from './run-messages.ts'

export interface RunSuiteOptions {
  readonly store: Store
  /** The suite file as written, kept with the results. */
  readonly text: string
  /** The suite's number if its plan was noted already, by `notePlan`. */
  readonly suiteId?: number | undefined
  /** Worker threads; default: as many as the machine runs at a time. */
  readonly workers?: number | undefined
  /** Stops the suite: runs at work are dropped, results that came in are kept. */
  readonly signal?: AbortSignal | undefined
  /** Pauses the suite: no further run is started, those at work are finished and kept. */
  readonly drain?: AbortSignal | undefined
  /** Called for each run of this call once it is safe on the disk. */
  readonly onRun?: ((record: RunRecord) => void) | undefined
  readonly onProgress?: ((progress: SuiteProgress) => void) | undefined
  /** Follows runs that are going on; absent: workers report nothing but results. */
  readonly watch?: RunWatch | undefined
  /** Another worker than the simulator's. */
  readonly workerUrl?: URL | undefined
  /** Heap of each worker; default: as Node chooses. */
  readonly memoryLimitMb?: number | undefined
  /** Where imported traces are kept; absent: there are only those that come with Godwit. */
  readonly tracesFolder?: string | undefined
  /** Where the agents of the backend `agents` are; absent: on this machine. */
  readonly agents?: AgentHosts | undefined
}

export interface SuiteProgress {
  /** Different runs of the suite. */
  readonly planned: number
  /** Runs that were in the store already. */
  readonly reused: number
  /** Runs that this call made and stored, and those among them that crashed. */
  readonly finished: number
  readonly crashed: number
}

export interface SuiteResult {
  readonly suiteId: number
  readonly planned: number
  readonly reused: number
  readonly finished: number
  readonly crashed: number
  /** True if one of the signals ended it before all runs were made. */
  readonly stopped: boolean
}

/** Rejects with a GodwitError if the store fails or no worker starts; a run that crashes is a result, not an error. */
export async function runSuite(plan: SuitePlan, options: RunSuiteOptions): Promise<SuiteResult> {
  const { store, signal, drain } = options
  requireTraces(plan, options.tracesFolder)
  const { suiteId, finishedIds } = options.suiteId === undefined ? await notePlan(plan, store, options.text) : await notedPlan(options.suiteId, store)
  const unique = new Map(plan.runs.map((run) => [run.runId, run]))
  const pending = [...unique.values()].filter(({ runId }) => !finishedIds.has(runId))
  const progress = progressOf(unique.size, unique.size - pending.length, options.onProgress)

  // One backend after the other: real runs measure, and must have the machine to themselves.
  for (const backend of backends) {
    const { workers, workerUrl } = backendWorkers[backend]
    await driveRuns(
      pending.filter((run) => run.backend === backend),
      {
        workers: workers ?? options.workers ?? availableParallelism(),
        workerUrl: options.workerUrl ?? workerUrl(),
        memoryLimitMb: options.memoryLimitMb,
        tracesFolder: options.tracesFolder,
        agents: options.agents,
        signal,
        drain,
        watch: options.watch,
        keep: async (run, result) => {
          const record = recordOf(plan, run, result)
          await store.addRun({ runId: run.runId, seed: run.seed, backend: run.backend, stats: result.stats, provenance: record.provenance })
          progress.finish(record)
          options.onRun?.(record)
        },
      },
    )
  }
  const { reused, finished, crashed } = progress.now()
  return { suiteId, planned: unique.size, reused, finished, crashed, stopped: reused + finished < unique.size }
}

const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** What makes the runs of a backend, and how many at a time if that is not for the user to say. */
const backendWorkers = {
  sim: { workers: null, workerUrl: () => new URL(`./run-worker${ending}`, import.meta.url) },
  agents: { workers: 1, workerUrl: () => new URL(`./agents-worker${ending}`, import.meta.url) },
} as const
const backends = Object.keys(backendWorkers) as ReadonlyArray<keyof typeof backendWorkers>

function refuseUnknownBackend(plan: SuitePlan): void {
  const unknown = plan.runs.find((run) => !Object.hasOwn(backendWorkers, run.backend))
  if (unknown === undefined) return
  throw new GodwitError('lab.backend', `this version cannot run the backend "${unknown.backend}"; leave it out of "backends", or choose ${backends.map((name) => `--backend ${name}`).join(' or ')}`)
}

/** A message to the store carries this many points or runs, so that a million of them need not be copied at once. */
const pointsAtATime = 500
const runsAtATime = 5000

/** Notes in the store what a suite plans, before anything is run; the same plan is noted once. */
export async function notePlan(plan: SuitePlan, store: Store, text: string): Promise<{ readonly suiteId: number; readonly finishedIds: ReadonlySet<string> }> {
  refuseUnknownBackend(plan)
  const suiteId = await store.addSuite({ name: plan.suiteName, text, planDigest: digestOf(plan), createdAt: new Date().toISOString() })
  for (const points of chunks(plan.points, pointsAtATime)) await store.addPoints(suiteId, points)
  const finishedIds = new Set<string>()
  for (const runs of chunks(plan.runs, runsAtATime)) {
    const links = runs.map(({ runId, point, repetition }) => ({ runId, point: point.index, repetition }))
    for (const runId of await store.planRuns(suiteId, links)) finishedIds.add(runId)
  }
  return { suiteId, finishedIds }
}

async function notedPlan(suiteId: number, store: Store) {
  return { suiteId, finishedIds: new Set(await store.finishedRunIds(suiteId)) }
}

/**
 * A plan that differs in a point, a run or its name is another suite; its runs are still shared by their ids. Repetitions
 * enter counted from 0, as they did when the first stores were made: a suite of such a store is found again.
 */
function digestOf(plan: SuitePlan): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(plan.suiteName))
  for (const { index, factors, scenarioHash } of plan.points) hash.update(JSON.stringify([index, factors, scenarioHash]))
  for (const { runId, point, repetition } of plan.runs) hash.update(JSON.stringify([runId, point.index, repetition - 1]))
  return hash.digest('hex')
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}

function recordOf(plan: SuitePlan, run: PlannedRun, result: RunResult): RunRecord {
  const { runId, point, repetition, seed, backend } = run
  const { stats } = result
  return { runId, suite: plan.suiteName, point: point.index, factors: point.factors, repetition, seed, backend, ...stats, provenance: provenanceOf(run, result) }
}

function progressOf(planned: number, reused: number, onProgress: RunSuiteOptions['onProgress']) {
  let finished = 0
  let crashed = 0
  const now = (): SuiteProgress => ({ planned, reused, finished, crashed })
  onProgress?.(now())
  return {
    now,
    finish: ({ outcome }: RunRecord): void => {
      finished += 1
      if (outcome === 'crashed') crashed += 1
      onProgress?.(now())
    },
  }
}
