/** Every view with names, numbers and results that are hard on it, at three sizes of letters: what it says can be read. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningApp, startApp } from '../helpers/app.ts'
import { buildCli } from '../helpers/built-cli.ts'
import { openBrowser } from '../helpers/chromium.ts'
import { unreadableTexts } from '../helpers/clipped-text.ts'
import { allCrash, allFail, fewAndManyIterations, twelveFactors } from '../helpers/hard-suites.ts'
import { weakContrasts } from '../helpers/weak-contrast.ts'
import { suitePresets } from '#shared/scenario/presets/index.ts'

const suites = { usual: suitePresets['bandwidth-against-dirtying']?.yaml ?? '', twelveFactors, fewAndManyIterations, allFail, allCrash }

let browser: Browser
let app: RunningApp
const suiteIds = new Map<string, number>()

beforeAll(async () => {
  buildCli()
  browser = await openBrowser()
  app = await startApp({ workerUrl: pathToFileURL(join(import.meta.dirname, '../helpers/crashing-run-worker.ts')) })
  for (const [name, text] of Object.entries(suites)) {
    const { suiteId } = await app.calls.startRuns({ text, fileName: `${name}.yaml` })
    suiteIds.set(name, suiteId)
    await app.calls.saveDocument({ path: join(app.folder, `${name}.yaml`), text, modifiedAt: null })
  }
  await vi.waitFor(async () => expect((await app.calls.queue()).map(({ state }) => state)).toEqual(Object.keys(suites).map(() => 'finished')), { timeout: 120_000, interval: 200 })
}, 180_000)

afterAll(async () => {
  await browser.close()
  await app.close()
})

async function openSuite(page: Page, name: string): Promise<void> {
  await page.goto(app.url)
  await page.waitForSelector('html[data-ready]')
  await page.locator('button.recent').filter({ hasText: `${name}.yaml` }).first().click()
  await page.locator('.preview:not([data-state="waiting"])').waitFor()
}

async function visit(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => (window.location.hash = to), hash)
  await page.locator('#view').getByRole('heading').first().waitFor()
  await page.waitForFunction(() => document.querySelector('#view [aria-busy="true"]') === null)
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

async function views(name: string): Promise<readonly string[]> {
  const suiteId = suiteIds.get(name) ?? 0
  const rows = await app.calls.runRows(suiteId)
  const runs = [rows[0], rows.at(-1)].map((row) => `/results/run/${row?.runId ?? ''}?suite=${suiteId}`)
  return ['/', '/design', '/suite', `/runs?suite=${suiteId}`, `/results?suite=${suiteId}`, ...new Set(runs), `/compare?suite=${suiteId}`, `/figures?figure=0&suite=${suiteId}`, `/fidelity?suite=${suiteId}`, '/hosts', '/settings']
}

const sizes: ReadonlyArray<{ readonly label: string; readonly textScale: 1 | 1.25 | 1.5; readonly window: BrowserContextOptions }> = [
  { label: 'letters of 100 %', textScale: 1, window: { viewport: { width: 1280, height: 720 } } },
  { label: 'letters of 150 %', textScale: 1.5, window: { viewport: { width: 1280, height: 720 } } },
  { label: "the browser's zoom of 150 %", textScale: 1, window: { viewport: { width: 853, height: 480 }, deviceScaleFactor: 1.5 } },
]

describe('every view', () => {
  for (const { label, textScale, window } of sizes) {
    it(`cuts no text off and lays none over another, with ${label} in a window of 1280 by 720`, async () => {
      await app.calls.saveSettings({ theme: 'light', textScale })
      const context = await browser.newContext(window)
      const found: string[] = []
      for (const name of Object.keys(suites)) {
        const page = await context.newPage()
        await openSuite(page, name)
        for (const path of await views(name)) {
          await visit(page, path)
          for (const text of await unreadableTexts(page)) found.push(`${name} ${path}: ${text}`)
        }
        await page.close()
      }
      await context.close()
      expect(found).toEqual([])
    })
  }

  for (const theme of ['light', 'dark'] as const) {
    it(`has text of AA contrast in the ${theme} theme, where it is disabled or a placeholder too`, async () => {
      await app.calls.saveSettings({ theme, textScale: 1 })
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
      const found: string[] = []
      for (const name of ['usual', 'allCrash']) {
        await openSuite(page, name)
        for (const path of await views(name)) {
          await visit(page, path)
          for (const text of await weakContrasts(page)) found.push(`${name} ${path}: ${text}`)
        }
      }
      await page.close()
      expect(found).toEqual([])
    })
  }

  it('is found out where it cuts text off, lays it over another, or is too faint', async () => {
    const page = await browser.newPage()
    await page.setContent(`
      <p style="width: 40px; overflow: hidden; white-space: nowrap">a sentence that is cut off</p>
      <p style="width: 40px; overflow: hidden; white-space: nowrap" title="all of it">a sentence that is cut off but has a tooltip</p>
      <p style="line-height: 0">one line</p><p style="line-height: 0">another line</p>
      <input style="width: 40px" value="a long value in a narrow field"><p style="color: #999; background: #fff">faint</p>`)
    const cut = (await unreadableTexts(page)).join('\n')
    expect(cut).toContain('cut off: "a sentence that is cut off"')
    expect(cut).not.toContain('tooltip')
    expect(cut).toContain('cut off in a control: "a long value')
    expect((await weakContrasts(page)).join('\n')).toMatch(/^2\.85: "faint"/)
    await page.close()
  })
})
