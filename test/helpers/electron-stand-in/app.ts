/** `app`: folders, the single-instance lock, and the order of events in which Electron starts and ends. */

import { mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { closeBrowser, openBrowser } from './browser.ts'
import { tellTest } from './control.ts'
import { PreventableEmitter } from './preventable.ts'

interface ClosableWindow {
  readonly closed: boolean
  close(): Promise<boolean>
}

class StandInApp extends PreventableEmitter {
  readonly isPackaged = false
  readonly windows = new Set<ClosableWindow>()
  readonly #recent: string[] = []
  #sandboxed = false
  #quitting = false
  #name = 'Electron'
  readonly #paths = new Map<string, string>([
    ['appData', process.env['XDG_CONFIG_HOME'] ?? ''],
    ['documents', join(process.env['HOME'] ?? '', 'Documents')],
  ])
  #ready: Promise<void> | undefined

  setName(name: string): void {
    this.#name = name
  }

  getPath(name: string): string {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`the stand-in has no folder "${name}"`)
    return path
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  whenReady(): Promise<void> {
    this.#ready ??= openBrowser()
    return this.#ready
  }

  enableSandbox(): void {
    this.#sandboxed = true
  }

  addRecentDocument(path: string): void {
    this.#recent.push(path)
  }

  /** A file that names the living process; others leave a note in the folder beside it, which the first one watches. */
  requestSingleInstanceLock(): boolean {
    const folder = join(this.getPath('userData'), 'starts')
    const lock = join(folder, 'first')
    mkdirSync(folder, { recursive: true })
    if (isHeld(lock)) {
      const note = join(folder, String(process.pid))
      writeFileSync(`${note}.part`, JSON.stringify({ argv: process.argv, folder: process.cwd() }))
      renameSync(`${note}.part`, `${note}.json`)
      return false
    }
    writeFileSync(lock, String(process.pid))
    watch(folder, { persistent: false }, (_event, name) => {
      if (name?.endsWith('.json') !== true) return
      const note = takeNote(join(folder, name))
      if (note !== undefined) this.emitPreventable('second-instance', note.argv, note.folder)
    })
    return true
  }

  quit(): void {
    if (this.#quitting || this.emitPreventable('before-quit')) return
    this.#quitting = true
    void this.#closeAll()
  }

  async #closeAll(): Promise<void> {
    for (const window of this.windows) {
      if (await window.close()) continue
      this.#quitting = false
      return
    }
    this.#quitting = false
    if (!this.emitPreventable('will-quit')) this.exit(0)
  }

  /** Called when the last window has gone by another way than quit. */
  allClosed(): void {
    if (!this.#quitting) this.emit('window-all-closed')
  }

  exit(code = 0): void {
    tellTest('exit', code)
    void closeBrowser().finally(() => process.exit(code))
  }

  described() {
    return { name: this.#name, sandboxed: this.#sandboxed, recent: this.#recent, userData: this.getPath('userData') }
  }
}

export const app = new StandInApp()

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch {
    return false
  }
}

function takeNote(path: string): { readonly argv: readonly string[]; readonly folder: string } | undefined {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as { readonly argv: readonly string[]; readonly folder: string }
    rmSync(path)
    return note
  } catch {
    // A note is seen twice: once when it is made, once when it is removed.
    return undefined
  }
}
