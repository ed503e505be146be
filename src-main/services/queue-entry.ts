/** A suite in the queue, as the queue itself keeps it and as windows are told of it. */

import type { QueueEntry, QueueState, RunningRun, StopWhenNarrow, SuiteEntry } from '#shared/rpc/app-contract.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import type { RunAtWork } from '../lab/drive-runs.ts'
import { type RemainingTime, remainingTime } from './remaining-time.ts'

export interface QueuedSuite {
  readonly suiteId: number
  readonly name: string
  state: QueueState
  planned: number
  /** Runs that were in the store when the suite entered the queue. */
  reused: number
  /** Runs that were made since. */
  finished: number
  /** All crashed runs of the suite. */
  crashed: number
  problem: string | null
  stopWhenNarrow: StopWhenNarrow | undefined
  /** Absent for a suite of an earlier start: it is read and planned again when its turn comes. */
  source: { readonly plan: SuitePlan; readonly text: string } | undefined
  remaining: RemainingTime
  /** Runs were given back while the suite was running: it takes another turn. */
  takesAnotherTurn: boolean
}

export function queuedSuite({ suiteId, name, planned, finished, crashed }: SuiteEntry, state: QueueState): QueuedSuite {
  return {
    suiteId,
    name,
    state,
    planned,
    reused: finished,
    finished: 0,
    crashed,
    problem: null,
    stopWhenNarrow: undefined,
    source: undefined,
    remaining: remainingTime(() => performance.now()),
    takesAnotherTurn: false,
  }
}

export function entryOf({ suiteId, name, state, planned, reused, finished, crashed, problem, remaining }: QueuedSuite): QueueEntry {
  const secondsLeft = state === 'running' ? remaining.secondsFor(planned - reused - finished) : null
  return { suiteId, name, state, planned, reused, finished, crashed, secondsLeft, problem }
}

export function runningRun(suite: string, { run, progress, others }: RunAtWork): RunningRun {
  const { runId, point, repetition, seed, backend } = run
  return { runId, suite, point: point.index, factors: point.factors, repetition, seed, backend, others, ...progress }
}
