import { expect, it } from 'vitest'
import type { QueueEntry, QueueState } from '#shared/rpc/app-contract.ts'
import { quitQuestion, runsGoingOn } from '../../../src-main/shell/quit-question.ts'

const entry = (state: QueueState, planned: number, finished: number, reused = 0): QueueEntry => ({
  suiteId: 1, name: 'Zipf', state, planned, reused, finished, crashed: 0, secondsLeft: null, problem: null,
})

it('is needed for suites that run or wait, and for no others', () => {
  const states: readonly QueueState[] = ['waiting', 'running', 'paused', 'finished', 'cancelled', 'stopped']
  expect(runsGoingOn(states.map((state) => entry(state, 10, 1))).map(({ state }) => state)).toEqual(['waiting', 'running'])
})

it('names the one suite and what is left of it', () => {
  const { message, detail } = quitQuestion([entry('running', 100, 30, 20)])
  expect(message).toBe('“Zipf” is still running')
  expect(detail).toMatch(/^50 runs are left\. /)
})

it('counts several suites, and speaks of a single run', () => {
  const { message, detail } = quitQuestion([entry('running', 10, 9), entry('waiting', 5, 0, 5)])
  expect(message).toBe('2 suites are still running')
  expect(detail).toMatch(/^1 run is left\. /)
})
