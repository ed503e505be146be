/** Starts the browser's own worker for the preview. */

import type { PreviewWorker } from './preview-protocol.ts'

export function startPreviewWorker(): PreviewWorker {
  return new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module' })
}
