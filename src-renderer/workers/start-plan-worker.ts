/** Starts the browser's own worker for planning. */

import type { PlanWorker } from './plan-protocol.ts'

export function startPlanWorker(): PlanWorker {
  return new Worker(new URL('./plan-worker.ts', import.meta.url), { type: 'module' })
}
