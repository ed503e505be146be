// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { Scenario, ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import ModelTable from '../../../src-renderer/components/models/ModelTable.vue'
import { answerModels } from '../../../src-renderer/workers/answer-models.ts'
import type { ModelsAnswer, ModelsRequest, ModelsWorker } from '../../../src-renderer/workers/models-protocol.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

/** A worker without a thread, which does the real work when it is told to. */
class InProcessWorker implements ModelsWorker {
  request: ModelsRequest | null = null
  terminated = false
  readonly #onMessage: Array<(event: { readonly data: ModelsAnswer }) => void> = []
  readonly #onError: Array<(event: { readonly message: string }) => void> = []

  postMessage(request: ModelsRequest): void {
    this.request = request
  }

  terminate(): void {
    this.terminated = true
  }

  addEventListener(type: 'message' | 'error', listener: ((event: { readonly data: ModelsAnswer }) => void) & ((event: { readonly message: string }) => void)): void {
    if (type === 'message') this.#onMessage.push(listener)
    else this.#onError.push(listener)
  }

  answer(): void {
    if (this.request === null) throw new Error('the worker was asked nothing')
    const data = answerModels(structuredClone(this.request))
    for (const listener of this.#onMessage) listener({ data })
  }

  break(message: string): void {
    for (const listener of this.#onError) listener({ message })
  }
}

let shown: VueWrapper | undefined
afterEach(() => shown?.unmount())

function show(input: ScenarioInput, over: Partial<MigrationStats> = {}) {
  const workers: InProcessWorker[] = []
  const scenario: Scenario = scenarioOf({ guest: { memory: '32 MiB' }, ...input })
  const run = { ...simulate(scenario, 3), ...over, runId: 'one', seed: 3 }
  const view = mount(ModelTable, {
    props: {
      run,
      scenario,
      startWorker: () => {
        const worker = new InProcessWorker()
        workers.push(worker)
        return worker
      },
    },
    attachTo: document.body,
  })
  shown = view
  return { view, run, workers, newest: () => workers.at(-1) ?? new InProcessWorker() }
}

async function open(view: VueWrapper, isOpen = true): Promise<void> {
  const details = view.get('details').element as HTMLDetailsElement
  details.open = isOpen
  details.dispatchEvent(new Event('toggle'))
  await flushPromises()
}

const sweeping = { workload: { kind: 'sequential', writes: 3000, workingSet: '8 MiB' } } as const

it('nothing is worked out before the table is opened', async () => {
  const { view, workers } = show(sweeping)
  expect(workers).toHaveLength(0)
  await open(view)
  expect(workers).toHaveLength(1)
  expect(view.get('[role="status"]').text()).toBe('Measuring the workload for the models')
})

it('the table shows the run, then every model with its tag, its numbers and their errors', async () => {
  const { view, newest } = show(sweeping)
  await open(view)
  newest().answer()
  await flushPromises()
  const rows = view.findAll('tbody tr').map((row) => row.findAll('th, td').map((cell) => cell.text()))
  expect(rows.map(([name, known]) => [name, known])).toEqual([
    ['This run', 'simulated'], ['Survey, lower bound', 'source'], ['Survey, upper bound', 'lab'], ['Geometric', 'recalled'], ['Akoush AVG', 'recalled'], ['Akoush HIST', 'recalled'], ['SimGrid', 'verified'],
  ])
  const history = rows.find(([name]) => name === 'Akoush HIST') ?? []
  expect(history[2]).toMatch(/^\d/)
  expect(Math.abs(Number.parseFloat(history[3] ?? 'x'))).toBeLessThan(1)
  expect(newest().terminated).toBe(true)
})

it('a model that fails or does not apply says why across its row', async () => {
  const { view, newest } = show({ workload: { kind: 'diabolical', writes: 1e6, workingSet: '8 MiB' }, strategy: { policy: 'xen-current' } })
  await open(view)
  newest().answer()
  await flushPromises()
  expect(view.findAll('tbody tr').at(-1)?.text()).toContain("Fails: SimGrid's loop never ends")
})

it('a run that did not complete is shown without errors', async () => {
  const { view, newest } = show(sweeping, { outcome: 'failed' })
  await open(view)
  newest().answer()
  await flushPromises()
  const [own, ...models] = view.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))
  expect(own?.[0]).toBe('failed')
  for (const cells of models) expect([cells[2], cells[4], cells[6], cells[8]]).toEqual(['-', '-', '-', '-'])
})

it('another run is worked out anew, and an answer about the one before is dropped', async () => {
  const { view, run, workers } = show(sweeping)
  await open(view)
  await view.setProps({ run: { ...run, runId: 'two', seed: 4 } })
  expect(workers.map(({ terminated, request }) => [terminated, request?.seed])).toEqual([[true, 3], [false, 4]])
  workers[0]?.answer()
  await flushPromises()
  expect(view.find('table').exists()).toBe(false)
  workers[1]?.answer()
  await flushPromises()
  expect(view.find('table').exists()).toBe(true)
})

it('closing the table ends the work', async () => {
  const { view, newest } = show(sweeping)
  await open(view)
  await open(view, false)
  expect(newest().terminated).toBe(true)
  expect(view.find('[role="status"]').exists()).toBe(false)
})

it('a worker that breaks is told, and can be tried again', async () => {
  const { view, newest, workers } = show(sweeping)
  await open(view)
  newest().break('out of memory')
  await flushPromises()
  expect(view.get('[role="alert"]').text()).toContain('The models could not be worked out: out of memory')
  await view.get('button').trigger('click')
  newest().answer()
  await flushPromises()
  expect(workers).toHaveLength(2)
  expect(view.find('table').exists()).toBe(true)
})
