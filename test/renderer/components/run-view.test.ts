// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import RunView from '../../../src-renderer/features/results/RunView.vue'
import { gridOfRuns, postcopyRun } from '../../unit/figures/runs.ts'
import { type ResultsApp, settled, startResultsApp } from '../results/results-app.ts'
import { runRow } from '../results/rows.ts'

const [one, other] = gridOfRuns() as [RunRecord, RunRecord]
const rows = [one, other].map(({ runId, suite, factors }) => runRow({ runId, suite, factors }))
let view: VueWrapper | undefined
afterEach(() => view?.unmount())

async function show(run: RunRecord, changes: Parameters<typeof runRow>[0] = {}): Promise<{ readonly app: ResultsApp; readonly view: VueWrapper }> {
  const app = await startResultsApp({ rows: rows.map((row) => (row.runId === run.runId ? { ...row, ...changes } : row)), runs: [run, other] })
  app.router.addRoute({ path: '/results/run/:runId', component: RunView })
  await app.router.push(`/results/run/${run.runId}?suite=1`)
  view = mount(RunView, { global: { plugins: [app.pinia, app.router] }, attachTo: document.body })
  await settled()
  await settled()
  return { app, view }
}

describe('the page of a run', () => {
  it('says how it ended, under which factors, and what it measured', async () => {
    const { view: shown } = await show(one)
    expect(shown.get('.outcome').text()).toBe(one.outcome)
    for (const [path, value] of Object.entries(one.factors)) expect(shown.get('header').text()).toContain(`${path} = ${String(value)}`)
    expect(shown.get('.headline').text()).toContain('Downtime')
    expect(shown.text()).toContain(one.provenance.scenarioHash)
  })

  it('shows no measurements of a run that crashed, but why it did', async () => {
    const { view: shown } = await show({ ...one, outcome: 'crashed', reason: { code: 'run.threw', message: 'the guest does not fit' }, iterations: [], timeline: { ...one.timeline, timeMs: [] } })
    expect(shown.get('[role="note"]').text()).toContain('the guest does not fit')
    expect([shown.find('.headline').exists(), shown.text().includes('Downtime')]).toEqual([false, false])
    expect(shown.text()).toContain('broke off before it measured anything')
  })

  it('shows page faults and what post-copy cost, and neither where it does not apply', async () => {
    const { view: shown } = await show({ ...postcopyRun('dual'), runId: one.runId, suite: one.suite })
    const panel = shown.get('.faults')
    expect(panel.text()).toContain('Major faults')
    expect(panel.get('[role="img"]').attributes('aria-label')).toMatch(/^Histogram of fault latencies/)
    expect(panel.findAll('.bar').length).toBeGreaterThan(0)
    expect(panel.text()).not.toContain('Prediction accuracy')
    expect(shown.get('.measures').text()).toContain('Guest work lost after')
    view?.unmount()
    const { view: other } = await show(one)
    expect(other.find('.faults').exists()).toBe(false)
    expect(other.get('.measures').text()).not.toContain('Delta')
  })

  it('says why it is left out, and counts it again by a button', async () => {
    const { app, view: shown } = await show(one, { exclusion: 'the cable was loose' })
    expect(shown.text()).toContain('Left out of means and figures: the cable was loose')
    await shown.findAll('button').find((button) => button.text() === 'Count again')?.trigger('click')
    await settled()
    expect(app.asked).toContainEqual(['annotate', [one.runId], { exclusion: null }])
  })

  it('sets itself beside another run that is named by the beginning of its id', async () => {
    const { app, view: shown } = await show(one)
    await shown.get('form input').setValue('nothing-begins-so')
    await shown.get('form').trigger('submit')
    expect(shown.get('form [role="alert"]').text()).toContain('No other run of this suite begins with "nothing-begins-so"')
    await shown.get('form input').setValue(other.runId)
    await shown.get('form').trigger('submit')
    await settled()
    await settled()
    expect(app.router.currentRoute.value.query['with']).toBe(other.runId)
  })

  it('says that there is no such run, and tries again', async () => {
    const { app, view: shown } = await show(one)
    await app.router.push('/results/run/gone?suite=1')
    await settled()
    await settled()
    expect(shown.get('[role="alert"]').text()).toContain('the store has no finished run gone')
    expect(shown.findAll('button').map((button) => button.text())).toContain('Try again')
  })
})
