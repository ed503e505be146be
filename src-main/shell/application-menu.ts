/** Puts the menu up, and puts it up anew when the recent files or the settings change. */

import { type App, type BrowserWindow, dialog, Menu } from 'electron'
import type { AppCalls, Settings } from '#shared/rpc/app-contract.ts'
import { type MenuActions, menuTemplate } from './menu.ts'

export interface ApplicationMenuOptions {
  readonly app: App
  readonly window: BrowserWindow
  readonly calls: AppCalls
  readonly request: MenuActions['request']
  readonly onFault: (fault: unknown) => void
}

/** Gives the function that brings it up to date. */
export function applicationMenu({ app, window, calls, request, onFault }: ApplicationMenuOptions): () => void {
  const saveSettings = (changes: Partial<Settings>): void => void calls.saveSettings(changes).catch(onFault)
  const showAbout = (): void => void tellAbout(window, calls).catch(onFault)
  const update = async (): Promise<void> => {
    const [recent, settings] = await Promise.all([calls.recentDocuments(), calls.settings()])
    const state = { recent: recent.slice(0, 10), settings, isMac: process.platform === 'darwin', withDevTools: !app.isPackaged }
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state, { request, saveSettings, showAbout })))
  }
  return () => void update().catch(onFault)
}

async function tellAbout(window: BrowserWindow, calls: AppCalls): Promise<void> {
  const { version, modelVersion, storePath } = await calls.about()
  await dialog.showMessageBox(window, {
    type: 'info',
    title: 'About Godwit',
    message: `Godwit ${version}`,
    detail: `A desktop laboratory for live migration of virtual machines.\n\nModel version ${modelVersion}\nResults: ${storePath}`,
    buttons: ['Close'],
    noLink: true,
  })
}
