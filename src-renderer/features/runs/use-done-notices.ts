/** Tells through the system that a suite is done, once the person behind the window allowed it. */

import { onScopeDispose, ref, watch } from 'vue'
import { useQueue } from '../../stores/queue.ts'
import { newlyDone, progressInWords } from './queue-words.ts'

export type NoticePermission = 'granted' | 'denied' | 'default' | 'missing'

export function useDoneNotices() {
  const queue = useQueue()
  const permission = ref<NoticePermission>(currentPermission())
  const shown = new Set<Notification>()

  async function ask(): Promise<void> {
    if (permission.value === 'default') permission.value = await Notification.requestPermission()
  }

  watch(() => queue.entries, (after, before) => {
    if (permission.value !== 'granted') return
    for (const entry of newlyDone(before, after)) shown.add(new Notification(`${entry.name} is done`, { body: `${progressInWords(entry)}.`, tag: `suite-${entry.suiteId}` }))
  })
  onScopeDispose(() => {
    for (const notice of shown) notice.close()
  })
  return { permission, ask }
}

function currentPermission(): NoticePermission {
  return 'Notification' in window ? Notification.permission : 'missing'
}
