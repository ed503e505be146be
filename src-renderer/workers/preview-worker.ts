/** Simulates scenarios for the live preview, apart from the page, so that typing never waits for it. */

import { simulate } from '#shared/sim/simulate.ts'
import type { PreviewAnswer, PreviewRequest } from './preview-protocol.ts'

self.addEventListener('message', ({ data }: MessageEvent<PreviewRequest>) => {
  self.postMessage(answer(data))
})

function answer({ id, scenario, seed }: PreviewRequest): PreviewAnswer {
  try {
    return { id, ok: true, stats: simulate(scenario, seed) }
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
