/** The queue of suites that are being run, as the program tells it. */

import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { QueueEntry } from '#shared/rpc/app-contract.ts'
import { useSession } from './session.ts'

export const useQueue = defineStore('queue', () => {
  const session = useSession()
  const entries = shallowRef<readonly QueueEntry[]>([])
  const loaded = shallowRef(false)
  const active = computed(() => entries.value.find(({ state }) => state === 'running' || state === 'paused') ?? null)
  const open = computed(() => entries.value.filter(({ state }) => state === 'running' || state === 'paused' || state === 'waiting'))
  const share = computed(() => {
    const planned = open.value.reduce((sum, entry) => sum + entry.planned, 0)
    const done = open.value.reduce((sum, entry) => sum + entry.reused + entry.finished, 0)
    return planned === 0 ? 0 : done / planned
  })
  const remaining = computed(() => {
    const left = open.value.map(({ secondsLeft }) => secondsLeft)
    if (active.value?.state === 'paused') return 'paused'
    if (left.some((seconds) => seconds === null)) return `${Math.floor(share.value * 100)} %`
    return timeInWords(left.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0))
  })
  const summary = computed(() => {
    const entry = active.value
    return entry === null ? 'Nothing is running' : `${entry.name}: ${entry.reused + entry.finished} of ${entry.planned} runs, ${remaining.value}`
  })

  watch(
    () => session.program,
    (program) => program?.on('queueChanged', (changed) => (entries.value = changed)),
    { immediate: true },
  )
  watch(
    () => session.connection,
    async (connection) => {
      if (connection !== 'open') return
      try {
        entries.value = await session.calls.queue()
        loaded.value = true
      } catch (error) {
        session.report(error)
      }
    },
    { immediate: true },
  )

  return { entries, loaded, active, open, share, remaining, summary }
})

export function timeInWords(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s left`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min left`
  return `${(seconds / 3600).toFixed(1)} h left`
}
