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
  { name: 'typing', title: 'how long a keystroke in the Design view keeps the page from its next task', measure: () => withWindow(measureTyping) },
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
/** The first ones warm the worker and the page up. */
const warmUps = 3

/** A guest whose every page is written again and again: of all that the preview shows live, the most work for its worker. */
const heavyZipf = `godwit: 1
name: Heavy
base:
  preset: lab/hot-cold-1g
  guest: { memory: 16 GiB }
  workload: { kind: zipf, writes: 123 Mpages/s, workingSet: 4 GiB }
  strategy: { policy: xen-current }
`

/** Opens the Design view with a suite, and the section that a field is in. */
async function design(page: Page, text: string, section: string): Promise<void> {
  await show(page, '/design')
  await page.getByRole('tab', { name: 'Text', exact: true }).click()
  await page.locator('.design textarea').fill(text)
  await page.getByRole('tab', { name: 'Form', exact: true }).click()
  const summary = page.locator('summary').filter({ has: page.getByRole('heading', { name: section, exact: true }) })
  if (!(await summary.evaluate((element) => element.parentElement?.hasAttribute('open')))) await summary.click()
  await page.locator('.preview[data-state="shown"] [data-drawn]').waitFor()
}

const plainGuest = (memory: string): string => `godwit: 1\nname: Plain\nbase:\n  preset: lab/hot-cold-1g\n  guest: { memory: ${memory} }\n`

/** Types digits into the rate of writes: how long until the timeline was drawn for the last time. */
async function measurePreview({ page, url }: Window): Promise<readonly Finding[]> {
  await open(page, url)
  const findings: Finding[] = []
  for (const [what, text, atMost] of [['1 GiB', plainGuest('1 GiB'), 150], ['16 GiB', plainGuest('16 GiB'), 500], ['16 GiB, Zipf over 4 GiB', heavyZipf, 500]] as const) {
    await design(page, text, 'Workload')
    const writes = page.getByRole('textbox', { name: 'Writes', exact: true })
    await page.evaluate(() => {
      const drawn = { typedAt: 0, drawnAt: 0 }
      Object.assign(window, { drawn })
      document.addEventListener('input', () => (drawn.typedAt = performance.now()), true)
      new MutationObserver(() => (drawn.drawnAt = performance.now())).observe(document.querySelector('.preview') ?? document, { subtree: true, attributeFilter: ['data-drawn'] })
    })
    const times: number[] = []
    for (let stroke = 0; stroke < keystrokes + warmUps; stroke++) {
      await writes.fill(String((text === heavyZipf ? 123 : 6000) + stroke * 10))
      await page.waitForTimeout(1000)
      await page.locator('.preview[data-state="shown"]').waitFor()
      times.push(await page.evaluate(() => {
        const { typedAt, drawnAt } = Reflect.get(window, 'drawn') as { typedAt: number; drawnAt: number }
        return drawnAt - typedAt
      }))
    }
    findings.push({ what: `${what}, median of ${keystrokes}`, value: median(times.slice(warmUps)), unit: 'ms', target: { atMost } })
    findings.push({ what: `${what}, worst`, value: Math.max(...times.slice(warmUps)), unit: 'ms' })
  }
  return findings
}

/** No keystroke may keep the page from its next task for longer. */
const longestTaskMs = 50

/** Presses keys in the rate of writes; the browser's own trace tells how long the tasks of the page's thread were. */
async function measureTyping({ page, url }: Window): Promise<readonly Finding[]> {
  await open(page, url)
  const findings: Finding[] = []
  for (const memory of ['1 GiB', '16 GiB']) {
    await design(page, plainGuest(memory), 'Workload')
    const writes = page.getByRole('textbox', { name: 'Writes', exact: true })
    await writes.fill('6000')
    await writes.press('End')
    const press = async (stroke: number): Promise<void> => {
      await page.keyboard.press(stroke % 2 === 0 ? String(stroke % 10) : 'Backspace')
      // The preview comes and the draft is kept within this time, so that their tasks count for the keystroke.
      await page.waitForTimeout(1200)
    }
    for (let stroke = 0; stroke < warmUps + 1; stroke++) await press(stroke)
    const longest = await longestTasks(page, async () => {
      for (let stroke = 0; stroke < keystrokes; stroke++) await press(stroke)
    })
    const wall = longest.map(({ wallMs }) => wallMs)
    findings.push({ what: `${memory}, longest task of a keystroke, median of ${longest.length}`, value: median(wall), unit: 'ms' })
    findings.push({ what: `${memory}, longest task of all`, value: Math.max(...wall), unit: 'ms', target: { atMost: longestTaskMs } })
    findings.push({ what: `${memory}, most CPU time of a task`, value: Math.max(...longest.map(({ cpuMs }) => cpuMs)), unit: 'ms', target: { atMost: longestTaskMs } })
  }
  return findings
}

/** An event of Chromium's trace; times in microseconds, `tdur` on the clock of its thread. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args: { readonly data?: { readonly type?: string } }
}

/** For each key pressed meanwhile, the longest task of the page's thread until the next key, and the most CPU time of one. */
async function longestTasks(page: Page, press: () => Promise<void>): Promise<ReadonlyArray<{ readonly wallMs: number; readonly cpuMs: number }>> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('the page has no browser to trace')
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await press()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] }
  const keys = traceEvents.filter(({ name, args }) => name === 'EventDispatch' && args.data?.type === 'keydown').sort((a, b) => a.ts - b.ts)
  const [{ pid, tid } = { pid: 0, tid: 0 }] = keys
  const tasks = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.name.endsWith('RunTask'))
  if (keys.length !== keystrokes || tasks.length === 0) throw new Error(`the trace tells of ${keys.length} keys instead of ${keystrokes}, and of ${tasks.length} tasks`)
  return keys.map((key, index) => {
    // The task began before the key was dispatched in it.
    const own = tasks.filter(({ ts, dur = 0 }) => ts + dur > key.ts && ts < (keys[index + 1]?.ts ?? Infinity))
    return { wallMs: Math.max(...own.map(({ dur = 0 }) => dur)) / 1000, cpuMs: Math.max(...own.map(({ tdur = 0 }) => tdur)) / 1000 }
  })
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
