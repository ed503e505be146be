/** The fidelity view in a real browser, on a store with both sides of a suite: it can be read, seen through and worked by keys. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src-main/store/open-store.ts'
import { type RunningApp, startApp } from '../helpers/app.ts'
import { buildCli } from '../helpers/built-cli.ts'
import { openBrowser } from '../helpers/chromium.ts'
import { unreadableTexts } from '../helpers/clipped-text.ts'
import { storeBoth } from '../helpers/measured-runs.ts'
import { smallSuite } from '../helpers/suites.ts'
import { weakContrasts } from '../helpers/weak-contrast.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const longName = 'Small guests over two links and eight rates of dirtying, measured again'

let browser: Browser
let app: RunningApp
let suiteId = 0

beforeAll(async () => {
  buildCli()
  browser = await openBrowser()
  app = await startApp()
  const store = await openStore(join(app.folder, 'lab.sqlite'))
  suiteId = await storeBoth(store, smallSuite({ name: longName, points: 6, repeat: 3 }), {
    remake: (stats, { point, repetition }) => (point.index === 5 ? null : point.index === 0 && repetition === 2 ? { ...stats, outcome: 'failed', reason: { code: 'link.down', message: 'the link went down' } } : stats),
  })
  await store.close()
}, 120_000)

afterAll(async () => {
  await browser.close()
  await app.close()
})

async function open(theme: 'light' | 'dark', textScale = 1): Promise<Page> {
  await app.calls.saveSettings({ theme, textScale })
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  await page.goto(app.url)
  await page.waitForSelector('html[data-ready]')
  await page.evaluate((id) => (window.location.hash = `/fidelity?suite=${id}`), suiteId)
  await page.locator('[data-chart][data-ready]').waitFor()
  return page
}

async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const axe = Reflect.get(window, 'axe') as { run(): Promise<{ violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }> }
    return (await axe.run()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`)
  })
}

describe('the fidelity view', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`has no serious accessibility finding and no faint text in the ${theme} theme, with any of its tables and a point opened`, async () => {
      const page = await open(theme)
      const found: string[] = []
      for (const tab of ['Metrics', 'Points', 'Not compared (2)']) {
        await page.getByRole('tab', { name: tab, exact: true }).click()
        if (tab === 'Points') await page.getByRole('button', { name: 'Point 2' }).click()
        for (const finding of [...(await seriousFindings(page)), ...(await weakContrasts(page))]) found.push(`${tab}: ${finding}`)
      }
      expect(found).toEqual([])
      await page.close()
    })
  }

  for (const textScale of [1, 1.5]) {
    it(`cuts no text off with letters of ${textScale * 100} %`, async () => {
      const page = await open('light', textScale)
      const found: string[] = []
      for (const tab of ['Metrics', 'Points', 'Not compared (2)']) {
        await page.getByRole('tab', { name: tab, exact: true }).click()
        if (tab === 'Points') await page.getByRole('button', { name: 'Point 2' }).click()
        for (const text of await unreadableTexts(page)) found.push(`${tab}: ${text}`)
      }
      expect(found).toEqual([])
      await page.close()
    })
  }

  it('leads by keys from a mark of the chart to its two runs', async () => {
    const page = await open('light')
    await page.locator('[data-chart] [role="group"]').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Runs of point 0' }).getByRole('link', { name: 'Both runs of repetition 1' }).press('Enter')
    await page.getByRole('heading', { name: /^Run / }).waitFor()
    expect(page.url()).toMatch(/\/results\/run\/[0-9a-f]{64}\?suite=\d+&with=[0-9a-f]{64}$/)
    await page.close()
  })
})
