/** The page never goes anywhere: it finds its way by the fragment of its URL, which is no navigation. */

import type { WebContents } from 'electron'

export function refuseNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
}
