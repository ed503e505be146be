/** A newcomer without a mouse: from Welcome to the PDF of a comparison, by keys alone, and always seeing where they are. */

import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { appInBrowser } from '../helpers/app-in-browser.ts'

/** More presses of Tab than a view has stops. */
const mostStops = 250

const running = appInBrowser()

interface Focus {
  readonly name: string
  readonly role: string
  readonly isBody: boolean
  readonly isVisible: boolean
}

/** What has the focus, by its name, and whether a ring or an outline can be seen on it or on what it points to. */
function focusOf(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const focused = document.activeElement
    if (!(focused instanceof HTMLElement) || focused === document.body) return { name: '', role: 'body', isBody: true, isVisible: false }
    const named = focused.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
    const labels = 'labels' in focused ? [...((focused as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join(' ') : ''
    const name = [focused.getAttribute('aria-label'), named, labels, focused.textContent].find((text) => text !== null && text !== undefined && text.trim() !== '') ?? ''
    const pointed = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '')
    const hasRing = [focused, pointed].some((element) => {
      if (element === null) return false
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)'
    })
    const { width, height, top, bottom, left, right } = focused.getBoundingClientRect()
    const isOnScreen = width > 0 && height > 0 && bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth
    return { name: name.trim().replaceAll(/\s+/g, ' '), role: focused.getAttribute('role') ?? focused.tagName.toLowerCase(), isBody: false, isVisible: hasRing && isOnScreen }
  })
}

/** Stops of the walk at which nothing showed where the focus is. */
const unseen: string[] = []
/** The first stop of the page; past its last one, the browser's own controls come before it. */
const firstStop = 'To the view'

async function press(page: Page, key: string): Promise<Focus> {
  await page.keyboard.press(key)
  let focus = await focusOf(page)
  // What takes the focus is drawn first: a dialog, a list, the next view.
  for (let turn = 0; turn < 20 && (focus.isBody || !focus.isVisible); turn++) {
    await page.evaluate(() => new Promise(requestAnimationFrame))
    focus = await focusOf(page)
  }
  if (focus.isBody) unseen.push(`${key}: the focus was lost to the page`)
  else if (!focus.isVisible) unseen.push(`${key}: nothing shows the focus on ${focus.role} "${focus.name.slice(0, 60)}"`)
  return focus
}

/** Goes on with Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<Focus> {
  const passed: string[] = []
  for (let stop = 0; stop < mostStops; stop++) {
    const before = await focusOf(page)
    let focus = await press(page, key)
    if (focus.isBody) {
      focus = await press(page, key)
      if ((key === 'Tab' ? focus : before).name === firstStop) unseen.pop()
    }
    if (typeof name === 'string' ? focus.name === name : name.test(focus.name)) return focus
    passed.push(`${focus.role} "${focus.name.slice(0, 30)}"`)
  }
  throw new Error(`Tab never came to ${String(name)}; it passed ${[...new Set(passed)].join(', ')}`)
}

/** Types over whatever the focused field holds. */
async function typeOver(page: Page, text: string): Promise<void> {
  await press(page, 'Control+A')
  await page.keyboard.type(text)
}

/** Chooses an option of the focused menu by its first letters. */
async function choose(page: Page, letters: string): Promise<void> {
  await page.keyboard.type(letters)
  await press(page, 'Tab')
}

describe('by keyboard alone', () => {
  it('a newcomer gets from Welcome to the PDF of a comparison, and always sees the focus', async () => {
    const page = await running().browser.newPage({ viewport: { width: 1280, height: 720 }, acceptDownloads: true })
    const faults: string[] = []
    page.on('pageerror', (error) => void faults.push(String(error)))
    await page.goto(running().app.url)
    await page.waitForSelector('html[data-ready]')

    await tabTo(page, 'New suite')
    await press(page, 'Enter')
    await page.locator('.preview[data-state="shown"] [data-drawn]').waitFor()

    await tabTo(page, /^Workload/)
    const writes = page.getByRole('textbox', { name: 'Writes', exact: true })
    if (!(await writes.isVisible())) await press(page, 'Enter')
    await tabTo(page, 'Kind')
    await press(page, 'Enter')
    await page.keyboard.type('uniform')
    await press(page, 'Enter')
    await tabTo(page, 'Writes')
    await typeOver(page, '4000')
    await press(page, 'Tab')

    await press(page, 'Alt+2')
    await tabTo(page, 'Name')
    await typeOver(page, 'By keys alone')
    for (const [field, values] of [['link.bandwidth', '500 Mbit/s, 1 Gbit/s'], ['workload.writes', '1000 pages/s, 4000 pages/s']] as const) {
      await tabTo(page, 'Add a factor')
      await page.keyboard.type(field)
      await page.getByRole('option', { name: field }).first().waitFor()
      await press(page, 'Enter')
      await tabTo(page, `Values of ${field}, with commas between them`, 'Shift+Tab')
      await typeOver(page, values)
    }
    await press(page, 'Tab')
    await page.locator('[data-testid="run-table"][aria-rowcount="21"]').waitFor()
    await press(page, 'Control+Enter')
    await page.getByText('20 of 20 runs').waitFor({ timeout: 60_000 })

    await press(page, 'Alt+4')
    await page.getByRole('grid').waitFor()
    await tabTo(page, 'Filter')
    await page.keyboard.type('link.bandwidth = "1 Gbit/s"')
    await page.getByText('10 of 20 runs').waitFor()
    await press(page, 'Escape')
    await tabTo(page, /^Runs of By keys alone/)
    await press(page, 'ArrowDown')
    await press(page, 'ArrowDown')
    await press(page, 'Enter')
    await page.getByRole('heading', { name: /^Run / }).waitFor()
    await tabTo(page, 'Tag')

    await press(page, 'Alt+5')
    await page.locator('[data-chart][data-ready]').waitFor()
    await tabTo(page, 'Baseline')
    await choose(page, '1000')
    await tabTo(page, 'Differences from a baseline')
    await press(page, 'Enter')
    await page.getByRole('columnheader', { name: /Difference/ }).waitFor()
    await tabTo(page, 'Make a figure of this', 'Shift+Tab')
    await press(page, 'Enter')
    await page.getByRole('heading', { name: 'Figures' }).waitFor()
    await page.locator('[data-chart][data-ready]').waitFor()
    await tabTo(page, 'PDF')
    const download = page.waitForEvent('download')
    await press(page, 'Enter')
    const file = await (await download).path()

    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-')
    expect(unseen).toEqual([])
    expect(faults).toEqual([])
    await page.close()
  })
})
