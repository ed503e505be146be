/** The built application and a browser, for a whole file of tests. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { type RunningApp, startApp } from './app.ts'
import { buildCli } from './built-cli.ts'
import { openBrowser } from './chromium.ts'

export interface AppInBrowser {
  readonly app: RunningApp
  readonly browser: Browser
}

/** Starts both before the first test and ends them after the last; to be asked for within a test. */
export function appInBrowser(): () => AppInBrowser {
  let running: AppInBrowser | undefined
  beforeAll(async () => {
    buildCli()
    running = { browser: await openBrowser(), app: await startApp() }
  }, 60_000)
  afterAll(async () => {
    await running?.browser.close()
    await running?.app.close()
  })
  return () => {
    if (running === undefined) throw new Error('the application is not started yet')
    return running
  }
}
