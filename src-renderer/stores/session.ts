/** What the window knows of the program behind it: who it is, its settings, whether it can be reached. */

import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { About, Notice, Settings } from '#shared/rpc/app-contract.ts'
import type { ConnectionState, Program } from '../api/connection.ts'

export const useSession = defineStore('session', () => {
  const program = shallowRef<Program | null>(null)
  const about = shallowRef<About | null>(null)
  const settings = shallowRef<Settings>({ theme: 'system', workers: 0, textScale: 1 })
  const connection = ref<ConnectionState>('connecting')
  /** The last thing that went wrong outside a view, to be shown once. */
  const notice = ref<{ readonly text: string; readonly tone: 'problem' | 'done' } | null>(null)

  /** What the program mended by itself, until somebody puts it away. */
  const programNotices = shallowRef<readonly Notice[]>([])

  const calls = computed(() => {
    if (program.value === null) throw new Error('the session was not attached to a program')
    return program.value.calls
  })

  function attach(attached: Program): void {
    program.value = attached
    watch(attached.state, (state) => (connection.value = state), { immediate: true })
    watch(connection, (state) => {
      if (state === 'open') void load()
    }, { immediate: true })
    attached.on('settingsChanged', (changed) => (settings.value = changed))
    attached.on('noticesChanged', (changed) => (programNotices.value = changed))
  }

  async function load(): Promise<void> {
    try {
      about.value = await calls.value.about()
      settings.value = await calls.value.settings()
      programNotices.value = await calls.value.notices()
    } catch (error) {
      report(error)
    }
  }

  async function change(changes: Partial<Settings>): Promise<void> {
    try {
      settings.value = await calls.value.saveSettings(changes)
    } catch (error) {
      report(error)
    }
  }

  async function dismiss({ noticeId }: Notice): Promise<void> {
    programNotices.value = programNotices.value.filter((notice) => notice.noticeId !== noticeId)
    try {
      await calls.value.dismissNotice(noticeId)
    } catch (error) {
      report(error)
    }
  }

  function report(error: unknown): void {
    notice.value = { text: error instanceof Error ? error.message : String(error), tone: 'problem' }
  }

  function say(text: string): void {
    notice.value = { text, tone: 'done' }
  }

  return { about, settings, connection, notice, programNotices, calls, program, attach, change, dismiss, report, say }
})
