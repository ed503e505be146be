// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { QueueEntry } from '#shared/rpc/app-contract.ts'
import { newlyDone, progressInWords, totalOf } from '../../../src-renderer/features/runs/queue-words.ts'
import RunsView from '../../../src-renderer/features/runs/RunsView.vue'
import { type Kept, type ResultsApp, settled, startResultsApp } from '../results/results-app.ts'

const entry: QueueEntry = { suiteId: 1, name: 'Bandwidth', state: 'running', planned: 500, reused: 80, finished: 40, crashed: 2, secondsLeft: 190, problem: null }
let view: VueWrapper | undefined

afterEach(() => {
  view?.unmount()
  view = undefined
})

async function show(kept: Kept): Promise<{ readonly app: ResultsApp; readonly view: VueWrapper }> {
  const app = await startResultsApp({ suiteText: 'name: Bandwidth\n', ...kept })
  view = mount(RunsView, { global: { plugins: [app.pinia, app.router] } })
  await settled()
  return { app, view }
}

async function press(shown: VueWrapper, text: string): Promise<void> {
  await shown.findAll('button').find((button) => button.text() === text)?.trigger('click')
  await settled()
}

describe('the queue', () => {
  test('says what will be here while nothing is queued', async () => {
    const { view: shown } = await show({})
    expect(shown.text()).toContain('Nothing is queued')
  })

  test('says how far each suite is and what is left', async () => {
    const { view: shown } = await show({ queue: [entry] })
    expect(shown.get('[role=progressbar]').attributes('aria-valuenow')).toBe('24')
    expect(shown.text()).toContain('120 of 500 runs, 80 from earlier, 2 crashed, 3 min left')
  })

  test('pauses, cancels and retries by its buttons', async () => {
    const { app, view: shown } = await show({ queue: [entry] })
    for (const button of ['Pause', 'Cancel', 'Retry crashed']) await press(shown, button)
    expect(app.asked.filter(([name]) => name !== 'runRows')).toEqual([['pauseRuns', 1], ['cancelRuns', 1], ['retryCrashed', 1]])
  })

  test('offers to resume what paused by itself, and says why it did', async () => {
    const problem = 'The disk is full. Free some space, then resume.'
    const { app, view: shown } = await show({ queue: [{ ...entry, state: 'paused', problem }] })
    expect(shown.get('[role=alert]').text()).toBe(problem)
    await press(shown, 'Resume')
    expect(app.asked).toContainEqual(['resumeRuns', 1])
  })

  test('says of a cancelled suite that its runs are kept', async () => {
    const { view: shown } = await show({ queue: [{ ...entry, state: 'cancelled' }] })
    expect(shown.text()).toContain('Cancelled. Finished runs are kept')
  })

  test('appends repetitions, and stops when the interval is narrow enough', async () => {
    const { app, view: shown } = await show({ queue: [entry] })
    const [append, narrow] = shown.findAll('form')
    await append?.trigger('submit')
    await narrow?.get('input').setValue('2.5 %')
    await narrow?.trigger('submit')
    await settled()
    expect(app.asked).toContainEqual(['appendRepetitions', 1, 5])
    expect(app.started).toEqual([{ text: 'name: Bandwidth\n', fileName: 'Bandwidth', stopWhenNarrow: { metric: 'totalMs', relativeHalfWidth: 0.025 } }])
  })

  test('does not take a width that is no share', async () => {
    const { app, view: shown } = await show({ queue: [entry] })
    await shown.findAll('form')[1]?.get('input').setValue('wide')
    await shown.findAll('form')[1]?.trigger('submit')
    await settled()
    expect([shown.text().includes('A share of the mean is expected'), app.started]).toEqual([true, []])
  })

  test('follows what the program tells', async () => {
    const { app, view: shown } = await show({ queue: [entry] })
    app.tell.queueChanged([{ ...entry, state: 'finished', finished: 420, crashed: 0, secondsLeft: null }])
    await settled()
    expect(shown.text()).toContain('500 of 500 runs')
  })
})

describe('the queue in words', () => {
  test('counts waiting suites at the pace of the running one', () => {
    expect(totalOf([entry, { ...entry, suiteId: 2, state: 'waiting', reused: 0, finished: 0, planned: 380, secondsLeft: null }])?.words).toBe('2 suites, 120 of 880 runs, about 6 min left')
  })

  test('knows which suites have just ended', () => {
    const ended: QueueEntry = { ...entry, state: 'finished' }
    expect([newlyDone([entry], [ended]), newlyDone([ended], [ended]), newlyDone([entry], [{ ...entry, state: 'cancelled' }])]).toEqual([[ended], [], []])
  })

  test('leaves out what is nothing', () => {
    expect(progressInWords({ ...entry, state: 'waiting', reused: 0, crashed: 0 })).toBe('40 of 500 runs')
  })
})
