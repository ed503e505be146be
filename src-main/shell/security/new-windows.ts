/** There is one window. A link to a cited source opens in the system's browser instead, everything else nowhere. */

import { shell, type WebContents } from 'electron'
import { isCitedLink } from './external-links.ts'

export function refuseNewWindows(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    // A system without a browser is no reason to disturb the window.
    if (isCitedLink(url)) shell.openExternal(url).catch(() => undefined)
    return { action: 'deny' }
  })
}
