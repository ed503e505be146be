/** The one window: locked down, at the place where it stood, shown once it has something to show. */

import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import type { JsonFile } from '../services/json-file.ts'
import { startUrl } from './our-page.ts'
import { fittingPlace, smallestWindow, type WindowPlace } from './window-place.ts'

/** The renderer's own background, so that the first moment does not flash. */
const background = { light: '#ffffff', dark: '#15181c' } as const
const placeDelayMs = 500

export interface MainWindowOptions {
  readonly preloadFile: string
  readonly placeFile: JsonFile<WindowPlace | null>
}

export async function createMainWindow({ preloadFile, placeFile }: MainWindowOptions): Promise<BrowserWindow> {
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  // A place that cannot be read is as good as none.
  const remembered = await placeFile.read().catch(() => null)
  const { bounds, maximized } = fittingPlace(remembered, [primary.workArea, ...others.map(({ workArea }) => workArea)])
  const window = new BrowserWindow({
    ...bounds,
    minWidth: Math.min(smallestWindow.width, bounds.width),
    minHeight: Math.min(smallestWindow.height, bounds.height),
    show: false,
    title: 'Godwit',
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload: preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  rememberPlace(window, placeFile)
  return window
}

export function showPage(window: BrowserWindow): Promise<void> {
  return window.loadURL(startUrl)
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Written a moment after the last move, and at once when the window closes. */
function rememberPlace(window: BrowserWindow, placeFile: JsonFile<WindowPlace | null>): void {
  let timer: NodeJS.Timeout | undefined
  const keep = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed()) return
    const place = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    // The place is a convenience: a full disk is told by whatever matters more.
    void placeFile.change(() => place).catch(() => undefined)
  }
  const keepSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(keep, placeDelayMs)
  }
  window.on('resize', keepSoon)
  window.on('move', keepSoon)
  window.on('maximize', keepSoon)
  window.on('unmaximize', keepSoon)
  window.on('close', keep)
}
