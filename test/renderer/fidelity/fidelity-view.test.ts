// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { suiteFidelity } from '#shared/analysis/fidelity.ts'
import type { ChartMark } from '#shared/figures/spec.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents, SuiteEntry } from '#shared/rpc/app-contract.ts'
import { channelPair, connectApp, eventsThrough, serveApp } from '#shared/rpc/channel.ts'
import type { Program } from '../../../src-renderer/api/connection.ts'
import ChartFigure from '../../../src-renderer/charts/ChartFigure.vue'
import FidelityView from '../../../src-renderer/features/fidelity/FidelityView.vue'
import { useFidelity } from '../../../src-renderer/features/fidelity/fidelity-state.ts'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { recordsOfBoth } from '../../helpers/measured-runs.ts'
import { smallSuite } from '../../helpers/suites.ts'

const failed = { code: 'link.down', message: 'the link went down' }
/** Four points of three repetitions; point 3 was not measured, and one run of point 0 failed. */
const records = recordsOfBoth(smallSuite({ points: 4, repeat: 3 }), {
  remake: (stats, { point, repetition }) => (point.index === 3 ? null : point.index === 0 && repetition === 2 ? { ...stats, outcome: 'failed', reason: failed } : stats),
})
const answer = suiteFidelity(records)
const [comparison] = answer.comparisons
if (comparison === undefined) throw new Error('the suite has both backends')

const suite: SuiteEntry = { suiteId: 1, name: 'Small', createdAt: '2026-01-01T00:00:00Z', points: 4, planned: records.length, finished: records.length, crashed: 0 }

let tell: AppEvents
/** A service in memory; what a test does not need is refused. */
function programOf(some: Partial<AppCalls>): Program {
  const [here, there] = channelPair()
  const known: Partial<AppCalls> = { suites: async () => [suite], fidelity: async () => answer, saveDraft: async () => undefined, dropDraft: async () => undefined, ...some }
  const service = new Proxy({} as AppCalls, { get: (_, name) => known[name as keyof AppCalls] ?? (() => Promise.reject(new GodwitError('test.unserved', `${String(name)} is not served`))) })
  tell = serveApp(there, service)
  const listeners = new Map<string, (...args: never[]) => void>()
  const calls = connectApp(here, eventsThrough((name, args) => listeners.get(name)?.(...(args as never[]))))
  return { calls, state: shallowRef('open' as const), on: (name, listener) => (listeners.set(name, listener), () => undefined) }
}

let shown: VueWrapper | undefined
let router: Router
beforeEach(() => setActivePinia(createPinia()))
afterEach(() => shown?.unmount())

async function show({ path = '/fidelity', calls = {} }: { readonly path?: string; readonly calls?: Partial<AppCalls> } = {}): Promise<VueWrapper> {
  const empty = { template: '<p />' }
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/results/run/:runId', name: 'run', component: empty }, { path: '/:rest(.*)*', component: empty }] })
  await router.push(path)
  useSession().attach(programOf(calls))
  shown = mount(FidelityView, { global: { plugins: [router] }, attachTo: document.body })
  await vi.waitFor(() => {
    if (shown?.find('[aria-busy="true"]').exists() === true) throw new Error('still loading')
  })
  await flushPromises()
  return shown
}

const rowsOf = (view: VueWrapper) => view.findAll('#panel-lower tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))
const button = (view: VueWrapper, text: string) => view.findAll('button').find((one) => one.text() === text)

describe('Fidelity', () => {
  it('tells the error of each metric, with intervals, and the median of the one that is chosen', async () => {
    const view = await show()
    const rows = rowsOf(view)
    expect(rows.map(([metric]) => metric)).toEqual(['Total migration time', 'Downtime', 'Pages sent', 'Transferred', 'Iterations', 'Major faults', 'Fault latency, median', 'Guest work lost'])
    const total = comparison.metrics[0]
    expect(rows[0]).toEqual(['Total migration time', '3', `${((total?.medianError ?? 0) * 100).toFixed(1)} %`, expect.stringMatching(/^\d+\.\d %$/), expect.stringMatching(/ to /), expect.stringMatching(/^-/), expect.stringMatching(/^-.* to /), expect.stringMatching(/^-\d+\.\d % at point \d$/)])
    expect(rows[5]?.at(-1)).toBe('both zero at 3 points')
    await view.find('#fidelity-metric').setValue('totalMs')
    expect(view.get('.summary .figure').text()).toBe(rows[0]?.[2])
  })

  it('draws the chosen metric, coloured by the factor of the workload, and says n and interval', async () => {
    const view = await show()
    expect(view.find<HTMLSelectElement>('#fidelity-series').element.value).toBe('workload.writes')
    const label = () => view.find('[data-chart] [role="group"]').attributes('aria-label')
    expect(label()).toMatch(/^Downtime \(m?s\), simulated against measured by agents, by workload writes: n = 3 points of 2 to 3 pairs, 95 % interval \(Student t\); median error /)
    await button(view, 'Transferred')?.trigger('click')
    expect(label()).toContain('Transferred (MiB)')
    expect(view.find<HTMLSelectElement>('#fidelity-metric').element.value).toBe('transferredBytes')
  })

  it('leads from a mark of the chart to the two runs of each of its pairs', async () => {
    const view = await show()
    const mark = view.findComponent(ChartFigure).props('spec').marks?.[0]?.[0] as ChartMark
    ;(view.findComponent(ChartFigure).vm as { $emit: (event: 'pick', mark: ChartMark) => void }).$emit('pick', mark)
    await flushPromises()
    const pane = view.get('[aria-label="Runs of point 0"]')
    const pairs = comparison.points[0]?.pairs ?? []
    expect(pairs.map(({ repetition }) => repetition)).toEqual([1, 3])
    const targets = pane.findAll('tbody tr').map((row) => row.findAll('a').map((link) => link.attributes('href')))
    expect(targets).toEqual(pairs.map(({ simulated, measured }) => [`/results/run/${measured.runId}?suite=1`, `/results/run/${simulated.runId}?suite=1`, `/results/run/${measured.runId}?suite=1&with=${simulated.runId}`]))
    await pane.find('button').trigger('click')
    expect(view.find('[aria-label="Runs of point 0"]').exists()).toBe(false)
  })

  it('has the errors of each point, and goes from there and from the worst point to its runs', async () => {
    const view = await show()
    await view.find('#tab-points').trigger('click')
    const rows = rowsOf(view)
    expect(rows.map(([point, writes, pairs]) => [point, writes, pairs])).toEqual([['Point 0', '100 pages/s', '2'], ['Point 1', '200 pages/s', '3'], ['Point 2', '300 pages/s', '3']])
    for (const row of rows) expect(row.at(-2)).toMatch(/^[-+]?\d+\.\d %$/)
    await button(view, 'Point 2')?.trigger('click')
    expect(view.find('[aria-label="Runs of point 2"]').exists()).toBe(true)
    await view.find('#tab-metrics').trigger('click')
    await view.findAll('button').find((one) => one.text().includes(' at point '))?.trigger('click')
    expect(useFidelity().metricKey).toBe('totalMs')
    expect(view.find(`[aria-label="Runs of point ${comparison.metrics[0]?.worst?.point}"]`).exists()).toBe(true)
  })

  it('lists what could not be compared, with the way to the runs that ended differently', async () => {
    const view = await show()
    await button(view, 'Not compared (2)')?.trigger('click')
    const text = view.get('#panel-lower').text()
    expect(text).toContain('Point 3 (workload.writes = 400 pages/s): it was not measured with agents.')
    expect(text).toContain('5 runs are in no pair')
    expect(rowsOf(view)).toEqual([['Point 0', '2', 'completed', 'failed: the link went down']])
    expect(view.findAll('#panel-lower a').map((link) => link.attributes('href'))).toEqual([comparison.disagreements[0]?.simulated.runId, comparison.disagreements[0]?.measured.runId].map((id) => `/results/run/${id}?suite=1`))
  })

  it('makes a figure of what it shows, in the document of the suite', async () => {
    const view = await show()
    await button(view, 'Make a figure of this')?.trigger('click')
    expect(useSuiteDocument().valueAt(['figures'])).toEqual([{ kind: 'fidelity', metric: 'downtimeMs', series: 'workload.writes' }])
    expect(useSuiteDocument().problems).toEqual([])
  })

  it('shows the marks of the backends', async () => {
    const view = await show()
    const marks = view.findAll('.marks li').map((item) => [item.text(), item.get('circle').attributes('fill')])
    expect(marks).toEqual([['measured by agents', 'currentColor'], ['simulated', 'none']])
  })

  it('compares again when the suite has new runs, and keeps what it shows meanwhile', async () => {
    let asked = 0
    const view = await show({ calls: { fidelity: async () => {
      asked += 1
      return answer
    } } })
    expect(asked).toBe(1)
    tell.suitesChanged([{ ...suite, finished: suite.finished + 1 }])
    await vi.waitFor(() => expect(asked).toBe(2))
    expect(view.find('[aria-busy="true"]').exists()).toBe(false)
  })

  it('shows the suite that is asked for, and lets another be chosen', async () => {
    const asked: number[] = []
    const other = { ...suite, suiteId: 2, name: 'Other', finished: 7 }
    const view = await show({ path: '/fidelity?suite=2', calls: { suites: async () => [suite, other], fidelity: async (suiteId) => {
      asked.push(suiteId)
      return answer
    } } })
    await view.find('#fidelity-suite').setValue('1')
    await flushPromises()
    expect(asked).toEqual([2, 1])
  })

  it('says what to do where only one backend made runs', async () => {
    const view = await show({ calls: { fidelity: async () => ({ backends: ['sim'], comparisons: [] }) } })
    expect(view.text()).toContain('these runs were made by sim only; write `backends: [sim, agents]` in the suite and run it again')
    expect(view.find('#fidelity-suite').exists()).toBe(true)
    expect(view.find('#panel-lower').exists()).toBe(false)
  })

  it('says so where no point has both, and still lists what is missing', async () => {
    const none = suiteFidelity(records.filter(({ backend, point }) => (backend === 'sim') === (point === 0)))
    const view = await show({ calls: { fidelity: async () => none } })
    expect(view.text()).toContain('No point was both simulated and measured')
    await view.find('#tab-left-out').trigger('click')
    expect(view.get('#panel-lower').findAll('li')).toHaveLength(none.comparisons[0]?.missing.length ?? 0)
  })

  it('is empty without results, busy while it reads them, and tells why they cannot be read', async () => {
    expect((await show({ calls: { suites: async () => [] } })).text()).toContain('Once a suite was both simulated and measured')
    shown?.unmount()
    setActivePinia(createPinia())
    let refuse: (error: GodwitError) => void = () => undefined
    const waiting = show({ calls: { fidelity: () => new Promise((_, reject) => (refuse = reject)) } })
    await vi.waitFor(() => expect(document.querySelector('[aria-busy="true"]')?.textContent).toContain('Comparing the runs'))
    refuse(new GodwitError('store.locked', 'the store is locked by another program'))
    expect((await waiting).get('[role="alert"]').text()).toContain('the store is locked')
  })
})
