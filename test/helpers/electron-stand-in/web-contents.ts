/** `webContents`: the page of a window. A page that crashed is replaced by a fresh one when it is loaded again. */

import type { Page } from 'playwright-core'
import { app } from './app.ts'
import { openPage, type PageOwner, realUrl, shownUrl } from './browser.ts'
import { answerControl, tellTest } from './control.ts'
import { ipcMain } from './ipc-main.ts'
import { linkPage, type PageLink } from './page-link.ts'
import { PreventableEmitter } from './preventable.ts'
import { nativeTheme } from './system.ts'

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' }
type PermissionHandler = (contents: WebContents, permission: string, answer: (granted: boolean) => void) => void
type PermissionCheck = (contents: WebContents, permission: string) => boolean

class Session {
  requestHandler: PermissionHandler | undefined
  checkHandler: PermissionCheck | undefined
  deviceHandler: (() => boolean) | undefined

  setPermissionRequestHandler(handler: PermissionHandler): void {
    this.requestHandler = handler
  }

  setPermissionCheckHandler(handler: PermissionCheck): void {
    this.checkHandler = handler
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.deviceHandler = handler
  }
}

const session = new Session()
let lastId = 0

export class WebContents extends PreventableEmitter implements PageOwner {
  readonly id = ++lastId
  readonly session = session
  readonly #preload: string
  #page: Page | undefined
  #link: PageLink | undefined
  #crashed = false
  #destroyed = false
  /** The URL that the program itself is loading, which nobody may prevent. */
  #loading: string | undefined
  #openHandler: OpenHandler = () => ({ action: 'allow' })

  constructor(preload: string) {
    super()
    this.#preload = preload
    app.emitPreventable('web-contents-created', this)
    nativeTheme.on('updated', () => void this.#applyTheme())
    answerPageCommands(this)
  }

  async loadURL(url: string, size: { readonly width: number; readonly height: number }): Promise<void> {
    const page = await this.#freshPage()
    await page.setViewportSize({ width: size.width, height: size.height })
    await this.#applyTheme()
    this.#loading = url
    this.emit('did-start-loading')
    try {
      await page.goto(shownUrl(url), { waitUntil: 'load' })
    } finally {
      this.#loading = undefined
    }
    this.emit('did-finish-load')
  }

  /** The page as it is now; one is made for the first load, and after a crash. */
  async #freshPage(): Promise<Page> {
    if (this.#page !== undefined && !this.#crashed) return this.#page
    const gone = this.#page
    const page = await openPage(this)
    this.#page = page
    this.#crashed = false
    page.on('crash', () => this.#gone())
    page.on('console', (message) => tellTest('console', { type: message.type(), text: message.text() }))
    page.on('pageerror', (error) => tellTest('console', { type: 'error', text: error.message }))
    page.on('dialog', (asked) => {
      const leave = asked.type() === 'beforeunload' && this.emitPreventable('will-prevent-unload')
      void (leave ? asked.accept() : asked.dismiss()).catch(() => undefined)
    })
    this.#link = await linkPage(page, {
      preloadFile: this.#preload,
      onMessage: (channel, args, frame) => void ipcMain.emit(channel, { sender: this, senderFrame: frame }, ...args),
      onWindowOpen: (url) => tellTest('window-open', { url, ...this.#openHandler({ url }) }),
    })
    await gone?.close().catch(() => undefined)
    return page
  }

  #gone(): void {
    this.#crashed = true
    this.emitPreventable('render-process-gone', { reason: 'crashed', exitCode: 133 })
  }

  async #applyTheme(): Promise<void> {
    await this.#page?.emulateMedia({ colorScheme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light' }).catch(() => undefined)
  }

  mayNavigate(url: string, isMainFrame: boolean): boolean {
    if (isMainFrame && url === this.#loading) return true
    const prevented = isMainFrame ? this.emitDetails('will-navigate', { url, isMainFrame }) : this.emitDetails('will-frame-navigate', { url, isMainFrame })
    tellTest('navigation', { url, prevented })
    return !prevented
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  send(channel: string, ...args: readonly unknown[]): void {
    if (this.#destroyed) throw new Error('Object has been destroyed')
    this.#link?.deliver(channel, args)
  }

  getURL(): string {
    return this.#page === undefined ? '' : realUrl(this.#page.url())
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  isCrashed(): boolean {
    return this.#crashed
  }

  /** False if the page wants to stay and the program does not overrule it. */
  async close(): Promise<boolean> {
    const page = this.#page
    if (page === undefined || this.#crashed) {
      await page?.close().catch(() => undefined)
    } else {
      const closed = page.waitForEvent('close')
      await page.close({ runBeforeUnload: true })
      await closed
    }
    this.#destroyed = true
    return true
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('the window shows no page yet')
    return this.#page
  }

  async setViewport(size: { readonly width: number; readonly height: number }): Promise<void> {
    await this.#page?.setViewportSize({ width: size.width, height: size.height })
  }

  crash(): void {
    this.#link?.crash()
  }
}

function answerPageCommands(contents: WebContents): void {
  answerControl('evaluate', (source) => contents.page.evaluate(String(source)))
  answerControl('waitFor', async (selector) => {
    await contents.page.waitForSelector(String(selector), { state: 'attached' })
  })
  answerControl('waitUntil', async (source) => {
    // Asked from outside, frame by frame: the page's own policy lets nobody evaluate text inside it.
    while (!(await contents.page.evaluate(String(source)))) await contents.page.evaluate('new Promise((drawn) => requestAnimationFrame(drawn))')
  })
  answerControl('click', (selector) => contents.page.click(String(selector)))
  answerControl('press', (key) => contents.page.keyboard.press(String(key)))
  answerControl('crash', () => contents.crash())
  answerControl('attachWebview', () => contents.emitPreventable('will-attach-webview', {}, {}))
  answerControl('askPermission', (permission) => {
    const { requestHandler, checkHandler, deviceHandler } = contents.session
    let granted: boolean | undefined
    requestHandler?.(contents, String(permission), (answer) => (granted = answer))
    return { granted, checked: checkHandler?.(contents, String(permission)), device: deviceHandler?.() }
  })
}
