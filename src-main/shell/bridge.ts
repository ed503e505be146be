/** The program's end of the bridge to the page. Frames of anybody but our page are dropped unread. */

import { type BrowserWindow, ipcMain, type IpcMainEvent } from 'electron'
import type { AppAction, AppCalls } from '#shared/rpc/app-contract.ts'
import { isCallFrame } from '#shared/rpc/call-frame.ts'
import { type Channel, serveApp } from '#shared/rpc/channel.ts'
import { frameChannel } from '../preload/frame-channel.ts'
import type { AppServices } from '../services/contract.ts'
import { isOurSender } from './security/senders.ts'

/** Longer than any message of the contract: a suite of 16 MiB, escaped. */
const longestFrame = 64 * 2 ** 20

export interface Bridge {
  /** Asks the page for something; waits for the page if it is not there yet. */
  readonly request: (action: AppAction) => void
  readonly close: () => void
}

export interface BridgeOptions {
  readonly calls: AppCalls
  readonly subscribe: AppServices['subscribe']
  /** Told in a sentence about a frame that was refused. */
  readonly onRefusal: (sentence: string) => void
}

export function bridgeTo(window: BrowserWindow, { calls, subscribe, onRefusal }: BridgeOptions): Bridge {
  const { webContents } = window
  let waiting: AppAction[] = []
  let pageListens = false
  let receiver: ((frame: string) => void) | undefined
  const channel: Channel = {
    send: (frame) => {
      if (!webContents.isDestroyed() && !webContents.isCrashed()) webContents.send(frameChannel, frame)
    },
    receive: (registered) => void (receiver = registered),
  }
  const events = serveApp(channel, calls)

  const onFrame = (event: IpcMainEvent, frame: unknown): void => {
    if (!isOurSender(event, webContents)) return onRefusal(`a message from ${event.senderFrame?.url ?? 'a frame that is gone'} was refused`)
    if (typeof frame !== 'string' || frame.length > longestFrame || !isCallFrame(frame)) return onRefusal('a message that is no call was refused')
    receiver?.(frame)
    // A page that asks has its listeners in place.
    pageListens = true
    const actions = waiting
    waiting = []
    actions.forEach((action) => events.requested(action))
  }
  ipcMain.on(frameChannel, onFrame)
  // A page that is loaded anew, or gone, listens no more.
  webContents.on('did-start-loading', () => (pageListens = false))
  webContents.on('render-process-gone', () => (pageListens = false))
  const leave = subscribe(events)
  return {
    request: (action) => {
      if (pageListens) events.requested(action)
      else waiting.push(action)
    },
    close: () => {
      leave()
      ipcMain.off(frameChannel, onFrame)
    },
  }
}
