/** Simulates scenarios for the live preview, apart from the page, so that typing never waits for it. */

import type { MemoryMap } from '#shared/migration/memory-map.ts'
import { simulate } from '#shared/sim/simulate.ts'
import type { PreviewAnswer, PreviewRequest } from './preview-protocol.ts'

self.addEventListener('message', ({ data }: MessageEvent<PreviewRequest>) => {
  self.postMessage(answer(data))
})

function answer({ id, scenario, seed, film: wanted }: PreviewRequest): PreviewAnswer {
  try {
    let film: MemoryMap | null = null
    const stats = simulate(scenario, seed, wanted ? { onMemoryMap: (map) => (film = map) } : {})
    return { id, ok: true, stats, film }
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
