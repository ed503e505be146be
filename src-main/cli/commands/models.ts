/** `godwit models`: what the analytic models predict for a suite, beside what the simulator finds. */

import type { PointSummary } from '#shared/analysis/summarise.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { type PointPredictions, predictPoint, summariseModels } from '#shared/models/comparison.ts'
import { modelNames, models } from '#shared/models/index.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import type { TraceLibrary } from '#shared/trace/library.ts'
import { csvLine } from '../../export/csv.ts'
import { summariesOf } from '../../lab/read-results.ts'
import type { Store } from '../../store/contract.ts'
import { openStore } from '../../store/open-store.ts'
import { folderTraces, tracesFolderOf } from '../../traces/traces-folder.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'
import { loadSuite } from '../load-suite.ts'
import { comparedMetrics, modelsTable, predictionRows, predictionsHeader, predictionsTable } from '../model-tables.ts'
import { onlyBackend, runWithProgress } from './run.ts'

export interface ModelsOptions {
  /** Where results are kept; what is not in it yet is run. */
  readonly store: string
  readonly workers?: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly quiet?: boolean
}

export async function runModels(file: string, options: ModelsOptions, io: CliIo): Promise<ExitStatus> {
  const { json = false, csv = false } = options
  if (json && csv) throw new GodwitError('models.format', 'choose one of --json and --csv')
  const loaded = await loadSuite(file, io)
  if (loaded === undefined) return exitStatus.badInput
  const plan = onlyBackend(loaded.plan, 'sim')
  const store = await openStore(options.store)
  try {
    const { workers, quiet = false } = options
    const result = await runWithProgress(plan, loaded.text, store, { store: options.store, quiet, ...(workers === undefined ? {} : { workers }) }, io)
    if (result.stopped) return exitStatus.runFailed
    const points = await predictSuite(plan, store, { suiteId: result.suiteId, traces: folderTraces(tracesFolderOf(options.store)) })
    if (json) printJson(plan, points, io)
    else if (csv) printCsv(points, io)
    else io.out(`${plan.suiteName}\n${predictionsTable(points)}\n${modelsTable(summariseModels(points))}`)
    const crashed = points.reduce((sum, { point }) => sum + point.outcomes.crashed, 0)
    if (crashed === 0) return exitStatus.success
    io.err(`${crashed} of ${result.planned} runs crashed; \`godwit results --store ${options.store} --runs\` says why\n`)
    return exitStatus.runFailed
  } finally {
    await store.close()
  }
}

/** Predictions at every point that has runs; measuring models see the history of the first repetition. */
async function predictSuite(plan: SuitePlan, store: Store, { suiteId, traces }: { readonly suiteId: number; readonly traces: TraceLibrary }): Promise<readonly PointPredictions[]> {
  const seedOf = new Map([...plan.runs].reverse().map(({ point, seed }) => [point.index, seed]))
  const predicted: PointPredictions[] = []
  for await (const summary of summariesOf(store, suiteId, comparedMetrics)) {
    const point = plan.points[summary.point]
    if (point !== undefined && summary.backend === 'sim') predicted.push(predictPoint(summary, { scenario: point.scenario, seed: seedOf.get(point.index) ?? 0, traces }))
  }
  return predicted
}

function printCsv(points: readonly PointPredictions[], io: CliIo): void {
  io.out(csvLine(predictionsHeader))
  for (const point of points) io.out(predictionRows(point).map(csvLine).join(''))
}

function printJson(plan: SuitePlan, points: readonly PointPredictions[], io: CliIo): void {
  const described = modelNames.map((name) => {
    const { label, meaning, origin, tag, bound } = models[name]
    return { name, label, meaning, origin, tag, bound }
  })
  const listed = points.map(({ point, predictions }) => ({ ...numbered(point), predictions }))
  io.out(`${JSON.stringify({ suite: plan.suiteName, confidence: 0.95, models: described, points: listed, summary: summariseModels(points) })}\n`)
}

function numbered({ point, factors, outcomes, metrics }: PointSummary) {
  return { point, factors, outcomes, simulated: metrics }
}
