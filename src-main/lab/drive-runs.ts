/** Spreads runs over worker threads and hands each result on; memory stays bounded however many runs there are. */

import type { RunProgress } from '#shared/model/migration-stats.ts'
import type { PlannedRun } from '#shared/scenario/plan.ts'
import type { AgentHosts } from './agents/hosts.ts'
import { Lane } from './lane.ts'
import type { RunResult } from './run-messages.ts'

export interface DriveOptions {
  readonly workers: number
  readonly workerUrl: URL
  readonly memoryLimitMb?: number | undefined
  readonly tracesFolder?: string | undefined
  readonly agents?: AgentHosts | undefined
  /** Ends at once: runs at work are dropped. */
  readonly signal?: AbortSignal | undefined
  /** Starts no further run; those at work are finished and kept. */
  readonly drain?: AbortSignal | undefined
  /** Follows runs that are going on; absent: workers report nothing but results. */
  readonly watch?: RunWatch | undefined
  /** Keeps a result; if it cannot, everything stops and `driveRuns` rejects with the same error. */
  readonly keep: (run: PlannedRun, result: RunResult) => Promise<void>
}

export interface RunWatch {
  /** How many look on, from `sharedCounter`; the owner changes it atomically, at any time. Nothing is reported while it is 0. */
  readonly watchers: Int32Array
  /** The run at work that began first, a few times a second once it has taken a while; null when it is at work no more. */
  readonly onRunning: (running: RunAtWork | null) => void
}

export interface RunAtWork {
  readonly run: PlannedRun
  readonly progress: RunProgress
  /** How many other runs are at work. */
  readonly others: number
}

/** Results that may wait for the disk before no further run is started. */
const maxUnkept = 256

/** Resolves when all runs are kept, or when one of the two signals asked for an end; results that came in are always kept. */
export async function driveRuns(runs: readonly PlannedRun[], options: DriveOptions): Promise<void> {
  const { signal, drain } = options
  if (runs.length === 0 || signal?.aborted === true || drain?.aborted === true) return
  const pool = new RunPool(runs, options)
  const onAbort = (): void => pool.end()
  const onDrain = (): void => pool.drain()
  signal?.addEventListener('abort', onAbort, { once: true })
  drain?.addEventListener('abort', onDrain, { once: true })
  try {
    await pool.ended
  } finally {
    signal?.removeEventListener('abort', onAbort)
    drain?.removeEventListener('abort', onDrain)
    await pool.close()
  }
}

/** Each run is in exactly one place: ahead of `#next`, in `#givenBack`, sent to a lane, or in `#unkept`; then it is done. */
class RunPool {
  readonly ended: Promise<void>
  readonly #runs: readonly PlannedRun[]
  readonly #options: DriveOptions
  readonly #lanes: readonly Lane[]
  readonly #givenBack: PlannedRun[] = []
  readonly #unkept = new Set<Promise<void>>()
  /** The lane whose run began first: the one that those who look on are shown. */
  #shown: Lane | undefined
  #isTold = false
  #next = 0
  #isOver = false
  #isDraining = false
  #resolve: () => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(runs: readonly PlannedRun[], options: DriveOptions) {
    this.#runs = runs
    this.#options = options
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#lanes = Array.from({ length: Math.min(options.workers, runs.length) }, () => this.#openLane())
  }

  end(): void {
    this.#isOver = true
    this.#resolve()
  }

  drain(): void {
    this.#isDraining = true
    this.#endIfDone()
  }

  async close(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#lanes.map((lane) => lane.stop()))
    this.#tellNone()
    await Promise.allSettled(this.#unkept)
  }

  #openLane(): Lane {
    const lane: Lane = new Lane({
      workerUrl: this.#options.workerUrl,
      memoryLimitMb: this.#options.memoryLimitMb,
      tracesFolder: this.#options.tracesFolder,
      agents: this.#options.agents,
      take: () => this.#take(),
      giveBack: (runs) => void this.#givenBack.push(...runs),
      watchers: this.#options.watch?.watchers,
      onStarted: () => this.#chooseShown(),
      onProgress: (run, progress) => {
        if (lane === this.#shown) this.#tell(run, progress)
      },
      onFinished: (run, result) => {
        if (lane === this.#shown) this.#tellNone()
        this.#chooseShown()
        this.#keep(run, result)
      },
      onBroken: (error) => this.#fail(error),
    })
    return lane
  }

  #chooseShown(): void {
    if (this.#options.watch === undefined) return
    const busy = this.#lanes.filter(({ isIdle }) => !isIdle)
    const [first] = busy.sort((one, other) => one.busySince - other.busySince)
    if (first === this.#shown) return
    this.#shown?.show(false)
    first?.show(true)
    this.#shown = first
  }

  #tell(run: PlannedRun, progress: RunProgress): void {
    this.#isTold = true
    const others = this.#lanes.filter(({ isIdle }) => !isIdle).length - 1
    this.#options.watch?.onRunning({ run, progress, others })
  }

  #tellNone(): void {
    if (this.#isTold) this.#options.watch?.onRunning(null)
    this.#isTold = false
  }

  #take(): PlannedRun | undefined {
    if (this.#isOver || this.#isDraining || this.#unkept.size >= maxUnkept) return undefined
    return this.#givenBack.pop() ?? this.#runs[this.#next++]
  }

  #keep(run: PlannedRun, result: RunResult): void {
    const kept = this.#options.keep(run, result)
    this.#unkept.add(kept)
    kept.then(
      () => {
        const wasFull = this.#unkept.size >= maxUnkept
        this.#unkept.delete(kept)
        if (wasFull) for (const lane of this.#lanes) lane.feed()
        this.#endIfDone()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  #endIfDone(): void {
    const nothingToTake = this.#isDraining || (this.#next >= this.#runs.length && this.#givenBack.length === 0)
    if (nothingToTake && this.#unkept.size === 0 && this.#lanes.every((lane) => lane.isIdle)) this.end()
  }

  #fail(error: unknown): void {
    this.#isOver = true
    this.#reject(error)
  }
}
