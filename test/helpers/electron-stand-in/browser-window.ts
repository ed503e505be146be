/** `BrowserWindow`: bounds and state of the one window, around a page in Chromium. */

import { app } from './app.ts'
import { tellTest } from './control.ts'
import { PreventableEmitter } from './preventable.ts'
import { WebContents } from './web-contents.ts'

interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface WindowOptions extends Bounds {
  readonly show?: boolean
  readonly webPreferences: Readonly<Record<string, unknown>> & { readonly preload: string }
}

const all = new Set<BrowserWindow>()

export class BrowserWindow extends PreventableEmitter {
  readonly webContents: WebContents
  readonly #options: WindowOptions
  #bounds: Bounds
  #maximized = false
  #shown: boolean
  #focused = false
  #closed = false

  constructor(options: WindowOptions) {
    super()
    const { x, y, width, height } = options
    this.#options = options
    this.#bounds = { x, y, width, height }
    this.#shown = options.show !== false
    this.webContents = new WebContents(options.webPreferences.preload)
    all.add(this)
    app.windows.add(this)
  }

  static getAllWindows(): readonly BrowserWindow[] {
    return [...all]
  }

  static only(): BrowserWindow {
    const [window] = all
    if (window === undefined) throw new Error('there is no window')
    return window
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url, this.#bounds)
    this.emit('ready-to-show')
    tellTest('loaded', url)
  }

  async setBounds(bounds: Bounds): Promise<void> {
    this.#bounds = bounds
    this.emit('move')
    this.emit('resize')
    await this.webContents.setViewport(bounds)
  }

  getNormalBounds(): Bounds {
    return this.#bounds
  }

  maximize(): void {
    this.#maximized = true
    this.emit('maximize')
  }

  isMaximized(): boolean {
    return this.#maximized
  }

  isMinimized(): boolean {
    return false
  }

  show(): void {
    this.#shown = true
    this.focus()
  }

  focus(): void {
    this.#focused = true
    tellTest('focus')
  }

  blur(): void {
    this.#focused = false
  }

  isFocused(): boolean {
    return this.#focused
  }

  isDestroyed(): boolean {
    return this.#closed
  }

  get closed(): boolean {
    return this.#closed
  }

  /** False if it stays open. */
  async close(): Promise<boolean> {
    if (this.#closed) return true
    if (this.emitPreventable('close') || !(await this.webContents.close())) return false
    this.#closed = true
    all.delete(this)
    app.windows.delete(this)
    this.emit('closed')
    if (all.size === 0) app.allClosed()
    return true
  }

  described() {
    return { bounds: this.#bounds, maximized: this.#maximized, shown: this.#shown, focused: this.#focused, webPreferences: this.#options.webPreferences }
  }
}
