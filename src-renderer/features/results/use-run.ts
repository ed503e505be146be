/** One run with its scenario, fetched when its id changes; an answer that comes too late is dropped. */

import { shallowRef, watch, type Ref } from 'vue'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { useSession } from '../../stores/session.ts'

export type LoadedRun =
  | { readonly state: 'none' }
  | { readonly state: 'loading' }
  | { readonly state: 'error'; readonly problem: string }
  | { readonly state: 'ready'; readonly run: RunRecord; readonly scenario: Readonly<Record<string, unknown>> }

export function useRun(runId: Readonly<Ref<string | null>>): { readonly loaded: Readonly<Ref<LoadedRun>>; readonly retry: () => Promise<void> } {
  const session = useSession()
  const loaded = shallowRef<LoadedRun>({ state: 'none' })

  async function retry(): Promise<void> {
    const id = runId.value
    if (id === null) {
      loaded.value = { state: 'none' }
      return
    }
    loaded.value = { state: 'loading' }
    try {
      const [run, scenario] = await Promise.all([session.calls.run(id), session.calls.scenarioOfRun(id)])
      if (runId.value === id) loaded.value = { state: 'ready', run, scenario }
    } catch (error) {
      if (runId.value === id) loaded.value = { state: 'error', problem: error instanceof Error ? error.message : String(error) }
    }
  }
  watch(runId, retry, { immediate: true })
  return { loaded, retry }
}
