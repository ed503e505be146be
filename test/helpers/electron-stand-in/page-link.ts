/** Ties a Chromium page to the program: the preload script in its own world, messages both ways, and whose frame sent them. */

import { readFileSync } from 'node:fs'
import type { CDPSession, Page } from 'playwright-core'
import { realUrl } from './browser.ts'
import { settings } from './control.ts'
import { pageSideScript, preloadSideScript, preloadWorld, sendBinding } from './page-scripts.ts'

export interface Frame {
  readonly url: string
  readonly parent: Frame | null
}

export interface PageLink {
  readonly deliver: (channel: string, args: readonly unknown[]) => void
  readonly mainFrame: () => Frame | null
  /** Ends the page's process, as a fault of its own would. */
  readonly crash: () => void
}

export interface LinkOptions {
  readonly preloadFile: string
  readonly onMessage: (channel: string, args: readonly unknown[], frame: Frame | null) => void
  readonly onWindowOpen: (url: string) => void
}

interface FrameNote {
  readonly url: string
  readonly parentId: string | undefined
}

export async function linkPage(page: Page, { preloadFile, onMessage, onWindowOpen }: LinkOptions): Promise<PageLink> {
  const session = await page.context().newCDPSession(page)
  const frames = new Map<string, FrameNote>()
  const frameOf = (id: string | undefined): Frame | null => {
    const note = id === undefined ? undefined : frames.get(id)
    return note === undefined ? null : { url: realUrl(note.url), parent: frameOf(note.parentId) }
  }
  const worlds = watchFrames(session, frames)
  session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name !== sendBinding) return
    const { channel, args } = JSON.parse(payload) as { readonly channel: string; readonly args: readonly unknown[] }
    onMessage(channel, args, frameOf(worlds.get(executionContextId)))
  })
  session.on('Page.windowOpen', ({ url }) => onWindowOpen(realUrl(url)))
  await session.send('Page.enable')
  await session.send('Runtime.enable')
  await session.send('Runtime.addBinding', { name: sendBinding, executionContextName: preloadWorld })
  await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageSideScript })
  const source = preloadSideScript(readFileSync(preloadFile, 'utf8'), { inSubFrames: settings.preloadInSubFrames === true })
  await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: preloadWorld })

  const mainFrameId = (): string | undefined => [...frames].find(([, { parentId }]) => parentId === undefined)?.[0]
  return {
    deliver: (channel, args) => {
      const world = [...worlds].findLast(([, frameId]) => frameId === mainFrameId())?.[0]
      if (world === undefined) return
      const expression = `standInDeliver(${JSON.stringify(JSON.stringify({ channel, args }))})`
      // A page that goes meanwhile gets no message, as in Electron.
      void session.send('Runtime.evaluate', { expression, contextId: world }).catch(() => undefined)
    },
    mainFrame: () => frameOf(mainFrameId()),
    crash: () => void session.send('Page.crash').catch(() => undefined),
  }
}

/** Keeps the frames as they come and go; gives the preload worlds with the frame that each belongs to. */
function watchFrames(session: CDPSession, frames: Map<string, FrameNote>): ReadonlyMap<number, string> {
  const worlds = new Map<number, string>()
  session.on('Page.frameAttached', ({ frameId, parentFrameId }) => frames.set(frameId, { url: 'about:blank', parentId: parentFrameId }))
  session.on('Page.frameNavigated', ({ frame }) => frames.set(frame.id, { url: frame.url, parentId: frame.parentId }))
  session.on('Page.frameDetached', ({ frameId }) => frames.delete(frameId))
  session.on('Runtime.executionContextCreated', ({ context }) => {
    const { frameId } = (context.auxData ?? {}) as { readonly frameId?: string }
    if (context.name === preloadWorld && frameId !== undefined) worlds.set(context.id, frameId)
  })
  session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => worlds.delete(executionContextId))
  session.on('Runtime.executionContextsCleared', () => worlds.clear())
  return worlds
}
