/** The page needs nothing of the machine, except to put what the user copies onto the clipboard. */

import type { Session } from 'electron'
import { isOurUrl } from '../our-page.ts'

const granted = 'clipboard-sanitized-write'

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) => answer(permission === granted && isOurUrl(contents.getURL())))
  session.setPermissionCheckHandler((contents, permission) => permission === granted && contents !== null && isOurUrl(contents.getURL()))
  session.setDevicePermissionHandler(() => false)
}
