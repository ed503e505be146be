/**
 * The queue of suites: one is run at a time, the others wait in order.
 *
 *     stopped, cancelled, finished --start, resume, retry--> waiting --its turn--> running --all runs made--> finished
 *     waiting, running --pause--> paused --resume--> waiting          running --a fault of the store--> paused, all others wait
 *
 * A paused suite starts no further run, finishes those at work, and then gives its place to the next. Nothing of this is
 * written down: the store knows which runs a suite plans and which are made, and a suite that lacks some can be resumed.
 */

import type { RunRecord } from '#shared/model/migration-stats.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents, QueueEntry, StartRuns, SuiteEntry } from '#shared/rpc/app-contract.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import type { AgentHosts } from '../lab/agents/hosts.ts'
import { notePlan, runSuite } from '../lab/run-suite.ts'
import type { Store } from '../store/contract.ts'
import { requireTraces } from '../traces/traces-folder.ts'
import { type NarrownessWatch, requireMetric, watchNarrowness } from './narrow-enough.ts'
import { entryOf, type QueuedSuite, queuedSuite, runningRun } from './queue-entry.ts'
import { queueProblem } from './store-sentences.ts'
import { planText, withMoreRepetitions } from './suite-text.ts'

export interface RunQueueOptions {
  readonly store: Store
  /** Runs at a time, asked for each time a suite starts. */
  readonly workers: () => Promise<number>
  readonly workerUrl?: URL | undefined
  readonly memoryLimitMb?: number | undefined
  readonly tracesFolder?: string | undefined
  /** The agents that a plan runs on; asked for each time a suite starts. */
  readonly agentsOf?: ((plan: SuitePlan) => Promise<AgentHosts | undefined>) | undefined
  readonly onChange: () => void
  /** A run is safe on the disk. */
  readonly onRun: (suiteId: number, record: RunRecord) => void
  /** What the store lists as suites changed; resolves when the windows know of all runs so far. */
  readonly onSuites: () => Promise<void>
  /** As in `RunWatch`: how many windows look on. */
  readonly watchers: Int32Array
  readonly onRunning: AppEvents['runProgress']
}

export type QueueCalls = Pick<AppCalls, 'startRuns' | 'pauseRuns' | 'resumeRuns' | 'cancelRuns' | 'retryCrashed' | 'appendRepetitions' | 'queue'>

/** The suite whose runs are being made; it may be paused or cancelled already and still end its last runs. */
interface Turn {
  readonly suite: QueuedSuite
  readonly cancel: AbortController
  readonly drain: AbortController
  readonly ended: Promise<void>
}

export class RunQueue implements QueueCalls {
  readonly #options: RunQueueOptions
  /** In the order in which they take their turns. */
  readonly #suites = new Map<number, QueuedSuite>()
  #turn: Turn | undefined
  /** A fault that concerns every suite stopped the queue until somebody resumes. */
  #isHalted = false
  #isClosed = false

  constructor(options: RunQueueOptions) {
    this.#options = options
  }

  /** Lists the suites that an earlier start left unfinished. */
  async load(): Promise<void> {
    const unfinished = (await this.#options.store.suites()).filter(({ planned, finished }) => finished < planned)
    for (const summary of unfinished.reverse()) this.#suites.set(summary.suiteId, queuedSuite(summary, 'stopped'))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#turn?.cancel.abort()
    await this.#turn?.ended
  }

  queue = async (): Promise<readonly QueueEntry[]> => this.entries()

  entries(): readonly QueueEntry[] {
    return [...this.#suites.values()].map(entryOf)
  }

  startRuns = async ({ text, fileName, stopWhenNarrow }: StartRuns): Promise<{ readonly suiteId: number }> => {
    if (stopWhenNarrow !== undefined) requireMetric(stopWhenNarrow.metric)
    const suite = await this.#enter(text, fileName)
    if (suite !== this.#turn?.suite) suite.stopWhenNarrow = stopWhenNarrow
    else if (stopWhenNarrow !== undefined) this.#watchFromNextTurn(suite, this.#turn, stopWhenNarrow)
    this.#advance()
    return { suiteId: suite.suiteId }
  }

  pauseRuns = async (suiteId: number): Promise<void> => {
    const suite = await this.#find(suiteId)
    if (suite.state !== 'running' && suite.state !== 'waiting') return
    suite.state = 'paused'
    if (this.#turn?.suite === suite) this.#turn.drain.abort()
    this.#options.onChange()
  }

  resumeRuns = async (suiteId: number): Promise<void> => {
    const suite = await this.#find(suiteId)
    // Resuming what stopped because it was narrow enough asks for the rest.
    if (suite.state === 'finished') suite.stopWhenNarrow = undefined
    this.#wait(suite)
    this.#advance()
  }

  cancelRuns = async (suiteId: number): Promise<void> => {
    const suite = await this.#find(suiteId)
    if (suite.state === 'finished') return
    suite.state = 'cancelled'
    suite.problem = null
    if (this.#turn?.suite === suite) this.#turn.cancel.abort()
    this.#options.onChange()
  }

  retryCrashed = async (suiteId: number): Promise<void> => {
    const suite = await this.#find(suiteId)
    const count = await this.#options.store.setCrashedAside(suiteId)
    if (count === 0) throw new GodwitError('queue.nothing-crashed', `no run of "${suite.name}" crashed, so there is none to make again`, { details: { suiteId } })
    suite.crashed = Math.max(0, suite.crashed - count)
    suite.finished -= Math.min(count, suite.finished)
    suite.takesAnotherTurn = this.#turn?.suite === suite
    this.#wait(suite)
    await this.#options.onSuites()
    this.#advance()
  }

  appendRepetitions = async (suiteId: number, count: number): Promise<{ readonly suiteId: number }> => {
    const suite = await this.#find(suiteId)
    const text = await this.#options.store.suiteText(suiteId)
    const longer = await this.#enter(withMoreRepetitions(text, suite.name, count), suite.name)
    // The longer suite wants every run of the shorter one.
    if (this.#turn?.suite !== suite && suite !== longer) this.#suites.delete(suiteId)
    this.#advance()
    return { suiteId: longer.suiteId }
  }

  /** Notes the plan of a suite in the store and puts it last, unless it waits or runs already. */
  async #enter(text: string, fileName: string): Promise<QueuedSuite> {
    const plan = planText(text, fileName)
    requireTraces(plan, this.#options.tracesFolder)
    const { suiteId } = await notePlan(plan, this.#options.store, text)
    const summary = await this.#summary(suiteId)
    const known = this.#suites.get(suiteId)
    const isAtWork = known !== undefined && (known.state === 'waiting' || known === this.#turn?.suite)
    const suite = isAtWork ? known : queuedSuite(summary, 'waiting')
    suite.source = { plan, text }
    if (!isAtWork) {
      this.#suites.delete(suiteId)
      this.#suites.set(suiteId, suite)
    }
    this.#wait(suite)
    await this.#options.onSuites()
    return suite
  }

  /** A suite that is at work ends the runs it has begun, then takes another turn under the new rule. */
  #watchFromNextTurn(suite: QueuedSuite, { drain }: Turn, stopWhenNarrow: NonNullable<StartRuns['stopWhenNarrow']>): void {
    suite.stopWhenNarrow = stopWhenNarrow
    suite.takesAnotherTurn = true
    drain.abort()
  }

  #wait(suite: QueuedSuite): void {
    this.#isHalted = false
    if (suite.state === 'running' || suite.state === 'waiting') return
    suite.state = 'waiting'
    suite.problem = null
    this.#options.onChange()
  }

  async #find(suiteId: number): Promise<QueuedSuite> {
    const known = this.#suites.get(suiteId)
    if (known !== undefined) return known
    const summary = await this.#summary(suiteId)
    // Another call may have found it meanwhile.
    const suite = this.#suites.get(suiteId) ?? queuedSuite(summary, summary.finished < summary.planned ? 'stopped' : 'finished')
    this.#suites.set(suiteId, suite)
    return suite
  }

  async #summary(suiteId: number): Promise<SuiteEntry> {
    const summary = await this.#options.store.suite(suiteId)
    if (summary !== undefined) return summary
    throw new GodwitError('queue.unknown', `the store has no suite with the number ${suiteId}`, { details: { suiteId } })
  }

  #advance(): void {
    if (this.#turn !== undefined || this.#isHalted || this.#isClosed) return
    const suite = [...this.#suites.values()].find(({ state }) => state === 'waiting')
    if (suite === undefined) return
    suite.state = 'running'
    suite.takesAnotherTurn = false
    const cancel = new AbortController()
    const drain = new AbortController()
    const ended = this.#take(suite, cancel.signal, drain).finally(() => {
      this.#turn = undefined
      this.#options.onChange()
      this.#advance()
    })
    this.#turn = { suite, cancel, drain, ended }
    this.#options.onChange()
  }

  /** Makes the runs of a suite; never rejects. */
  async #take(suite: QueuedSuite, signal: AbortSignal, drain: AbortController): Promise<void> {
    try {
      const source = await this.#sourceOf(suite)
      if (source === undefined) return
      const narrowness = await this.#watchNarrowness(suite, source.plan)
      if (narrowness?.isNarrow() === true) drain.abort()
      const { crashed } = await this.#summary(suite.suiteId)
      const { stopped } = await runSuite(source.plan, {
        store: this.#options.store,
        text: source.text,
        suiteId: suite.suiteId,
        workers: await this.#options.workers(),
        workerUrl: this.#options.workerUrl,
        memoryLimitMb: this.#options.memoryLimitMb,
        tracesFolder: this.#options.tracesFolder,
        agents: await this.#options.agentsOf?.(source.plan),
        signal,
        drain: drain.signal,
        watch: {
          watchers: this.#options.watchers,
          onRunning: (running) => this.#options.onRunning(suite.suiteId, running === null ? null : runningRun(suite.name, running)),
        },
        onRun: (record) => {
          suite.remaining.runFinished()
          this.#options.onRun(suite.suiteId, record)
          if (narrowness?.add(record) === true) drain.abort()
        },
        onProgress: (progress) => {
          suite.planned = progress.planned
          suite.reused = Math.min(suite.reused, progress.reused)
          suite.finished = progress.reused + progress.finished - suite.reused
          suite.crashed = crashed + progress.crashed
          this.#options.onChange()
        },
      })
      await this.#options.onSuites()
      this.#conclude(suite, { stopped, isNarrow: narrowness?.isNarrow() === true })
    } catch (error) {
      if (this.#isClosed) return
      suite.state = suite.state === 'cancelled' ? 'cancelled' : 'paused'
      suite.problem = queueProblem(error)
      // What is wrong with one suite does not hold up the others.
      this.#isHalted = !(error instanceof GodwitError && /^(suite|queue|trace|agent)\./.test(error.code))
    }
  }

  #conclude(suite: QueuedSuite, { stopped, isNarrow }: { readonly stopped: boolean; readonly isNarrow: boolean }): void {
    if (suite.takesAnotherTurn && suite.state === 'running') {
      suite.state = 'waiting'
    } else if (!stopped && suite.state !== 'waiting') {
      suite.state = 'finished'
    } else if (isNarrow && suite.state === 'running') {
      suite.state = 'finished'
      suite.problem = narrowInWords(suite)
    } else if (suite.state === 'running') {
      suite.state = 'stopped'
    }
  }

  /** The plan of a suite; undefined if the suite is no longer the one that its text plans, which then waits instead. */
  async #sourceOf(suite: QueuedSuite): Promise<QueuedSuite['source']> {
    if (suite.source !== undefined) return suite.source
    const text = await this.#options.store.suiteText(suite.suiteId)
    const successor = await this.#enter(text, suite.name)
    if (successor === suite) return suite.source
    suite.state = 'stopped'
    suite.problem = 'This suite was planned by another version of the model. Its runs stay; what this version plans was added to the queue as a suite of its own.'
    return undefined
  }

  async #watchNarrowness({ suiteId, stopWhenNarrow }: QueuedSuite, plan: Parameters<typeof watchNarrowness>[0]): Promise<NarrownessWatch | undefined> {
    if (stopWhenNarrow === undefined) return undefined
    const watch = watchNarrowness(plan, stopWhenNarrow)
    for (const row of await this.#options.store.runRows({ suiteId })) watch.add(row)
    return watch
  }
}

function narrowInWords({ stopWhenNarrow, planned, reused, finished }: QueuedSuite): string {
  const share = `${Number(((stopWhenNarrow?.relativeHalfWidth ?? 0) * 100).toPrecision(3))} %`
  return `Ended early: at every point the 95 % interval of ${stopWhenNarrow?.metric ?? 'the metric'} is within ${share} of its mean. ${planned - reused - finished} of ${planned} runs were not needed; resume to make them all the same.`
}
