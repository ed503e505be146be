/**
 * `npm start` as a newcomer runs it: with Electron's runtime it opens the window, which Playwright then holds by
 * Electron's own hands; without, it says so and serves the same application to the browser.
 */

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium, _electron as electronDriver } from 'playwright-core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildCli } from '../helpers/built-cli.ts'
import { shellHome } from '../helpers/electron-stand-in/start-shell.ts'

const project = join(import.meta.dirname, '../..')
const runtime = electronRuntime()

beforeAll(buildCli, 120_000)

/** The package alone would fetch a missing runtime, so it is looked for and not loaded. */
function electronRuntime(): string | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const named = join(folder, 'path.txt')
  const path = existsSync(named) ? join(folder, 'dist', readFileSync(named, 'utf8').trim()) : undefined
  return path !== undefined && existsSync(path) ? path : undefined
}

test(`npm start ${runtime === undefined ? 'says that there is no runtime and serves the browser' : 'opens the window'}`, async () => {
  process.stdout.write(runtime === undefined ? "Electron's runtime is not installed: the fallback is tested instead of the window\n" : `Electron's runtime: ${runtime}\n`)
  await (runtime === undefined ? expectBrowserMode() : expectWindow(runtime))
})

async function expectWindow(executablePath: string): Promise<void> {
  const { home } = shellHome()
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config') } as Record<string, string>
  const program = await electronDriver.launch({ executablePath, args: ['--no-sandbox', join(project, 'out/main/shell.js')], cwd: home, env })
  onTestFinished(() => program.close())
  const window = await program.firstWindow()
  await window.waitForSelector('html[data-ready]', { state: 'attached' })
  expect(window.url()).toMatch(/^app:\/\/godwit\/index\.html/)
  expect(await window.evaluate("[typeof require, typeof process, Object.keys(window.godwit).join()].join(' ')")).toBe('undefined undefined send,receive')
}

async function expectBrowserMode(): Promise<void> {
  const { home } = shellHome()
  // With an empty path no browser of the machine is opened.
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), PATH: '' }
  const program = spawn(process.execPath, [join(project, 'out/main/cli.js'), 'start'], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => program.on('exit', resolve))
  onTestFinished(() => void program.kill('SIGKILL'))
  let said = ''
  program.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const url = await new Promise<string>((resolve, reject) => {
    program.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()))
    void ended.then((status) => reject(new Error(`it ended with ${status}: ${said}`)))
  })
  expect(said).toContain("Electron's runtime is not installed, so the application opens in the browser\n")
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/)

  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu'] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(url)
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  program.kill('SIGINT')
  expect(await ended).toBe(0)
}
