// @vitest-environment happy-dom
/** The run that is going on, in the run view: a real record of a migration, read in the middle of it. */

import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { QueueEntry, RunningRun } from '#shared/rpc/app-contract.ts'
import { simulate } from '#shared/sim/simulate.ts'
import RunsView from '../../../src-renderer/features/runs/RunsView.vue'
import { endInWords, soFarInWords, timelineOf } from '../../../src-renderer/features/runs/running-words.ts'
import { downtimeOf, eventsOf } from '../../../src-renderer/components/timeline/timeline-data.ts'
import { planOf, smallSuite } from '../../helpers/suites.ts'
import { type ResultsApp, settled, startResultsApp } from '../results/results-app.ts'

const entry: QueueEntry = { suiteId: 1, name: 'Small', state: 'running', planned: 4, reused: 0, finished: 0, crashed: 0, secondsLeft: null, problem: null }
let view: VueWrapper | undefined

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  view?.unmount()
  view = undefined
  vi.useRealTimers()
})

/** A run of the small suite as far as it was after each batch. */
function courseOf(others = 0): readonly RunningRun[] {
  const [run] = planOf(smallSuite()).runs
  if (run === undefined) throw new Error('the suite has no run')
  const { runId, point, repetition, seed, backend } = run
  const course: RunningRun[] = []
  simulate(point.scenario, seed, {
    onBatch: (read) => void course.push({ runId, suite: 'Small', point: point.index, factors: point.factors, repetition, seed, backend, others, ...read() }),
  })
  return course
}

const course = courseOf()
const [early, late] = [course[1], course.at(-1)] as [RunningRun, RunningRun]

async function show(): Promise<{ readonly app: ResultsApp; readonly view: VueWrapper }> {
  const app = await startResultsApp({ suiteText: 'name: Small\n', queue: [entry] })
  view = mount(RunsView, { global: { plugins: [app.pinia, app.router] } })
  await settled()
  return { app, view }
}

async function told(app: ResultsApp, running: RunningRun | null, suiteId = 1): Promise<void> {
  app.tell.runProgress(suiteId, running)
  await settled()
}

const heading = (shown: VueWrapper): string => shown.find('[data-running]').exists() ? shown.get('[data-running]').text().replace(/\s+/g, ' ') : ''
const pictureLabel = (shown: VueWrapper): string => shown.get('[aria-roledescription=timeline]').attributes('aria-label') ?? ''

describe('a run that is going on', () => {
  test('is shown with its point, repetition and time so far, and grows', async () => {
    const { app, view: shown } = await show()
    expect(shown.text()).toContain('The first finished migration appears here')
    await told(app, early)
    const before = [heading(shown), pictureLabel(shown)]
    expect(before[0]).toContain(`Still running ${early.runId.slice(0, 10)}`)
    expect(before[0]).toContain(soFarInWords(early))
    expect(before[0]).toContain('workload.writes = 100 pages/s')
    expect(before[0]).toContain('repetition 1')
    expect(before[1]).toContain('a migration that is still running, after')
    await told(app, late)
    expect(heading(shown)).toContain(soFarInWords(late))
    expect(pictureLabel(shown)).not.toBe(before[1])
  })

  test('says how many others are at work, and its page faults once there are any', async () => {
    const { app, view: shown } = await show()
    await told(app, { ...early, others: 2 })
    expect(heading(shown)).toContain('2 other runs at work')
    expect(heading(shown)).not.toContain('fault')
    await told(app, { ...early, others: 1, majorFaults: 1200, minorFaults: 30 })
    expect(heading(shown)).toContain('1 other run at work')
    expect(heading(shown)).toContain('1,200 major and 30 minor page faults')
  })

  test('gives its place to the next without a gap, and leaves nothing when there is none', async () => {
    const { app, view: shown } = await show()
    await told(app, late)
    await told(app, null)
    expect(heading(shown)).toContain(soFarInWords(late))
    await told(app, { ...early, runId: 'the-next-run' })
    expect(heading(shown)).toContain('the-next-ru'.slice(0, 10))
    vi.advanceTimersByTime(1000)
    await settled()
    expect(heading(shown)).toContain(soFarInWords(early))
    await told(app, null)
    vi.advanceTimersByTime(1000)
    await settled()
    expect(shown.find('[data-running]').exists()).toBe(false)
    expect(shown.find('[aria-roledescription=timeline]').exists()).toBe(false)
  })

  test.each(['cancelled', 'stopped', 'finished'] as const)('is gone at once when its suite is %s', async (state) => {
    const { app, view: shown } = await show()
    await told(app, late)
    app.tell.queueChanged([{ ...entry, state }])
    await settled()
    expect(shown.find('[data-running]').exists()).toBe(false)
    // What was on its way already changes nothing.
    await told(app, late)
    expect(shown.find('[data-running]').exists()).toBe(false)
  })

  test('of another suite is not shown', async () => {
    const { app, view: shown } = await show()
    await told(app, late, 2)
    expect(shown.find('[data-running]').exists()).toBe(false)
  })
})

describe('a run that is going on, in words and as a timeline', () => {
  test('has no downtime before its guest is paused, and from then on one that lasts until now', () => {
    expect(downtimeOf(timelineOf(early))).toBeNull()
    const paused = course.find(({ timeline }) => timeline.phases.at(-1)?.phase === 'stop-and-copy')
    if (paused === undefined) throw new Error('the run has no batch in its downtime')
    expect(downtimeOf(timelineOf(paused))?.toMs).toBeCloseTo(paused.elapsedMs, 6)
    expect(eventsOf(timelineOf(paused)).at(-1)?.label).toBe('Still running')
  })

  test('says simulated only of what is simulated', () => {
    expect(soFarInWords({ ...early, elapsedMs: 21_640 })).toBe('21.6 s of simulated time so far')
    expect(soFarInWords({ ...early, elapsedMs: 312.4, backend: 'qemu' })).toBe('312 ms so far')
    expect(endInWords({ outcome: 'completed', totalMs: 21_640, downtimeMs: 312 })).toBe('completed, total time 21.64 s, downtime 312 ms')
  })
})
