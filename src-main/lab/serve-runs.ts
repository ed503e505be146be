/** What a run worker does: makes the runs it is sent, one after the other, reports each result, and how a long run goes. */

import { type MessagePort, workerData } from 'node:worker_threads'
import { metrics } from '#shared/model/metrics.ts'
import type { MigrationStats, RunProgress } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { crashedRun, reasonOf } from './crashed-run.ts'
import type { RunOrder, SharedAttention, WorkerData, WorkerReport } from './run-messages.ts'

/** Those who look on while a run goes on. To be asked often: asking costs next to nothing. */
export interface Onlooker {
  /** Is it time to show somebody how the run goes? */
  isDue(): boolean
  show(progress: RunProgress): void
}

/** How a simulation shows itself to them. */
export function shownTo(onlooker: Onlooker | undefined): { readonly onBatch?: (progress: () => RunProgress) => void } {
  if (onlooker === undefined) return {}
  return {
    onBatch: (progress) => {
      if (onlooker.isDue()) onlooker.show(progress())
    },
  }
}

/** `onlooker` is absent if nobody will ever look on. */
export type MakeRun = (scenario: Scenario, seed: number, onlooker: Onlooker | undefined) => MigrationStats | Promise<MigrationStats>

/** Wall time. A run that ends sooner is not worth a picture of its course. */
const firstReportMs = 150
/** As often as a picture that changes can be followed. */
const reportEveryMs = 200

export function serveRuns(port: MessagePort | null, makeRun: MakeRun): void {
  if (port === null) throw new Error('runs are made in a worker thread')
  const report = (message: WorkerReport): void => port.postMessage(message)
  const attention = (workerData as WorkerData | null)?.attention

  const make = async ({ runId, scenario, seed }: RunOrder): Promise<void> => {
    const startedAt = new Date().toISOString()
    const start = performance.now()
    const onlooker = attention === undefined ? undefined : onlookerOf(attention, (progress) => report({ kind: 'progress', runId, progress }))
    const stats = await statsOf(() => makeRun(scenario, seed, onlooker), scenario)
    report({ kind: 'finished', runId, stats, startedAt, wallMs: performance.now() - start })
  }
  let last = Promise.resolve()
  port.on('message', (order: RunOrder) => {
    last = last.then(() => make(order))
  })
  report({ kind: 'ready' })
}

function onlookerOf({ watchers, isShown }: SharedAttention, report: (progress: RunProgress) => void): Onlooker {
  let dueAt = performance.now() + firstReportMs
  return {
    isDue: () => Atomics.load(isShown, 0) !== 0 && Atomics.load(watchers, 0) !== 0 && performance.now() >= dueAt,
    show: (progress) => {
      report(progress)
      dueAt = performance.now() + reportEveryMs
    },
  }
}

async function statsOf(makeRun: () => MigrationStats | Promise<MigrationStats>, scenario: Scenario): Promise<MigrationStats> {
  try {
    const stats = await makeRun()
    const broken = metrics.find((metric) => !Number.isFinite(metric.of(stats)))
    if (broken === undefined) return stats
    throw new GodwitError('run.invalid-result', `the run gives ${broken.of(stats)} for ${broken.key}, which is not a measurement; please report this scenario`)
  } catch (error) {
    return crashedRun(scenario, reasonOf(error))
  }
}
