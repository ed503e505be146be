/** One Godwit at a time: a second start hands its suite file to the first, which comes to the front. */

import type { App } from 'electron'
import { readShellArguments } from './command-line.ts'

/** False: another one runs, knows what this one was asked, and this one should end. */
export function claimSingleInstance(app: App, onSecondStart: (suiteFile: string | null) => void): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', (_event, argv, folder) => onSecondStart(readShellArguments(argv, folder).suiteFile))
  return true
}
