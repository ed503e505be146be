/** What belongs to the desktop around the window: displays, theme, notifications, the system's browser. */

import { EventEmitter } from 'node:events'
import { answerControl, settings, tellTest } from './control.ts'

type Theme = 'system' | 'light' | 'dark'

class NativeTheme extends EventEmitter {
  #source: Theme = 'system'

  get themeSource(): Theme {
    return this.#source
  }

  set themeSource(source: Theme) {
    this.#source = source
    this.emit('updated')
  }

  /** The desktop itself is light. */
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }
}

export const nativeTheme = new NativeTheme()

const displays = settings.displays ?? [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }]

export const screen = { getAllDisplays: () => displays, getPrimaryDisplay: () => displays[0] }

export const shell = {
  openExternal: async (url: string): Promise<void> => tellTest('external', url),
}

const shown: Notification[] = []

export class Notification extends EventEmitter {
  readonly #options: unknown

  constructor(options: unknown) {
    super()
    this.#options = options
  }

  static isSupported(): boolean {
    return true
  }

  show(): void {
    shown.push(this)
    tellTest('notification', this.#options)
  }
}

answerControl('clickNotification', () => void shown.at(-1)?.emit('click'))
