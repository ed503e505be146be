/**
 * The desktop application starts here: which parts there are, in which order they are put together, and who closes them.
 *
 * Everything up to `whenReady` happens while this file is read, because Electron wants it before it is ready.
 */

import { mkdirSync } from 'node:fs'
import { app } from 'electron'
import { eventsThrough } from '#shared/rpc/channel.ts'
import { createAppServices } from '../services/app-services.ts'
import type { AppServices } from '../services/contract.ts'
import { applicationMenu } from './application-menu.ts'
import { registerAppScheme, serveRenderer } from './app-scheme.ts'
import { bridgeTo } from './bridge.ts'
import { fileDialogs } from './choose-file.ts'
import { readShellArguments } from './command-line.ts'
import { bringToFront, createMainWindow, showPage } from './main-window.ts'
import { openedFiles } from './opened-files.ts'
import { surviveRendererFaults } from './renderer-faults.ts'
import { type Places, placesOf } from './places.ts'
import { surviveProgramFaults, wantsAnotherTry } from './program-faults.ts'
import { askBeforeQuitting } from './quitting.ts'
import { withRecentFiles } from './recent-files.ts'
import { noticeOfEnds } from './run-notices.ts'
import { applySecurityRules } from './security/rules.ts'
import { claimSingleInstance } from './single-instance.ts'
import { applyTheme } from './theme.ts'
import { windowPlaceFile } from './window-place.ts'

const log = (text: string): void => void process.stderr.write(`godwit: ${text}\n`)

const { suiteFile, storePath } = readShellArguments(process.argv, process.cwd())
const places = placesOf({ appData: app.getPath('appData'), documents: app.getPath('documents'), program: import.meta.dirname }, storePath)

app.setName('Godwit')
app.setPath('userData', places.windowFolder)
const opened = openedFiles(app, suiteFile)

if (claimSingleInstance(app, opened.secondStart)) {
  surviveProgramFaults({ app, log })
  registerAppScheme()
  applySecurityRules(app)
  void app.whenReady().then(start)
} else {
  app.exit(0)
}

async function start(): Promise<void> {
  serveRenderer(places.rendererFolder)
  const services = await openServices(places)
  if (services === undefined) return app.exit(1)
  const { subscribe, notify, close } = services
  const calls = withRecentFiles(services.calls, () => updateMenu())

  applyTheme(await calls.settings())
  const window = await createMainWindow({ preloadFile: places.preloadFile, placeFile: windowPlaceFile(places.windowFolder, notify) })
  const reload = (): void => void showPage(window).catch((fault: unknown) => log(String(fault)))

  const bridge = bridgeTo(window, { calls, subscribe, onRefusal: log })
  const updateMenu = applicationMenu({ app, window, calls, request: bridge.request, onFault: (fault) => log(String(fault)) })
  const front = (): void => bringToFront(window)
  const leave = subscribe({
    ...eventsThrough(() => undefined),
    queueChanged: noticeOfEnds({ window, onClick: () => (front(), bridge.request({ kind: 'show', view: 'runs' })) }),
    settingsChanged: (settings) => (applyTheme(settings), updateMenu()),
  })
  surviveRendererFaults(window, { reload, quit: () => app.quit() })
  askBeforeQuitting({
    app,
    window,
    queue: calls.queue,
    close: async () => {
      leave()
      bridge.close()
      await close()
    },
  })
  opened.deliverTo((path) => bridge.request({ kind: 'open', path }), front)
  updateMenu()
  await showPage(window)
}

/** Undefined: they could not be opened, and the user has had enough. */
async function openServices({ storePath: store, documentsFolder, configFolder }: Places): Promise<AppServices | undefined> {
  for (;;) {
    try {
      mkdirSync(documentsFolder, { recursive: true })
      return await createAppServices({ storePath: store, documentsFolder, configFolder, mode: 'window', chooseFile: fileDialogs(documentsFolder), onNotice: log })
    } catch (fault) {
      if (!(await wantsAnotherTry(fault))) return undefined
    }
  }
}
