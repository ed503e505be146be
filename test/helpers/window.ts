/** A window that only listens: it keeps what it was told, and waits for events instead of time. */

import type { AppEvents, QueueEntry, RunningRun, RunNotes, RunRow, Settings, SuiteEntry } from '#shared/rpc/app-contract.ts'
import type { AppServices } from '../../src-main/services/app-services.ts'

export interface ListeningWindow {
  readonly queue: () => readonly QueueEntry[]
  readonly entry: (suiteId: number) => QueueEntry | undefined
  readonly suites: () => readonly SuiteEntry[]
  /** All rows that were told, in their order. */
  readonly rows: readonly RunRow[]
  /** How runs went that took a while, with their suites. */
  readonly running: ReadonlyArray<readonly [number, RunningRun | null]>
  readonly notes: ReadonlyArray<readonly [readonly string[], Partial<RunNotes>]>
  readonly settings: readonly Settings[]
  /** How often each event came. */
  readonly counts: Readonly<Record<keyof AppEvents, number>>
  /** Resolves at the first event after which this holds, or at once. */
  readonly until: (holds: () => boolean) => Promise<void>
  readonly leave: () => void
}

export function listeningWindow({ subscribe }: Pick<AppServices, 'subscribe'>): ListeningWindow {
  let queue: readonly QueueEntry[] = []
  let suites: readonly SuiteEntry[] = []
  const rows: RunRow[] = []
  const running: Array<readonly [number, RunningRun | null]> = []
  const notes: Array<readonly [readonly string[], Partial<RunNotes>]> = []
  const settings: Settings[] = []
  const counts = { queueChanged: 0, runsFinished: 0, runProgress: 0, suitesChanged: 0, notesChanged: 0, settingsChanged: 0, noticesChanged: 0, requested: 0 }
  let waiting: Array<{ readonly holds: () => boolean; readonly resolve: () => void }> = []
  const told = (name: keyof AppEvents): void => {
    counts[name] += 1
    const due = waiting.filter(({ holds }) => holds())
    waiting = waiting.filter((candidate) => !due.includes(candidate))
    for (const { resolve } of due) resolve()
  }
  const leave = subscribe({
    queueChanged: (entries) => {
      queue = entries
      told('queueChanged')
    },
    runsFinished: (_, finished) => {
      rows.push(...finished)
      told('runsFinished')
    },
    runProgress: (suiteId, run) => {
      running.push([suiteId, run])
      told('runProgress')
    },
    suitesChanged: (entries) => {
      suites = entries
      told('suitesChanged')
    },
    notesChanged: (runIds, changes) => {
      notes.push([runIds, changes])
      told('notesChanged')
    },
    settingsChanged: (changed) => {
      settings.push(changed)
      told('settingsChanged')
    },
    noticesChanged: () => told('noticesChanged'),
    requested: () => told('requested'),
  })
  return {
    queue: () => queue,
    entry: (suiteId) => queue.find((entry) => entry.suiteId === suiteId),
    suites: () => suites,
    rows,
    running,
    notes,
    settings,
    counts,
    until: (holds) => (holds() ? Promise.resolve() : new Promise((resolve) => void waiting.push({ holds, resolve }))),
    leave,
  }
}
