/** Suites for tests of the queue, and the waiting for their ends. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StartRuns } from '#shared/rpc/app-contract.ts'
import type { ServicesUnderTest } from './services.ts'
import { smallSuite } from './suites.ts'
import type { ListeningWindow } from './window.ts'

export function start(services: ServicesUnderTest, text: string, options: Pick<StartRuns, 'stopWhenNarrow'> = {}): Promise<{ readonly suiteId: number }> {
  return services.calls.startRuns({ text, fileName: 'suite.yaml', ...options })
}

/** Starts 2000 runs on one worker: long enough to be stopped in the middle. */
export async function startLong(services: ServicesUnderTest): Promise<{ readonly suiteId: number }> {
  await services.calls.saveSettings({ workers: 1 })
  return start(services, smallSuite({ points: 10, repeat: 200 }))
}

export function reaches(window: ListeningWindow, suiteId: number, state: string): Promise<void> {
  return window.until(() => window.entry(suiteId)?.state === state)
}

/** Services whose worker breaks the runs of guests with 61 processors. */
export const crashing = { workerUrl: pathToFileURL(join(import.meta.dirname, 'crashing-run-worker.ts')), memoryLimitMb: 64 }
/** Of its two guests, one has 61 processors. */
export const suiteWithCrashes = smallSuite({ points: 1 }).replace(/vary:\n.*\n/, 'vary:\n  - { field: guest.vcpus, values: [1, 61] }\n')
