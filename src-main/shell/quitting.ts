/**
 * Leaving: asks while runs are going on, then lets the services drop the runs at work, keep those that came in, and give
 * the store back, before the process ends.
 */

import { type App, type BrowserWindow, dialog } from 'electron'
import type { QueueEntry } from '#shared/rpc/app-contract.ts'
import { quitQuestion, runsGoingOn } from './quit-question.ts'

export interface QuittingOptions {
  readonly app: App
  readonly window: BrowserWindow
  readonly queue: () => Promise<readonly QueueEntry[]>
  readonly close: () => Promise<void>
}

export function askBeforeQuitting({ app, window, queue, close }: QuittingOptions): void {
  let decided = false
  let asking = false
  let closed = false

  const decide = async (): Promise<void> => {
    asking = true
    try {
      // A queue that cannot be read has nothing going on that waiting would save.
      const going = runsGoingOn(await queue().catch(() => []))
      decided = going.length === 0 || (await wantsToQuit(window, going))
    } finally {
      asking = false
    }
    if (decided) app.quit()
  }

  app.on('before-quit', (event) => {
    if (decided) return
    event.preventDefault()
    if (!asking) void decide()
  })
  window.on('close', (event) => {
    if (decided) return
    event.preventDefault()
    app.quit()
  })
  // A page with unsaved changes would keep the window open without a word; they are kept as a draft.
  window.webContents.on('will-prevent-unload', (event) => event.preventDefault())
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    closed = true
    void close().finally(() => app.exit(0))
  })
}

async function wantsToQuit(window: BrowserWindow, going: readonly QueueEntry[]): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Quit Godwit',
    ...quitQuestion(going),
    buttons: ['Quit', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}
