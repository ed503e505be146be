/**
 * The run of a suite that is going on, as the program tells it. Between two runs the picture of the first stays for a
 * moment, so that it does not change to another and back; once the suite itself is at work no more, nothing stays.
 */

import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { QueueEntry, RunningRun } from '#shared/rpc/app-contract.ts'
import { useSession } from '../../stores/session.ts'

/** Longer than the next run takes until it is told of. */
const staysMs = 500

export function useRunningRun(entry: Readonly<Ref<QueueEntry | null>>) {
  const session = useSession()
  const told = shallowRef<ReadonlyMap<number, RunningRun>>(new Map())
  const leaving = new Map<number, number>()

  function forget(suiteId: number): void {
    leaving.delete(suiteId)
    told.value = new Map([...told.value].filter(([known]) => known !== suiteId))
  }

  const stopListening = session.program?.on('runProgress', (suiteId, running) => {
    window.clearTimeout(leaving.get(suiteId))
    leaving.delete(suiteId)
    if (running === null) leaving.set(suiteId, window.setTimeout(() => forget(suiteId), staysMs))
    else told.value = new Map(told.value).set(suiteId, running)
  })
  // What ended while nobody could say so must not stay.
  watch(() => session.connection, (connection) => {
    if (connection !== 'open') told.value = new Map()
  })
  onScopeDispose(() => {
    stopListening?.()
    for (const timer of leaving.values()) window.clearTimeout(timer)
  })

  return computed<RunningRun | null>(() => {
    const shown = entry.value
    // A paused suite ends the runs that it has begun.
    if (shown === null || (shown.state !== 'running' && shown.state !== 'paused')) return null
    return told.value.get(shown.suiteId) ?? null
  })
}
