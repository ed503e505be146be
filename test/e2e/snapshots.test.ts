/**
 * Every main view in both themes, pixel by pixel against the pictures in `snapshots/`. They hold for Debian's Chromium
 * and the DejaVu fonts; elsewhere take them anew first: `UPDATE_SNAPSHOTS=1 npm run test:e2e -- snapshots`.
 */

import { join } from 'node:path'
import { PNG } from 'pngjs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningApp, startApp } from '../helpers/app.ts'
import { buildCli } from '../helpers/built-cli.ts'
import { openBrowserWithPlainFonts } from '../helpers/chromium.ts'
import { complaintAbout, differenceOf, mostDifferingPixels, referenceOf } from '../helpers/snapshot.ts'

const suite = `godwit: 1
name: Rates over two links
description: How long does it take to move a small guest?
base:
  guest: { memory: 64 MiB, nonPageable: 0 B }
  workload: { kind: uniform, writes: 2000 pages/s, workingSet: 16 MiB }
  link: { bandwidth: 1 Gbit/s }
  strategy: { kind: precopy, policy: xen-current }
vary:
  - { field: link.bandwidth, values: [500 Mbit/s, 1 Gbit/s] }
  - { field: workload.writes, values: [1000 pages/s, 4000 pages/s, 16000 pages/s] }
repeat: 3
seed: 42
figures:
  - { kind: lines, name: total-time, metric: totalMs, x: workload.writes, series: link.bandwidth }
`

const themes = ['light', 'dark'] as const

interface View {
  readonly name: string
  readonly hash: string
  /** There when the view has all that it shows. */
  readonly shown: string
}

/** The first suite of a new store has the number 1. */
const views: readonly View[] = [
  { name: 'welcome', hash: '/', shown: '.welcome .recent' },
  { name: 'design', hash: '/design', shown: '.preview[data-state="shown"] [data-drawn]' },
  { name: 'suite', hash: '/suite', shown: '[data-testid="run-table"] [role="row"] >> nth=5' },
  { name: 'run', hash: '/runs?suite=1', shown: 'text=18 of 18 runs' },
  { name: 'results', hash: '/results?suite=1', shown: '[role="row"] >> nth=5' },
  { name: 'compare', hash: '/compare?suite=1', shown: '[data-ready] canvas' },
  { name: 'figures', hash: '/figures?figure=0&suite=1', shown: '[data-ready] canvas' },
  { name: 'fidelity', hash: '/fidelity?suite=1', shown: 'text=One side is missing' },
  { name: 'hosts', hash: '/hosts', shown: '#view h2' },
  { name: 'settings', hash: '/settings', shown: '#view h2' },
]

let browser: Browser
let app: RunningApp
let page: Page

beforeAll(async () => {
  buildCli()
  browser = await openBrowserWithPlainFonts()
  app = await startApp()
  await app.calls.saveSettings({ workers: 1 })
  const file = await app.calls.saveDocument({ path: join(app.folder, 'snapshots.yaml'), text: suite, modifiedAt: null })
  await app.calls.startRuns({ text: file.text, fileName: 'snapshots.yaml' })
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
  // What was opened stays opened just now.
  await page.clock.setFixedTime(new Date())
}, 120_000)

afterAll(async () => {
  await browser.close()
  await app.close()
})

/** Opens the suite's file from the first view, in a theme. */
async function openSuite(theme: (typeof themes)[number]): Promise<void> {
  await app.calls.saveSettings({ theme })
  await page.goto('about:blank')
  await page.goto(app.url)
  await page.waitForSelector('html[data-ready]')
  await page.getByRole('button', { name: 'snapshots.yaml' }).first().click()
  // Opening ends in the Design view; a view that is asked for before would be left again.
  await page.locator('.preview[data-state="shown"] [data-drawn]').waitFor()
}

async function show({ hash, shown }: View): Promise<void> {
  await page.evaluate((to) => (window.location.hash = to), hash)
  await page.locator(shown).first().waitFor()
  await page.evaluate(() => document.fonts.ready)
  await page.mouse.move(0, 0)
}

/** What differs from machine to machine and from run to run, in words that never do. */
async function settleWords(): Promise<void> {
  await page.evaluate(({ folder, node: version }) => {
    for (const input of document.querySelectorAll('input')) if (input.value.includes(folder)) input.value = input.value.replaceAll(folder, '/lab')
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      const text = node.textContent ?? ''
      const settled = text.replaceAll(folder, '/lab').replaceAll(version, '24.0.0')
      if (settled !== text) node.textContent = settled
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  }, { folder: app.folder, node: process.versions.node })
}

/** A picture of the page once two in a row are the same. */
async function picture(): Promise<Buffer> {
  let before: Buffer = Buffer.alloc(0)
  for (;;) {
    await settleWords()
    const now = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    if (now.equals(before)) return now
    before = now
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  }
}

for (const theme of themes) {
  describe(`in the ${theme} theme`, () => {
    beforeAll(() => openSuite(theme), 120_000)

    for (const view of views) {
      it(`the view ${view.name} looks as it did`, async () => {
        await show(view)
        expect(complaintAbout(`${view.name}-${theme}`, await picture())).toBeNull()
      })
    }
  })
}

describe('the comparison', () => {
  it('sees a button that moved by 8 pixels', async () => {
    const [view] = views.filter(({ name }) => name === 'design')
    if (view === undefined) throw new Error('there is no view of that name')
    await show(view)
    const moved = page.getByRole('button', { name: 'Reset all' })
    await moved.evaluate((button) => (button.style.transform = 'translateX(-8px)'))
    const difference = differenceOf(PNG.sync.read(await picture()), referenceOf(`design-${themes[1]}`))
    await moved.evaluate((button) => (button.style.transform = ''))
    expect(difference?.pixels).toBeGreaterThan(mostDifferingPixels)
  })

  it('does not see edges that are smoothed a little differently', () => {
    const reference = referenceOf('design-light')
    const softened = new PNG({ width: reference.width, height: reference.height })
    // A twentieth of each neighbour: what another rasteriser does to an edge.
    softened.data = Buffer.from(reference.data.map((value, at) => Math.round(0.95 * value + 0.05 * (reference.data[at + 4] ?? value))))
    expect(softened.data.equals(reference.data)).toBe(false)
    expect(differenceOf(softened, reference)?.pixels).toBeLessThanOrEqual(mostDifferingPixels)
  })
})
