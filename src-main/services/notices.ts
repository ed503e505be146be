/** What the program mended by itself, told to every window until somebody puts it away. */

import { randomUUID } from 'node:crypto'
import type { AppCalls, AppEvents, Notice } from '#shared/rpc/app-contract.ts'

export interface Notices {
  readonly add: (text: string) => void
  readonly calls: Pick<AppCalls, 'notices' | 'dismissNotice'>
}

export function noticesService(onChange: AppEvents['noticesChanged']): Notices {
  let notices: readonly Notice[] = []
  const change = (changed: readonly Notice[]): void => {
    notices = changed
    onChange(notices)
  }
  return {
    add: (text) => change([...notices, { noticeId: randomUUID(), text }]),
    calls: {
      notices: async () => notices,
      dismissNotice: async (noticeId) => change(notices.filter((notice) => notice.noticeId !== noticeId)),
    },
  }
}
