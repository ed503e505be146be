/** Suite files that the system hands over, by command line, second start or macOS's open-file, kept until there is a window. */

import type { App } from 'electron'
import { isSuiteFile } from './command-line.ts'

export interface OpenedFiles {
  readonly secondStart: (suiteFile: string | null) => void
  /** From now on files go there; `front` brings the window to the front. */
  readonly deliverTo: (open: (path: string) => void, front: () => void) => void
}

export function openedFiles(app: App, first: string | null): OpenedFiles {
  let waiting: string | null = first
  let open = (path: string): void => void (waiting = path)
  let front = (): void => undefined
  app.on('open-file', (event, path) => {
    event.preventDefault()
    if (!isSuiteFile(path)) return
    open(path)
    front()
  })
  return {
    secondStart: (suiteFile) => {
      if (suiteFile !== null) open(suiteFile)
      front()
    },
    deliverTo: (deliver, bringForward) => {
      open = deliver
      front = bringForward
      if (waiting !== null) deliver(waiting)
    },
  }
}
