/**
 * The live preview: simulates the scenario whenever it changes, keeps what came before as a ghost, and says what it is
 * doing. Edits that follow each other closely are one change, so that the ghost is the state before the change.
 */

import { onScopeDispose, type Ref, ref, shallowRef, type ShallowRef, watch } from 'vue'
import type { MemoryMap } from '#shared/migration/memory-map.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { newestWins } from '../../workers/newest-wins.ts'
import type { PreviewAnswer, PreviewRequest, PreviewWorker } from '../../workers/preview-protocol.ts'

/** `asks`: the guest is large, a button starts the preview. `broken`: the scenario has problems. */
export type PreviewState = 'waiting' | 'simulating' | 'shown' | 'asks' | 'broken' | 'cancelled' | 'failed'

export interface Preview {
  readonly state: Ref<PreviewState>
  /** The newest result; it stays while another is made. */
  readonly stats: ShallowRef<MigrationStats | null>
  readonly ghost: ShallowRef<MigrationStats | null>
  /** The address space over time, if it was asked for. */
  readonly film: ShallowRef<MemoryMap | null>
  readonly failure: Ref<string>
  /** Milliseconds from the change to the result. */
  readonly tookMs: Ref<number>
  readonly start: () => void
  readonly cancel: () => void
}

/** Larger guests are previewed when asked for only. */
export const largestLiveBytes = 64 * 2 ** 30
const oneChangeMs = 1000

export interface PreviewSource {
  readonly scenario: Readonly<Ref<Scenario | null>>
  readonly seed: Readonly<Ref<number>>
  /** Is the film of the address space wanted? */
  readonly wantsFilm: Readonly<Ref<boolean>>
  readonly startWorker: () => PreviewWorker
}

export function usePreview({ scenario, seed, wantsFilm, startWorker }: PreviewSource): Preview {
  const worker = newestWins<PreviewRequest, PreviewAnswer>(startWorker, 'the preview')
  onScopeDispose(() => worker.close())

  const state = ref<PreviewState>('waiting')
  const stats = shallowRef<MigrationStats | null>(null)
  const ghost = shallowRef<MigrationStats | null>(null)
  const film = shallowRef<MemoryMap | null>(null)
  const failure = ref('')
  const tookMs = ref(0)
  let lastChangeAt = -Infinity
  let newest = 0

  async function simulate(wanted: Scenario): Promise<void> {
    const mine = ++newest
    const askedAt = performance.now()
    if (stats.value !== null) {
      if (askedAt - lastChangeAt > oneChangeMs) ghost.value = stats.value
      lastChangeAt = askedAt
    }
    state.value = 'simulating'
    const answer = await worker.ask({ scenario: wanted, seed: seed.value, film: wantsFilm.value })
    if (answer === null) return
    if (answer.ok) {
      stats.value = answer.stats
      film.value = answer.film
      tookMs.value = performance.now() - askedAt
    }
    if (mine !== newest || state.value !== 'simulating') return
    failure.value = answer.ok ? '' : answer.message
    state.value = answer.ok ? 'shown' : 'failed'
  }

  function start(): void {
    if (scenario.value !== null) void simulate(scenario.value)
  }

  function cancel(): void {
    worker.cancel()
    state.value = 'cancelled'
  }

  // What is simulated is told apart by its content: editing a name or a comment changes nothing.
  watch(
    () => (scenario.value === null ? null : JSON.stringify([scenario.value, seed.value])),
    (key) => {
      if (key === null) {
        worker.cancel()
        state.value = 'broken'
      } else if ((scenario.value?.guest.memory ?? 0) > largestLiveBytes) {
        worker.cancel()
        state.value = 'asks'
      } else start()
    },
    { immediate: true },
  )

  watch(wantsFilm, (wanted) => {
    if (wanted && film.value === null && state.value === 'shown') start()
  })

  return { state, stats, ghost, film, failure, tookMs, start, cancel }
}
