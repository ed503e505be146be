/** The tour through the order of the work: five steps, from a demo suite to a figure. It is offered first, and forced on nobody. */

import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import { useActions } from '../../stores/actions.ts'
import { useQueue } from '../../stores/queue.ts'
import { useSuiteDocument } from '../../stores/suite-document.ts'

export interface TourStep {
  readonly title: string
  readonly path: string
  readonly sentence: string
}

/** Small enough to be run within the tour, with two factors to compare. */
const tourSuite = 'bandwidth-against-dirtying'

export const tourSteps: readonly TourStep[] = [
  { title: 'Design', path: '/design', sentence: 'Every run starts from this scenario; change a value and the predicted timeline beside it is drawn again.' },
  { title: 'Suite', path: '/suite', sentence: 'Two factors are varied, link.bandwidth and workload.writes; the table shows each run that they make.' },
  { title: 'Run', path: '/runs', sentence: 'The suite runs now, in the background; pause it, cancel it, or watch a migration at work.' },
  { title: 'Results', path: '/results', sentence: 'Each run is a row; filter, sort and group them, and open one to see its timeline and iterations.' },
  { title: 'Figures', path: '/figures', sentence: 'Means with their intervals, at the true size of a paper\'s column; export the figure as PDF, and the tour is done.' },
]

export const useTour = defineStore('tour', () => {
  const router = useRouter()
  const actions = useActions()
  const queue = useQueue()
  const suiteDocument = useSuiteDocument()
  const seen = useLocalStorage('godwit.tour', '')
  /** Null while no tour is going on. */
  const place = ref<number | null>(null)
  /** The suite is run once, however often its step is visited. */
  let hasRun = false

  const step = computed(() => (place.value === null ? null : (tourSteps[place.value] ?? null)))
  const wasSeen = computed(() => seen.value !== '')

  async function start(): Promise<void> {
    hasRun = false
    suiteDocument.startFromPreset(tourSuite)
    await show(0)
  }

  async function show(next: number): Promise<void> {
    const shown = tourSteps[next]
    if (shown === undefined) return
    place.value = next
    const run = actions.all.find(({ id }) => id === 'run')
    if (shown.path === '/runs' && !hasRun && run !== undefined) {
      hasRun = true
      await actions.run(run)
      if (router.currentRoute.value.path === '/runs') return
    }
    const suite = queue.entries.find(({ name }) => name === suiteDocument.name)
    await router.push({ path: shown.path, ...(suite !== undefined && next > 2 ? { query: { suite: String(suite.suiteId) } } : {}) })
  }

  const forward = (): Promise<void> => show((place.value ?? -1) + 1)
  const back = (): Promise<void> => show((place.value ?? 1) - 1)

  function end(): void {
    place.value = null
    seen.value = 'seen'
  }

  return { place, step, wasSeen, start, forward, back, end }
})
