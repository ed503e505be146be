/**
 * When the page dies or stops answering: it is said, and the page can be loaded anew. Runs go on meanwhile, because they
 * are not the page's business, and unsaved changes are kept as drafts.
 */

import { type BrowserWindow, dialog } from 'electron'

export interface RendererFaultsOptions {
  readonly reload: () => void
  readonly quit: () => void
}

export function surviveRendererFaults(window: BrowserWindow, { reload, quit }: RendererFaultsOptions): void {
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    void offerReload(window, `The window's page ended unexpectedly (${reason}, exit code ${exitCode}).`, 'Quit').then((choice) => (choice === 'reload' ? reload() : quit()))
  })

  let waiting: AbortController | undefined
  window.on('unresponsive', () => {
    if (waiting !== undefined) return
    waiting = new AbortController()
    void offerReload(window, 'The window does not answer.', 'Wait', waiting.signal).then((choice) => {
      waiting = undefined
      if (choice === 'reload') reload()
    })
  })
  // It came back by itself: the question is taken away.
  window.on('responsive', () => waiting?.abort())
}

async function offerReload(window: BrowserWindow, message: string, other: string, signal?: AbortSignal): Promise<'reload' | 'other'> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title: 'Godwit',
    message,
    detail: 'Runs go on, and unsaved changes are kept. Load the window again to continue.',
    buttons: ['Load again', other],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
    ...(signal === undefined ? {} : { signal }),
  })
  return response === 0 ? 'reload' : 'other'
}
