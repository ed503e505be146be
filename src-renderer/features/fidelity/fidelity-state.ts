/** What the fidelity view shows: the suite's comparisons as the program tells them, and what is chosen among them. */

import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { type Fidelity, fidelityMetrics, type PointFidelity, type SuiteFidelity } from '#shared/analysis/fidelity.ts'
import { seriesStyles } from '#shared/figures/palette.ts'
import { factorPaths } from '#shared/figures/selection.ts'
import type { Metric } from '#shared/model/metrics.ts'
import { useResults } from '../../stores/results.ts'
import { useSession } from '../../stores/session.ts'

export type LoadedFidelity =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly answer: SuiteFidelity }
  | { readonly state: 'error'; readonly problem: string }

export const useFidelity = defineStore('fidelity', () => {
  const session = useSession()
  const results = useResults()
  const suiteId = ref<number | null>(null)
  const loaded = shallowRef<LoadedFidelity>({ state: 'loading' })
  const backend = ref('')
  const metricKey = ref('downtimeMs')
  /** The factor that gives the colours; empty: none. */
  const series = ref('')
  const point = ref<number | null>(null)
  let turn = 0

  const suite = computed(() => results.suites.find((entry) => entry.suiteId === suiteId.value) ?? null)
  const comparisons = computed<readonly Fidelity[]>(() => (loaded.value.state === 'ready' ? loaded.value.answer.comparisons : []))
  const comparison = computed<Fidelity | null>(() => comparisons.value.find(({ measured }) => measured === backend.value) ?? comparisons.value[0] ?? null)
  const metric = computed<Metric | null>(() => fidelityMetrics.find(({ key }) => key === metricKey.value) ?? fidelityMetrics[0] ?? null)
  const picked = computed<PointFidelity | null>(() => comparison.value?.points.find((one) => one.point === point.value) ?? null)
  /** Factors whose values a reader can tell apart by colour. */
  const colourings = computed<readonly string[]>(() => {
    const points = comparison.value?.points ?? []
    return factorPaths(points).filter((path) => {
      const values = new Set(points.map(({ factors }) => factors[path])).size
      return values > 1 && values <= seriesStyles.length
    })
  })

  async function load(id: number): Promise<void> {
    const mine = ++turn
    if (suiteId.value !== id || loaded.value.state === 'error') loaded.value = { state: 'loading' }
    if (suiteId.value !== id) point.value = null
    suiteId.value = id
    try {
      const answer = await session.calls.fidelity(id)
      if (mine === turn) loaded.value = { state: 'ready', answer }
    } catch (error) {
      if (mine === turn) loaded.value = { state: 'error', problem: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Again with new runs; what is shown stays until they are counted. */
  watch([suiteId, () => suite.value?.finished], ([id, now], [shown, before]) => {
    if (id !== null && id === shown && before !== undefined && now !== undefined) void load(id)
  })
  watch(colourings, (paths) => {
    if (!paths.includes(series.value)) series.value = paths.find((path) => path.startsWith('workload.')) ?? paths[0] ?? ''
  })

  return { suiteId, loaded, backend, metricKey, series, point, suite, comparisons, comparison, metric, picked, colourings, load }
})
