/** What stands behind a mark of a figure: its runs, and the condition by which the table of results finds them. */

import type { RunRecord, Scalar } from '../model/migration-stats.ts'
import { valueOf } from './selection.ts'
import type { ChartMark } from './spec.ts'

export function markOf(runs: readonly RunRecord[], paths: readonly string[], more: readonly string[] = []): ChartMark {
  const [first] = runs
  const conditions = first === undefined ? [] : paths.map((path) => conditionOf(path, valueOf(first, path)))
  return { runIds: runs.map((run) => run.runId), filter: [...conditions, ...more].join(' and ') }
}

/** One run, found by what tells it from its neighbours. */
export function markOfRun(run: RunRecord): ChartMark {
  return { runIds: [run.runId], filter: [...Object.entries(run.factors).map(([path, value]) => conditionOf(path, value)), conditionOf('backend', run.backend), `seed = ${run.seed}`].join(' and ') }
}

/** `link.bandwidth = "1 Gbit/s"`: one condition of the filter language. */
export function conditionOf(path: string, value: Scalar): string {
  return `${path} = ${typeof value === 'string' && !/^[a-z][\w.-]*$/i.test(value) ? JSON.stringify(value) : String(value)}`
}
