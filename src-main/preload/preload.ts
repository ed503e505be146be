/**
 * All that the page gets from Electron: a pair of functions that carry text. What the texts say is the app contract, the
 * same as over a WebSocket, so the page cannot tell one from the other and nothing of Electron reaches it.
 */

import { contextBridge, ipcRenderer } from 'electron'
import { frameChannel } from './frame-channel.ts'

let receiver: ((message: string) => void) | undefined
ipcRenderer.on(frameChannel, (_event, message: unknown) => {
  if (typeof message === 'string') receiver?.(message)
})

contextBridge.exposeInMainWorld('godwit', {
  send: (message: unknown): void => {
    if (typeof message === 'string') ipcRenderer.send(frameChannel, message)
  },
  /** Registers the one receiver. */
  receive: (callback: (message: string) => void): void => void (receiver = callback),
})
