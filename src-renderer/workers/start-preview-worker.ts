/** Starts the browser's own worker for the preview. */

import type { PreviewWorker } from './newest-wins.ts'

export function startPreviewWorker(): PreviewWorker {
  return new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module' })
}
