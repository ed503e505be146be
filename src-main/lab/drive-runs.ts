/** Spreads runs over worker threads and hands each result on; memory stays bounded however many runs there are. */

import type { PlannedRun } from '#shared/scenario/plan.ts'
import { Lane } from './lane.ts'
import type { RunResult } from './run-messages.ts'

export interface DriveOptions {
  readonly workers: number
  readonly workerUrl: URL
  readonly memoryLimitMb?: number | undefined
  /** Ends at once: runs at work are dropped. */
  readonly signal?: AbortSignal | undefined
  /** Starts no further run; those at work are finished and kept. */
  readonly drain?: AbortSignal | undefined
  /** Keeps a result; if it cannot, everything stops and `driveRuns` rejects with the same error. */
  readonly keep: (run: PlannedRun, result: RunResult) => Promise<void>
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
    await Promise.allSettled(this.#unkept)
  }

  #openLane(): Lane {
    return new Lane({
      workerUrl: this.#options.workerUrl,
      memoryLimitMb: this.#options.memoryLimitMb,
      take: () => this.#take(),
      giveBack: (runs) => void this.#givenBack.push(...runs),
      onFinished: (run, result) => this.#keep(run, result),
      onBroken: (error) => this.#fail(error),
    })
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
