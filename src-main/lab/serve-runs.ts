/** What a run worker does: makes the runs it is sent, one after the other, reports each result, and how a long run goes. */

import { type MessagePort, workerData } from 'node:worker_threads'
import { metrics } from '#shared/model/metrics.ts'
import type { MigrationStats, RunProgress } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { crashedRun, reasonOf } from './crashed-run.ts'
import type { RunOrder, SharedAttention, WorkerData, WorkerReport } from './run-messages.ts'

/** To be called often while a run goes on, with a way to read its record so far. */
export type OnBatch = (progress: () => RunProgress) => void

/** `onBatch` is absent if nobody will ever look on. */
export type MakeRun = (scenario: Scenario, seed: number, onBatch: OnBatch | undefined) => MigrationStats

/** Wall time. A run that ends sooner is not worth a picture of its course. */
const firstReportMs = 150
/** As often as a picture that changes can be followed. */
const reportEveryMs = 200

export function serveRuns(port: MessagePort | null, makeRun: MakeRun): void {
  if (port === null) throw new Error('runs are made in a worker thread')
  const report = (message: WorkerReport): void => port.postMessage(message)
  const attention = (workerData as WorkerData | null)?.attention

  port.on('message', ({ runId, scenario, seed }: RunOrder) => {
    const startedAt = new Date().toISOString()
    const start = performance.now()
    const onBatch = attention === undefined ? undefined : reporting(attention, (progress) => report({ kind: 'progress', runId, progress }))
    const stats = statsOf(() => makeRun(scenario, seed, onBatch), scenario)
    report({ kind: 'finished', runId, stats, startedAt, wallMs: performance.now() - start })
  })
  report({ kind: 'ready' })
}

function reporting({ watchers, isShown }: SharedAttention, report: (progress: RunProgress) => void): OnBatch {
  let dueAt = performance.now() + firstReportMs
  return (progress) => {
    if (Atomics.load(isShown, 0) === 0 || Atomics.load(watchers, 0) === 0) return
    if (performance.now() < dueAt) return
    report(progress())
    dueAt = performance.now() + reportEveryMs
  }
}

function statsOf(makeRun: () => MigrationStats, scenario: Scenario): MigrationStats {
  try {
    const stats = makeRun()
    const broken = metrics.find((metric) => !Number.isFinite(metric.of(stats)))
    if (broken === undefined) return stats
    throw new GodwitError('run.invalid-result', `the run gives ${broken.of(stats)} for ${broken.key}, which is not a measurement; please report this scenario`)
  } catch (error) {
    return crashedRun(scenario, reasonOf(error))
  }
}
