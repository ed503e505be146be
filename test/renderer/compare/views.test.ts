// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import ChartFigure from '../../../src-renderer/charts/ChartFigure.vue'
import { type Component, shallowRef } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import type { ChartMark } from '#shared/figures/spec.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents, FigureRequest, RunRow, SuiteEntry } from '#shared/rpc/app-contract.ts'
import { channelPair, connectApp, serveApp } from '#shared/rpc/channel.ts'
import type { Program } from '../../../src-renderer/api/connection.ts'
import CompareView from '../../../src-renderer/features/compare/CompareView.vue'
import FiguresView from '../../../src-renderer/features/figures/FiguresView.vue'
import { useComparison } from '../../../src-renderer/features/compare/comparison.ts'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { gridOfRuns } from '../../unit/figures/runs.ts'

const whole = gridOfRuns()
const rows: readonly RunRow[] = whole.map(({ iterations, timeline: _, wws: __, ...run }) => ({ ...run, suiteId: 1, tags: [], note: '', exclusion: null, iterationPages: iterations.map(({ pages }) => pages) }))
const suite: SuiteEntry = { suiteId: 1, name: 'test', createdAt: '2026-01-01T00:00:00Z', points: 8, planned: rows.length, finished: rows.length, crashed: 0 }

/** A service in memory; what a test does not need is refused. */
function programOf(some: Partial<AppCalls>): Program {
  const [here, there] = channelPair()
  const known: Partial<AppCalls> = {
    suites: async () => [suite],
    runRows: async () => rows,
    run: async (runId) => whole.find((run) => run.runId === runId) ?? Promise.reject(new GodwitError('results.no-run', 'there is no such run')),
    saveDraft: async () => undefined,
    dropDraft: async () => undefined,
    ...some,
  }
  const service = new Proxy({} as AppCalls, { get: (_, name) => known[name as keyof AppCalls] ?? (() => Promise.reject(new GodwitError('test.unserved', `${String(name)} is not served`))) })
  serveApp(there, service)
  const deaf = new Proxy({} as AppEvents, { get: () => () => undefined })
  return { calls: connectApp(here, deaf), state: shallowRef('open' as const), on: () => () => undefined }
}

let shown: VueWrapper | undefined
let router: Router
beforeEach(() => setActivePinia(createPinia()))
afterEach(() => shown?.unmount())

async function show(view: Component, { path = '/', calls = {} }: { readonly path?: string; readonly calls?: Partial<AppCalls> } = {}): Promise<VueWrapper> {
  const empty = { template: '<p />' }
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: empty }, { path: '/results/run/:runId', name: 'run', component: empty }, { path: '/:rest(.*)*', component: empty }] })
  await router.push(path)
  useSession().attach(programOf(calls))
  shown = mount(view, { global: { plugins: [router] }, attachTo: document.body })
  await vi.waitFor(() => {
    if (shown?.find('[aria-busy="true"]').exists() === true) throw new Error('still loading')
  })
  await flushPromises()
  return shown
}

describe('Compare', () => {
  it('proposes axes that fit what the newest suite varies, and says n and interval', async () => {
    const view = await show(CompareView)
    await vi.waitFor(() => expect(view.text()).toContain('Downtime (ms) over workload writes (pages/s), by link bandwidth: mean, n = 3, 95 % interval (Student t).'))
    expect(view.find('[data-chart] [role="group"]').attributes('aria-label')).toContain('Downtime (ms)')
  })

  it('gives differences from a baseline, paired by seed', async () => {
    const view = await show(CompareView)
    await view.find('#tab-differences').trigger('click')
    expect(view.text()).toContain('Choose a baseline')
    await view.find('#compare-baseline').setValue('100 Mbit/s')
    const cells = view.findAll('#panel-lower tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))
    expect(cells).toHaveLength(4)
    for (const [, side, pairs, , , difference, , , , verdict] of cells) {
      expect([side, pairs]).toEqual(['400 Mbit/s', '3'])
      expect(difference).toMatch(/^-/)
      expect(verdict).toMatch(/lower, better|not told apart/)
    }
  })

  it('leaves out the values that are filtered away', async () => {
    const view = await show(CompareView)
    useComparison().keep('link.bandwidth', '400 Mbit/s', false)
    await flushPromises()
    expect(view.findAll('#panel-lower tbody tr')).toHaveLength(4)
  })

  it('says what to do where the runs do not give the chart', async () => {
    const view = await show(CompareView)
    await view.find('#compare-series').setValue('')
    await flushPromises()
    expect(view.find('[role="alert"]').text()).toContain('"link.bandwidth" varies as well')
  })

  it('keeps its baseline in the figure, whose data then has the differences', async () => {
    const view = await show(CompareView)
    await view.find('#compare-baseline').setValue('100 Mbit/s')
    await flushPromises()
    expect(view.get('#panel-lower').text()).toContain('difference from 100 Mbit/s (ms)')
    await view.findAll('button').find((button) => button.text() === 'Make a figure of this')?.trigger('click')
    expect(useSuiteDocument().valueAt(['figures'])).toEqual([{ kind: 'lines', metric: 'downtimeMs', x: 'workload.writes', series: 'link.bandwidth', baseline: '100 Mbit/s' }])
    expect(useSuiteDocument().problems).toEqual([])
  })

  it('makes a figure of what it shows, in the document of the suite', async () => {
    const view = await show(CompareView)
    await view.findAll('button').find((button) => button.text() === 'Make a figure of this')?.trigger('click')
    expect(useSuiteDocument().valueAt(['figures'])).toEqual([{ kind: 'lines', metric: 'downtimeMs', x: 'workload.writes', series: 'link.bandwidth' }])
    expect(useSuiteDocument().problems).toEqual([])
  })

  it('leads from a mark to its runs by a filter', async () => {
    const view = await show(CompareView)
    const chart = view.findComponent(ChartFigure).vm as { $emit: (event: 'pick', mark: ChartMark) => void }
    chart.$emit('pick', { runIds: ['test-sim-0-1', 'test-sim-0-2'], filter: 'suite = test and link.bandwidth = "100 Mbit/s"' })
    await flushPromises()
    expect(router.currentRoute.value).toMatchObject({ path: '/results', query: { suite: '1', filter: 'link.bandwidth = "100 Mbit/s"' } })
  })

  it('lays the runs over each other that the results view sends', async () => {
    const view = await show(CompareView, { path: '/compare?suite=1&runs=test-sim-0-1,test-sim-1-1' })
    await vi.waitFor(() => expect(view.text()).toContain('Rate of transfer (Mbit/s) over time of 2 runs'))
  })

  it('is empty without results, and tells why they cannot be read', async () => {
    expect((await show(CompareView, { calls: { suites: async () => [] } })).text()).toContain('Once a suite was run')
    shown?.unmount()
    setActivePinia(createPinia())
    const view = await show(CompareView, { calls: { suites: () => Promise.reject(new GodwitError('store.locked', 'the store is locked by another program')) } })
    expect(view.find('[role="alert"]').text()).toContain('the store is locked')
  })
})

describe('Figures', () => {
  it('begins empty, and adds a recipe that suits the runs', async () => {
    const view = await show(FiguresView)
    expect(view.text()).toContain('A recipe says what a figure shows')
    await view.findAll('button').find((button) => button.text() === 'Add a figure')?.trigger('click')
    await flushPromises()
    expect(useSuiteDocument().valueAt(['figures', 0])).toMatchObject({ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth' })
    expect(view.text()).toContain('8.50 cm × 5.67 cm')
  })

  it('keeps what is edited in the document, and undoes it there', async () => {
    useSuiteDocument().set(['figures'], [{ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth' }])
    const view = await show(FiguresView)
    await view.find('#recipe-title').setValue('Downtime')
    await view.find('#recipe-column').setValue('lncs')
    await flushPromises()
    expect(useSuiteDocument().valueAt(['figures', 0])).toMatchObject({ title: 'Downtime', column: 'lncs' })
    expect(view.text()).toContain('12.20 cm')
    useSuiteDocument().undo()
    expect(useSuiteDocument().valueAt(['figures', 0, 'column'])).toBeUndefined()
  })

  it('says beside the field what is wrong with it', async () => {
    useSuiteDocument().set(['figures'], [{ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth' }])
    const view = await show(FiguresView)
    await view.find('#recipe-width').setValue('9 m')
    await flushPromises()
    expect(view.find('#recipe-width').attributes('aria-invalid')).toBe('true')
    expect(view.find('#recipe-width-problem').text()).toContain('"9 m" is not a length')
  })

  it('asks the program for the file of the figure that is shown', async () => {
    const asked: FigureRequest[] = []
    useSuiteDocument().set(['figures'], [{ kind: 'bars', name: 'mine', x: 'workload.writes', series: 'link.bandwidth' }])
    const view = await show(FiguresView, {
      calls: { renderFigure: async (request) => {
        asked.push(request)
        throw new GodwitError('figure.font', 'There is no such font')
      } },
    })
    await view.findAll('button').find((button) => button.text() === 'PGF/TikZ')?.trigger('click')
    await flushPromises()
    expect(asked).toEqual([{ recipe: { kind: 'bars', name: 'mine', x: 'workload.writes', series: 'link.bandwidth' }, suiteIds: [1], format: 'tex' }])
    await vi.waitFor(() => expect(useSession().notice?.text).toBe('There is no such font'))
  })
})
