/** What a person at the window waits for, measured in Chromium against the built application with its real services. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { startApp } from '../helpers/app.ts'
import { openBrowser } from '../helpers/chromium.ts'
import { type Benchmark, type Finding, median } from './benchmark.ts'
import { projectFolder, runProgram } from './child.ts'

export const windowBenchmarks: readonly Benchmark[] = [
  { name: 'preview', title: 'from a keystroke to the redrawn timeline', measure: () => withWindow(measurePreview) },
  { name: 'ten-thousand-rows', title: 'a suite of 10,000 runs in the table and in a chart', measure: () => withWindow(measureRows) },
  { name: 'first-paint', title: 'the first paint of the built application, and its size', measure: () => withWindow(measureFirstPaint) },
]

interface Window {
  readonly page: Page
  readonly url: string
  /** Makes the runs of a suite and waits until they are stored. */
  readonly runSuite: (text: string) => Promise<number>
}

async function withWindow(measure: (window: Window) => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  await runProgram('npm', ['run', 'build'])
  const app = await startApp()
  const browser = await openBrowser()
  const runSuite = async (text: string): Promise<number> => {
    const { suiteId } = await app.calls.startRuns({ text, fileName: 'bench.yaml' })
    for (;;) {
      const entry = (await app.calls.queue()).find((candidate) => candidate.suiteId === suiteId)
      if (entry === undefined || entry.state === 'finished') return suiteId
      if (entry.problem !== null) throw new Error(entry.problem)
      await pause(100)
    }
  }
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
    return await measure({ page, url: app.url, runSuite })
  } finally {
    await browser.close()
    await app.close()
  }
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.waitForSelector('html[data-ready]')
}

const show = (page: Page, hash: string): Promise<unknown> => page.evaluate((to) => (window.location.hash = to), hash)

const keystrokes = 15

/** Types digits into the rate of writes; the timeline counts how often it was drawn. */
async function measurePreview({ page, url }: Window): Promise<readonly Finding[]> {
  await open(page, url)
  await show(page, '/design')
  const timeline = page.locator('.preview [data-drawn]')
  await timeline.waitFor()
  const findings: Finding[] = []
  for (const [memory, unit, atMost] of [['1', 'GiB', 150], ['16', 'GiB', 500]] as const) {
    const field = page.getByRole('textbox', { name: 'Memory', exact: true })
    if (!(await field.isVisible())) await page.locator('summary').filter({ has: page.getByRole('heading', { name: 'Guest', exact: true }) }).click()
    await field.fill(`${memory} ${unit}`)
    const writes = page.getByRole('textbox', { name: 'Writes', exact: true })
    const times: number[] = []
    for (let stroke = 0; stroke < keystrokes + 3; stroke++) {
      await writes.fill(String(6000 + stroke * 10))
      await page.waitForTimeout(700)
      times.push(Number(await page.locator('.preview').getAttribute('data-took-ms')))
    }
    // The first ones warm the worker up.
    findings.push({ what: `${memory} ${unit}, median of ${keystrokes}`, value: median(times.slice(3)), unit: 'ms', target: { atMost } })
    findings.push({ what: `${memory} ${unit}, worst`, value: Math.max(...times.slice(3)), unit: 'ms' })
  }
  return findings
}

const manyRuns = `godwit: 1
name: Ten thousand runs
base: { guest: { memory: 16 MiB, nonPageable: 0 B }, workload: { kind: uniform, workingSet: 2 MiB } }
vary:
  - { field: workload.writes, range: { from: 100 pages/s, to: 5000 pages/s, steps: 50 } }
  - { field: link.bandwidth, values: [1 Gbit/s, 10 Gbit/s] }
repeat: 100
`

async function measureRows({ page, url, runSuite }: Window): Promise<readonly Finding[]> {
  const suiteId = await runSuite(manyRuns)
  await open(page, url)
  const opening = performance.now()
  await show(page, `/results?suite=${suiteId}`)
  await page.locator('[role="row"]').nth(10).waitFor()
  const usable = performance.now() - opening
  await page.getByText('10,000 runs', { exact: true }).waitFor()
  const complete = performance.now() - opening
  const filtering = performance.now()
  await page.getByRole('combobox', { name: 'Filter' }).fill('link.bandwidth = "1 Gbit/s" and totalMs > 100 ms')
  await page.getByText('5,000 of 10,000 runs').waitFor()
  const filtered = performance.now() - filtering
  await show(page, `/compare?suite=${suiteId}`)
  await page.locator('[data-chart][data-ready]').waitFor()
  const redrawing = performance.now()
  await page.getByRole('combobox', { name: 'Metric' }).selectOption('transferredBytes')
  await page.getByText(/^Transferred .* over /).first().waitFor()
  await page.locator('[data-chart][data-ready]').waitFor()
  return [
    { what: 'table usable after', value: usable, unit: 'ms', target: { atMost: 1000 } },
    { what: 'all rows there after', value: complete, unit: 'ms' },
    { what: 'filter', value: filtered, unit: 'ms', target: { atMost: 300 } },
    { what: 'chart of 10,000 runs redrawn after', value: performance.now() - redrawing, unit: 'ms', target: { atMost: 500 } },
  ]
}

async function measureFirstPaint({ page, url }: Window): Promise<readonly Finding[]> {
  await open(page, url)
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN)
  const assets = join(projectFolder, 'out/renderer/assets')
  const first = readFileSync(join(projectFolder, 'out/renderer/index.html'), 'utf8')
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js') && first.includes(name))
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0)
  return [
    { what: 'first contentful paint', value: paint, unit: 'ms', target: { atMost: 1500 } },
    { what: 'initial script, compressed', value: bytes / 1000, unit: 'kB', target: { atMost: 700 } },
  ]
}
