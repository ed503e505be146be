/** Tells the windows how the runs go, a few times a second at most, with every run told once. */

import type { AppEvents, QueueEntry } from '#shared/rpc/app-contract.ts'
import type { Store } from '../store/contract.ts'
import { throttled } from './throttle.ts'

/** Five times a second is as fast as numbers can be read. */
const everyMs = 200
/** Counting the runs of all suites takes the store a while. */
const suitesEveryMs = 2000

export interface ProgressReports {
  readonly queueChanged: () => void
  readonly runFinished: (suiteId: number, runId: string) => void
  /** Resolves when the windows know of all runs so far, and of the suites. */
  readonly suitesChanged: () => Promise<void>
  readonly stop: () => void
}

export interface ProgressReportsOptions {
  readonly store: Store
  readonly events: AppEvents
  readonly entries: () => readonly QueueEntry[]
  readonly onNotice: (sentence: string) => void
}

export function progressReports({ store, events, entries, onNotice }: ProgressReportsOptions): ProgressReports {
  let finished = new Map<number, string[]>()
  const guarded = (tell: () => Promise<void>) => (): Promise<void> =>
    tell().catch((error: unknown) => onNotice(`the windows could not be told of new runs: ${error instanceof Error ? error.message : String(error)}`))

  const rows = throttled(
    guarded(async () => {
      const told = finished
      finished = new Map()
      for (const [suiteId, runIds] of told) events.runsFinished(suiteId, await store.runRows({ suiteId, runIds }))
    }),
    everyMs,
  )
  const suites = throttled(
    guarded(async () => events.suitesChanged(await store.suites())),
    suitesEveryMs,
  )
  const queue = throttled(() => events.queueChanged(entries()), everyMs)
  return {
    queueChanged: queue.changed,
    runFinished: (suiteId, runId) => {
      const runIds = finished.get(suiteId) ?? []
      finished.set(suiteId, runIds)
      runIds.push(runId)
      rows.changed()
      suites.changed()
    },
    suitesChanged: async () => {
      await rows.flush()
      suites.changed()
      await suites.flush()
    },
    stop: () => {
      for (const reports of [rows, suites, queue]) reports.stop()
    },
  }
}
