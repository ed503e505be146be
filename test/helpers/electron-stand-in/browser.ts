/**
 * The Chromium behind the windows. It knows no schemes of ours, so `app://godwit/...` is shown to it as a secure origin
 * that no name server knows; nothing ever leaves the machine, because every request is answered or refused here.
 */

import { type Browser, type BrowserContext, chromium, type Page, type Request as PageRequest, type Route } from 'playwright-core'
import { tellTest } from './control.ts'
import { answerOfScheme, schemes } from './protocol.ts'

const launchArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Decides over what a page does by itself; the window that owns the page answers. */
export interface PageOwner {
  /** True if the page may go there. */
  mayNavigate(url: string, isMainFrame: boolean): boolean
}

let browser: Browser | undefined
let context: BrowserContext | undefined
const owners = new Map<Page, PageOwner>()
/** Pages of ours that are being made; any other new page was opened by a page. */
let making = 0

export async function openBrowser(): Promise<void> {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: launchArguments })
  context = await browser.newContext()
  await context.route('**/*', answerRequest)
  context.on('page', (page) => void (making === 0 && closePopup(page)))
}

export async function closeBrowser(): Promise<void> {
  await browser?.close()
}

export async function openPage(owner: PageOwner): Promise<Page> {
  if (context === undefined) throw new Error('a window was made before the application was ready')
  making += 1
  const page = await context.newPage()
  making -= 1
  owners.set(page, owner)
  page.on('close', () => owners.delete(page))
  return page
}

/** As Chromium sees a URL of a scheme of ours; any other URL stays as it is. */
export function shownUrl(url: string): string {
  const match = /^([a-z]+):\/\/([^/]*)(.*)$/.exec(url)
  return match !== null && schemes.has(match[1] ?? '') ? `https://${match[1]}.${match[2]}.invalid${match[3]}` : url
}

export function realUrl(shown: string): string {
  const match = /^https:\/\/([a-z]+)\.([^/]*)\.invalid(.*)$/.exec(shown)
  return match === null ? shown : `${match[1]}://${match[2]}${match[3]}`
}

async function answerRequest(route: Route): Promise<void> {
  const request = route.request()
  const url = realUrl(request.url())
  const { page, isMainFrame } = sourceOf(request)
  const owner = page === undefined ? undefined : owners.get(page)
  // A window that a page opened stays empty: it cannot be prevented here, only closed again.
  if (request.isNavigationRequest() && owner === undefined) return await route.fulfill({ status: 200, contentType: 'text/html', body: '' })
  if (request.isNavigationRequest() && owner?.mayNavigate(url, isMainFrame) !== true) {
    return await route.abort('aborted')
  }
  const answer = await answerOfScheme(url, request.method())
  if (answer !== undefined) return await route.fulfill(answer)
  tellTest('network', url)
  await route.abort('blockedbyclient')
}

function sourceOf(request: PageRequest): { readonly page: Page | undefined; readonly isMainFrame: boolean } {
  try {
    const frame = request.frame()
    return { page: frame.page(), isMainFrame: frame.parentFrame() === null }
  } catch {
    // The request of a page that is just being opened.
    return { page: undefined, isMainFrame: true }
  }
}

async function closePopup(popup: Page): Promise<void> {
  await popup.close()
  tellTest('popup-closed', { pagesLeft: context?.pages().length })
}
