/** What holds for every page that the program ever opens. */

import type { App, WebContents } from 'electron'
import { refuseNavigation } from './navigation.ts'
import { refuseNewWindows } from './new-windows.ts'
import { denyPermissions } from './permissions.ts'
import { refuseWebviews } from './webviews.ts'

const rules: ReadonlyArray<(contents: WebContents) => void> = [
  refuseNavigation,
  refuseNewWindows,
  refuseWebviews,
  ({ session }) => denyPermissions(session),
]

/** Has to be called before the first window. */
export function applySecurityRules(app: App): void {
  app.enableSandbox()
  app.on('web-contents-created', (_event, contents) => rules.forEach((rule) => rule(contents)))
}
