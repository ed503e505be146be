/** Tells by the system's notification that a suite came to its end, if the window is not the one that is looked at. */

import { type BrowserWindow, Notification } from 'electron'
import type { AppEvents, QueueEntry, QueueState } from '#shared/rpc/app-contract.ts'

export interface RunNoticesOptions {
  readonly window: BrowserWindow
  readonly onClick: () => void
}

/** Listens to the queue; an entry is told when it stops running. */
export function noticeOfEnds({ window, onClick }: RunNoticesOptions): AppEvents['queueChanged'] {
  let before = new Map<number, QueueState>()
  // Kept until they are closed: a notification that is collected cannot be clicked.
  const shown = new Set<Notification>()
  return (entries) => {
    const ended = entries.filter(({ suiteId, state }) => before.get(suiteId) === 'running' && (state === 'finished' || state === 'stopped'))
    before = new Map(entries.map(({ suiteId, state }) => [suiteId, state]))
    if (ended.length === 0 || window.isDestroyed() || window.isFocused() || !Notification.isSupported()) return
    for (const entry of ended) {
      const notification = new Notification(noticeOf(entry))
      shown.add(notification)
      notification.on('click', onClick)
      notification.on('close', () => shown.delete(notification))
      notification.show()
    }
  }
}

function noticeOf({ name, state, problem, reused, finished, crashed }: QueueEntry): { readonly title: string; readonly body: string } {
  if (state === 'stopped') return { title: `${name} has stopped`, body: problem ?? 'It can be resumed in the list of runs.' }
  const made = finished === 1 ? '1 run was made' : `${finished} runs were made`
  const parts = [made, reused === 0 ? '' : `${reused} stood in the store already`, crashed === 0 ? '' : `${crashed} of them failed`]
  return { title: `${name} is finished`, body: `${parts.filter((part) => part !== '').join(', ')}.` }
}
