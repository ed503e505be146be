/** The names that the shell imports from Electron. What the shell does not use is not here, and fails as an import. */

import { answerControl } from './control.ts'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'

export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { dialog } from './dialog.ts'
export { ipcMain } from './ipc-main.ts'
export { Menu } from './menu.ts'
export { Notification, nativeTheme, screen, shell } from './system.ts'
export { protocol } from './protocol.ts'

answerControl('setBounds', (bounds) => BrowserWindow.only().setBounds(bounds as Parameters<BrowserWindow['setBounds']>[0]))
answerControl('bounds', () => BrowserWindow.only().getNormalBounds())
answerControl('closeWindow', () => BrowserWindow.only().close())
answerControl('blur', () => BrowserWindow.only().blur())
answerControl('windowEvent', (name) => void BrowserWindow.only().emit(String(name)))
answerControl('window', () => BrowserWindow.only().described())
answerControl('app', () => app.described())
answerControl('appEvent', (name, path) => app.emitPreventable(String(name), path))
answerControl('throw', (message) => {
  queueMicrotask(() => {
    throw new Error(String(message))
  })
})
