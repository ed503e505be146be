/** A migration under way in a real browser: its picture moves while the run goes on, and is gone when it is over. */

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { appInBrowser } from '../helpers/app-in-browser.ts'
import { longRuns } from '../helpers/suites.ts'

const running = appInBrowser()

/** The run view of a suite; whatever breaks in it is collected. */
async function runView(suiteId: number): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const page = await running().browser.newPage({ viewport: { width: 1280, height: 720 } })
  const faults: string[] = []
  page.on('pageerror', (error) => void faults.push(String(error)))
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
  await page.goto(running().app.url)
  await page.waitForSelector('html[data-ready]')
  await page.evaluate((id) => (window.location.hash = `/runs?suite=${id}`), suiteId)
  return { page, faults }
}

interface Shown {
  readonly heading: string
  readonly picture: string
  readonly drawn: number
}

/** Heading and picture of the run that is going on, read at one instant. */
async function shownOnceIn(page: Page, earlier?: Shown): Promise<Shown> {
  const handle = await page.waitForFunction((before) => {
    const heading = document.querySelector('[data-running]')?.textContent ?? ''
    const frame = document.querySelector('[aria-roledescription=timeline]')
    const shown = { heading, picture: frame?.getAttribute('aria-label') ?? '', drawn: Number(frame?.getAttribute('data-drawn') ?? 0) }
    return heading !== '' && shown.drawn > (before?.drawn ?? 0) && heading !== before?.heading && shown.picture !== before?.picture ? shown : null
  }, earlier)
  const shown = await handle.jsonValue()
  if (shown === null) throw new Error('nothing is shown')
  return shown
}

it('follows a run until it ends, and then shows the finished one', async () => {
  const { suiteId } = await running().app.calls.startRuns({ text: longRuns({ name: 'Large guest', iterations: 25 }), fileName: 'large.yaml' })
  const { page, faults } = await runView(suiteId)
  const first = await shownOnceIn(page)
  expect(first.heading).toMatch(/Still running.*link\.latency = 100 us.*repetition 1.*of simulated time so far/s)
  const second = await shownOnceIn(page, first)
  const third = await shownOnceIn(page, second)
  const times = [first, second, third].map(({ heading }) => /([\d.]+) (ms|s) of simulated/.exec(heading) ?? []).map(([, count, unit]) => Number(count) * (unit === 's' ? 1000 : 1))
  expect(times).toEqual([...new Set(times)].sort((one, other) => one - other))
  // All of that was before the run ended.
  expect(await running().app.calls.runRows(suiteId)).toEqual([])

  await page.getByText('Newest run').waitFor()
  expect(await page.locator('[data-running]').count()).toBe(0)
  expect(await page.locator('[aria-roledescription=timeline]').getAttribute('aria-label')).not.toContain('still running')
  expect(faults).toEqual([])
  await page.close()
})

it('leaves nothing of a run that is cancelled', async () => {
  const { suiteId } = await running().app.calls.startRuns({ text: longRuns({ name: 'Endless', iterations: 150 }), fileName: 'endless.yaml' })
  const { page, faults } = await runView(suiteId)
  await shownOnceIn(page, await shownOnceIn(page))
  await page.locator('li', { hasText: 'Endless' }).getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('The first finished migration appears here').waitFor()
  expect(await page.locator('[data-running], [aria-roledescription=timeline]').count()).toBe(0)
  expect(faults).toEqual([])
  await page.close()
})
