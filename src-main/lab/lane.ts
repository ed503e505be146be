/**
 * A lane is one worker thread and the runs it was sent. A thread that dies takes the run it was at with it; the lane
 * reports that run as crashed, gives the others back, and goes on with a new thread.
 */

import { Worker } from 'node:worker_threads'
import type { MigrationStats, RunProgress } from '#shared/model/migration-stats.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { PlannedRun } from '#shared/scenario/plan.ts'
import type { AgentHosts } from './agents/hosts.ts'
import { crashedRun } from './crashed-run.ts'
import { type RunOrder, type RunResult, sharedCounter, type WorkerData, type WorkerReport } from './run-messages.ts'

export interface LaneOptions {
  readonly workerUrl: URL
  readonly memoryLimitMb: number | undefined
  readonly tracesFolder: string | undefined
  readonly agents: AgentHosts | undefined
  /** The next run, or undefined if there is none now. */
  readonly take: () => PlannedRun | undefined
  readonly giveBack: (runs: readonly PlannedRun[]) => void
  readonly onFinished: (run: PlannedRun, result: RunResult) => void
  /** How many windows look on, shared with the worker; absent: the worker never reports progress. */
  readonly watchers: Int32Array | undefined
  /** The lane was idle and is at a run now. */
  readonly onStarted: () => void
  /** The run that the lane is at goes on. */
  readonly onProgress: (run: PlannedRun, progress: RunProgress) => void
  /** The worker does not even start: no run is to blame. */
  readonly onBroken: (error: GodwitError) => void
}

/** Runs shorter than this are sent several at a time, so that the worker need not wait for the next. */
const shortRunMs = 25
const shortRunWindow = 8

export class Lane {
  readonly #options: LaneOptions
  readonly #isShown = sharedCounter()
  #worker: Worker
  #isReady = false
  #isStopped = false
  #error: Error | undefined
  #lastWallMs = Infinity
  #startedAt = ''
  #start = 0
  /** The worker answers in order: the first is the run it is at. */
  #sent: PlannedRun[] = []

  constructor(options: LaneOptions) {
    this.#options = options
    this.#worker = this.#startWorker()
  }

  get isIdle(): boolean {
    return this.#sent.length === 0
  }

  /** When the run began that the lane is at, by `performance.now()`; of an idle lane, when it was last at one. */
  get busySince(): number {
    return this.#start
  }

  /** Whether the worker is to report how its run goes. */
  show(isShown: boolean): void {
    Atomics.store(this.#isShown, 0, isShown ? 1 : 0)
  }

  /** Sends the worker as many runs as it should have. */
  feed(): void {
    if (!this.#isReady || this.#isStopped) return
    const window = this.#lastWallMs < shortRunMs ? shortRunWindow : 1
    while (this.#sent.length < window) {
      const run = this.#options.take()
      if (run === undefined) return
      const wasIdle = this.isIdle
      if (wasIdle) this.#noteStart()
      this.#sent.push(run)
      if (wasIdle) this.#options.onStarted()
      this.#worker.postMessage({ runId: run.runId, scenario: run.point.scenario, seed: run.seed } satisfies RunOrder)
    }
  }

  /** Ends the thread at once; the run it is at leaves no trace. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#worker.terminate()
  }

  #startWorker(): Worker {
    const { workerUrl, memoryLimitMb, tracesFolder, agents, watchers } = this.#options
    const workerData: WorkerData = { tracesFolder, agents, ...(watchers === undefined ? {} : { attention: { watchers, isShown: this.#isShown } }) }
    const worker = new Worker(workerUrl, memoryLimitMb === undefined ? { workerData } : { workerData, resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb } })
    this.#isReady = false
    this.#error = undefined
    worker.on('message', (report: WorkerReport) => this.#onReport(report))
    worker.on('error', (error: Error) => (this.#error = error))
    worker.on('exit', (code) => this.#onExit(code))
    return worker
  }

  #onReport(report: WorkerReport): void {
    if (this.#isStopped) return
    if (report.kind === 'ready') {
      this.#isReady = true
      this.feed()
      return
    }
    const run = this.#sent[0]
    if (run === undefined || run.runId !== report.runId) {
      this.#options.onBroken(new GodwitError('lab.protocol', `a run worker answers for run ${report.runId}, which is not its turn; please report this`))
      return
    }
    if (report.kind === 'progress') {
      this.#options.onProgress(run, report.progress)
      return
    }
    this.#sent.shift()
    this.#noteStart()
    this.#lastWallMs = report.wallMs
    this.#options.onFinished(run, { stats: report.stats, startedAt: report.startedAt, wallMs: report.wallMs })
    this.feed()
  }

  #onExit(code: number): void {
    if (this.#isStopped) return
    if (!this.#isReady) {
      const why = this.#error?.message ?? `exit status ${code}`
      this.#options.onBroken(new GodwitError('lab.worker-start', `a run worker cannot start (${why}); install Godwit again with npm ci`, { cause: this.#error }))
      return
    }
    const [culprit, ...innocent] = this.#sent
    const reason = deathReason(this.#error, code)
    this.#sent = []
    this.#lastWallMs = Infinity
    this.#options.giveBack(innocent)
    this.#worker = this.#startWorker()
    if (culprit === undefined) return
    const stats = crashedRun(culprit.point.scenario, reason)
    this.#options.onFinished(culprit, { stats, startedAt: this.#startedAt, wallMs: performance.now() - this.#start })
  }

  /** A thread that dies cannot say when its run began. */
  #noteStart(): void {
    this.#startedAt = new Date().toISOString()
    this.#start = performance.now()
  }
}

function deathReason(error: (Error & { readonly code?: unknown }) | undefined, exitCode: number): NonNullable<MigrationStats['reason']> {
  if (error === undefined) return { code: 'run.worker-exited', message: `the worker of this run ended with exit status ${exitCode}` }
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return { code: 'run.out-of-memory', message: 'the worker of this run ran out of memory' }
  return { code: 'run.worker-died', message: `the worker of this run died: ${error.message}` }
}
