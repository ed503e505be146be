/** Starts the browser's own worker for the analytic models. */

import type { ModelsWorker } from './models-protocol.ts'

export function startModelsWorker(): ModelsWorker {
  return new Worker(new URL('./models-worker.ts', import.meta.url), { type: 'module' })
}
