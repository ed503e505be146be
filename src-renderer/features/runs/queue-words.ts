/** A suite in the queue, in words. */

import type { QueueEntry, QueueState } from '#shared/rpc/app-contract.ts'
import { timeInWords } from '../../stores/queue.ts'

/** What a person can ask of a suite in the queue. */
export type QueueCommand = 'pause' | 'resume' | 'cancel' | 'retry'

export const stateWords: Readonly<Record<QueueState, string>> = {
  waiting: 'waits for its turn',
  running: 'running',
  paused: 'paused',
  finished: 'finished',
  cancelled: 'cancelled',
  stopped: 'stopped',
}

export function doneOf({ reused, finished }: QueueEntry): number {
  return reused + finished
}

export function shareOf(entry: QueueEntry): number {
  return entry.planned === 0 ? 0 : Math.min(1, doneOf(entry) / entry.planned)
}

/** "120 of 500 runs, 80 of them from earlier, 2 crashed, 3 min left" */
export function progressInWords(entry: QueueEntry): string {
  const { planned, reused, crashed, secondsLeft } = entry
  const parts = [`${doneOf(entry).toLocaleString('en')} of ${planned.toLocaleString('en')} runs`]
  if (reused > 0) parts.push(`${reused.toLocaleString('en')} from earlier`)
  if (crashed > 0) parts.push(`${crashed.toLocaleString('en')} crashed`)
  if (entry.state === 'running') parts.push(secondsLeft === null ? 'time not known yet' : timeInWords(secondsLeft))
  return parts.join(', ')
}

export interface QueueTotal {
  readonly done: number
  readonly planned: number
  readonly words: string
}

/** All suites that are still to do something; null if there is none. */
export function totalOf(entries: readonly QueueEntry[]): QueueTotal | null {
  const open = entries.filter(({ state }) => state === 'running' || state === 'waiting' || state === 'paused')
  if (open.length === 0) return null
  const planned = open.reduce((sum, entry) => sum + entry.planned, 0)
  const done = open.reduce((sum, entry) => sum + doneOf(entry), 0)
  return { done, planned, words: `${open.length === 1 ? '1 suite' : `${open.length} suites`}, ${done.toLocaleString('en')} of ${planned.toLocaleString('en')} runs, ${timeLeft(open)}` }
}

/** A waiting suite is taken to be as quick, run by run, as the one that runs. */
function timeLeft(open: readonly QueueEntry[]): string {
  const running = open.find(({ state, secondsLeft }) => state === 'running' && secondsLeft !== null)
  const left = (entry: QueueEntry): number => entry.planned - doneOf(entry)
  if (running === undefined || running.secondsLeft === null || left(running) === 0) return open.every(({ state }) => state === 'paused') ? 'paused' : 'time not known yet'
  const perRun = running.secondsLeft / left(running)
  const runs = open.filter(({ state }) => state !== 'paused').reduce((sum, entry) => sum + left(entry), 0)
  return `about ${timeInWords(perRun * runs)}`
}

/** Suites that were running or waiting and are finished now. */
export function newlyDone(before: readonly QueueEntry[], after: readonly QueueEntry[]): readonly QueueEntry[] {
  const open = new Set(before.filter(({ state }) => state === 'running' || state === 'waiting').map(({ suiteId }) => suiteId))
  return after.filter(({ suiteId, state }) => state === 'finished' && open.has(suiteId))
}
