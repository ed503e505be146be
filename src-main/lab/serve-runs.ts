/** What a run worker does: makes the runs it is sent, one after the other, and reports each result. */

import type { MessagePort } from 'node:worker_threads'
import { metrics } from '#shared/model/metrics.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { crashedRun, reasonOf } from './crashed-run.ts'
import type { RunOrder, WorkerReport } from './run-messages.ts'

export type MakeRun = (scenario: Scenario, seed: number) => MigrationStats

export function serveRuns(port: MessagePort | null, makeRun: MakeRun): void {
  if (port === null) throw new Error('runs are made in a worker thread')
  const report = (message: WorkerReport): void => port.postMessage(message)

  port.on('message', ({ runId, scenario, seed }: RunOrder) => {
    const startedAt = new Date().toISOString()
    const start = performance.now()
    const stats = statsOf(makeRun, scenario, seed)
    report({ kind: 'finished', runId, stats, startedAt, wallMs: performance.now() - start })
  })
  report({ kind: 'ready' })
}

function statsOf(makeRun: MakeRun, scenario: Scenario, seed: number): MigrationStats {
  try {
    const stats = makeRun(scenario, seed)
    const broken = metrics.find((metric) => !Number.isFinite(metric.of(stats)))
    if (broken === undefined) return stats
    throw new GodwitError('run.invalid-result', `the run gives ${broken.of(stats)} for ${broken.key}, which is not a measurement; please report this scenario`)
  } catch (error) {
    return crashedRun(scenario, reasonOf(error))
  }
}
