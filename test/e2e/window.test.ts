/** The application in a real browser: a newcomer's way from nothing to a figure, and what holds for every view. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { appInBrowser } from '../helpers/app-in-browser.ts'
import { type RunningCli, startCli } from '../helpers/built-cli.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const running = appInBrowser()

/** A fresh page on the application; whatever breaks in it is collected. */
async function newPage(url = running().app.url): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const page = await running().browser.newPage({ viewport: { width: 1280, height: 720 }, acceptDownloads: true })
  const faults: string[] = []
  page.on('pageerror', (error) => void faults.push(String(error)))
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())))
  await page.goto(url)
  await page.waitForSelector('html[data-ready]')
  return { page, faults }
}

/** The built program as a process of its own, with everything it keeps in one folder. */
async function serve(folder: string): Promise<{ readonly url: string; readonly kill: () => void }> {
  let program: RunningCli | undefined
  const url = await new Promise<string>((resolve, reject) => {
    program = startCli(['serve', '--store', 'lab.sqlite', '--config', 'config', '--port', '0'], { cwd: folder, onLine: resolve })
    void program.ended.then(({ err }) => reject(new Error(err.join(' '))))
  })
  return { url, kill: () => void program?.process.kill('SIGKILL') }
}

const show = (page: Page, view: string): Promise<void> => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()

async function addFactor(page: Page, field: string, values: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Add a factor' }).fill(field)
  await page.getByRole('option', { name: field }).first().click()
  const input = page.getByRole('textbox', { name: `Values of ${field}, with commas between them` })
  await input.fill(values)
  await input.blur()
}

describe('a newcomer', () => {
  it('gets from nothing to the PDF of a comparison over two factors in under 30 clicks and five minutes', async () => {
    const { page, faults } = await newPage()
    await page.evaluate(() => {
      Object.assign(window, { clicks: 0 })
      document.addEventListener('click', () => Object.assign(window, { clicks: Number(Reflect.get(window, 'clicks')) + 1 }), true)
    })
    const startedAt = performance.now()

    await page.getByRole('button', { name: 'New suite' }).click()
    await show(page, 'Suite')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Two links, three rates')
    await addFactor(page, 'link.bandwidth', '500 Mbit/s, 1 Gbit/s')
    await addFactor(page, 'workload.writes', '1000 pages/s, 4000 pages/s, 16000 pages/s')
    await page.getByText('6', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Run suite' }).click()
    await page.getByText('30 of 30 runs').waitFor({ timeout: 60_000 })
    await show(page, 'Compare')
    await page.locator('[data-ready]').first().waitFor()
    await page.getByRole('button', { name: 'Make a figure of this' }).click()
    await show(page, 'Figures')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'PDF', exact: true }).click()
    const file = await (await download).path()

    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-')
    expect(await page.evaluate(() => Number(Reflect.get(window, 'clicks')))).toBeLessThanOrEqual(30)
    expect(performance.now() - startedAt).toBeLessThan(300_000)
    expect(faults).toEqual([])
    await page.close()
  })

  it('opens a preset of post-copy, sees its faults before running it, and exports their figure', async () => {
    const { page, faults } = await newPage()
    await page.getByRole('button', { name: 'New suite', exact: true }).first().click()
    await show(page, 'Design')
    await page.getByRole('combobox', { name: 'Preset' }).click()
    await page.getByRole('textbox', { name: 'Filter presets' }).fill('qemu-preempt')
    await page.getByRole('option', { name: 'qemu-preempt' }).first().click()
    const preview = page.locator('.preview[data-state="shown"]')
    await preview.getByText('Completed').waitFor({ timeout: 30_000 })
    await preview.locator('.frame').press('Home')
    for (let step = 0; step < 12 && !/page fault/i.test(await preview.locator('[aria-live]').innerText()); step++) await preview.locator('.frame').press('ArrowRight')
    expect(await preview.locator('[aria-live]').innerText()).toMatch(/^(A page fault|Page faults until)/)
    await page.getByText('Memory map').click()
    await page.getByText('missing to the guest').waitFor({ timeout: 30_000 })

    await show(page, 'Suite')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Faults of post-copy')
    await addFactor(page, 'strategy.pushBatch', '64, 256, 1024')
    await page.getByRole('button', { name: 'Run suite' }).click()
    await page.getByText('15 of 15 runs').waitFor({ timeout: 60_000 })
    await show(page, 'Figures')
    await page.getByRole('button', { name: 'Add a figure' }).first().click()
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('fault-latency')
    await page.getByText(/faults, median/).first().waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'SVG', exact: true }).click()
    expect(readFileSync(await (await download).path(), 'utf8')).toContain('Fault latency (ms)')
    expect(faults).toEqual([])
    await page.close()
  })

  it('finds everything again after the program was killed in the middle of a suite and started anew', async () => {
    const folder = temporaryFolder()
    const first = await serve(folder)
    const before = await newPage(first.url)
    await before.page.locator('li', { hasText: 'Bandwidth against dirtying rate' }).getByRole('button', { name: 'Open and run' }).click()
    await before.page.getByText(/[1-9]\d* of 140 runs/).first().waitFor()
    first.kill()
    await before.page.getByText('Connection lost').waitFor()
    await before.page.close()

    const second = await serve(folder)
    const { page, faults } = await newPage(second.url)
    await show(page, 'Run')
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('140 of 140 runs').waitFor()
    await show(page, 'Results')
    await page.getByRole('combobox', { name: 'Filter' }).fill('link.bandwidth = "1 Gbit/s" and workload.writes >= 32000')
    await page.getByText('20 of 140 runs').waitFor()
    expect(faults).toEqual([])
    await page.close()
    second.kill()
  })
})

describe('every view', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`has no serious or critical accessibility finding in the ${theme} theme`, async () => {
      await running().app.calls.saveSettings({ theme })
      const { page, faults } = await newPage()
      const findings: string[] = []
      for (const path of ['/', '/design', '/suite', '/runs', '/results', '/compare', '/figures', '/fidelity', '/hosts', '/settings']) {
        await page.evaluate((hash) => (window.location.hash = hash), path)
        await page.locator('#view').getByRole('heading').first().waitFor()
        await page.evaluate(axeSource)
        const violations = await page.evaluate(async () => {
          const axe = Reflect.get(window, 'axe') as { run(): Promise<{ violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }> }
          return (await axe.run()).violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0]?.html.slice(0, 160) ?? '' }))
        })
        for (const { id, impact, html } of violations) if (impact === 'serious' || impact === 'critical') findings.push(`${path} ${id}: ${html}`)
      }
      expect(findings).toEqual([])
      expect(faults).toEqual([])
      await page.close()
    })
  }
})
