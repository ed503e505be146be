/**
 * The newest finished run of a suite, with its timeline. While many runs end every second, one is fetched at a time, and
 * the next only after a pause, so that the picture can be looked at.
 */

import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { useSession } from '../../stores/session.ts'

const pauseMs = 1000

export function useNewestRun(runId: Readonly<Ref<string | null>>) {
  const session = useSession()
  const run = shallowRef<RunRecord | null>(null)
  const problem = shallowRef('')
  let isBusy = false
  let timer = 0

  async function follow(): Promise<void> {
    const wanted = runId.value
    if (isBusy || wanted === null || wanted === run.value?.runId) return
    isBusy = true
    try {
      run.value = await session.calls.run(wanted)
      problem.value = ''
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error)
    }
    timer = window.setTimeout(() => {
      isBusy = false
      void follow()
    }, pauseMs)
  }
  watch(runId, (wanted) => {
    if (wanted === null) run.value = null
    void follow()
  }, { immediate: true })
  onScopeDispose(() => window.clearTimeout(timer))
  return { run, problem }
}
