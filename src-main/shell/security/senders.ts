/** Who may speak over the bridge: the main frame of our window, while it shows a page of ours. */

import type { IpcMainEvent, WebContents } from 'electron'
import { isOurUrl } from '../our-page.ts'

/** A frame that has gone already has no sender any more, and is refused too. */
export function isOurSender({ sender, senderFrame }: Pick<IpcMainEvent, 'sender' | 'senderFrame'>, window: WebContents): boolean {
  return sender.id === window.id && senderFrame !== null && senderFrame.parent === null && isOurUrl(senderFrame.url)
}
