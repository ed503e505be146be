/** Takes the pictures of README: every view, in both themes, with real results. Run it with `npm run screenshots`. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startApp } from '../helpers/app.ts'
import { openBrowser } from '../helpers/chromium.ts'
import { suitePresets } from '#shared/scenario/presets/index.ts'

const folder = join(import.meta.dirname, '../../build/screens')
const preset = suitePresets['bandwidth-against-dirtying']
if (preset === undefined) throw new Error('the suite of the pictures is gone')

mkdirSync(folder, { recursive: true })
const app = await startApp()
const browser = await openBrowser()
try {
  const { suiteId } = await app.calls.startRuns({ text: preset.yaml, fileName: 'bandwidth.yaml' })
  await app.calls.saveDocument({ path: join(app.folder, 'bandwidth.yaml'), text: preset.yaml, modifiedAt: null })
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  for (const theme of ['light', 'dark'] as const) {
    await app.calls.saveSettings({ theme })
    await page.goto(app.url)
    await page.waitForSelector('html[data-ready]')
    await page.screenshot({ path: join(folder, `welcome-${theme}.png`) })
    await page.locator('li', { hasText: 'Bandwidth against dirtying rate' }).getByText('Open', { exact: true }).click()
    const shoot = async (name: string, hash: string, shown: string): Promise<void> => {
      await page.evaluate((to) => (window.location.hash = to), hash)
      await page.locator(shown).first().waitFor()
      await page.waitForLoadState('networkidle')
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
    }
    await shoot('design', '/design', '.preview[data-state="shown"] [data-drawn]')
    await shoot('suite', '/suite', '[role="row"]')
    await shoot('run', `/runs?suite=${suiteId}`, 'text=140 of 140 runs')
    await shoot('results', `/results?suite=${suiteId}`, '[role="row"] >> nth=5')
    const [row] = await app.calls.runRows(suiteId)
    await shoot('one-run', `/results/run/${row?.runId ?? ''}?suite=${suiteId}`, '[data-drawn]')
    await shoot('compare', `/compare?suite=${suiteId}`, '[data-ready] canvas')
    await page.getByRole('button', { name: 'Make a figure of this' }).click()
    await shoot('figures', `/figures?figure=0&suite=${suiteId}`, '[data-ready] canvas')
    await shoot('settings', '/settings', 'h2')
  }
} finally {
  await browser.close()
  await app.close()
}
