// @vitest-environment happy-dom
/** The choice of backends in the suite designer, against the file that comes out. */

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backendTable } from '#shared/scenario/backends.ts'
import SuiteView from '../../../src-renderer/features/suites/SuiteView.vue'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { type InMemoryApp, startInMemoryApp } from '../stores/in-memory-app.ts'

let view: VueWrapper

let app: InMemoryApp

beforeEach(async () => {
  app = await startInMemoryApp()
  view = mount(SuiteView, { global: { plugins: app.plugins }, attachTo: document.body })
  await flushPromises()
})
afterEach(() => {
  view.unmount()
  vi.restoreAllMocks()
})

/** The checkbox whose label begins so. */
function box(label: string) {
  const found = view.findAll('.backends label').find((candidate) => candidate.text().startsWith(label))
  if (found === undefined) throw new Error(`there is no checkbox "${label}"`)
  return found.get('input[type="checkbox"]')
}

async function write(...lines: readonly string[]): Promise<void> {
  useSuiteDocument().replaceText(['godwit: 1', 'name: Test', ...lines, ''].join('\n'))
  await flushPromises()
}

async function fill(label: string, text: string): Promise<void> {
  const found = view.findAll('.hosts label').find((candidate) => candidate.text() === label)
  const field = view.get(`[id="${found?.attributes('for') ?? ''}"]`)
  ;(field.element as HTMLInputElement).value = text
  await field.trigger('change')
  await flushPromises()
}

describe('backends', () => {
  it('are offered with what they mean, those of later versions disabled', () => {
    expect(view.findAll('.backends .meaning').map((words) => words.text())).toEqual(Object.values(backendTable).map(({ meaning }) => meaning))
    expect(box('QEMU').attributes('disabled')).toBeDefined()
    expect(box('Host agents').attributes('disabled')).toBeUndefined()
  })

  it('are written in their order; the last one stays', async () => {
    expect(box('Simulator').attributes('disabled')).toBeDefined()
    await box('Host agents').setValue(true)
    expect(useSuiteDocument().text).toContain('backends: [sim, agents]\n')
    expect(view.get('[data-testid="run-count"]').text()).toBe('10')
    await box('Simulator').setValue(false)
    expect(useSuiteDocument().valueAt(['backends'])).toEqual(['agents'])
    expect(box('Host agents').attributes('disabled')).toBeDefined()
  })

  it('stand beside each run where they tell runs apart', async () => {
    const heads = (): string[] => view.findAll('[role="columnheader"]').map((head) => head.text())
    expect(heads()).not.toContain('Backend')
    // The test's page has no layout; what the table asks of it is its height.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
    view.unmount()
    view = mount(SuiteView, { global: { plugins: app.plugins }, attachTo: document.body })
    await write('backends: [sim, agents]', 'vary: [{ field: guest.vcpus, values: [1, 2] }]', 'repeat: 2')
    expect(heads()).toEqual(['Run', 'guest.vcpus', 'Backend', 'Rep.', 'Seed'])
    const rows = view.findAll('.body [role="row"]').map((row) => row.findAll('[role="cell"]').slice(1, 4).map((cell) => cell.text()).join(' '))
    expect(rows).toEqual(['1 sim 1', '2 sim 1', '1 agents 1', '2 agents 1', '1 sim 2', '2 sim 2', '1 agents 2', '2 agents 2'])
  })

  it('on agents take real time, and that is estimated', async () => {
    await write('base: { guest: { memory: 1 GiB }, workload: { kind: idle }, link: { bandwidth: 1 Gbit/s } }', 'repeat: 3', 'backends: [agents]')
    const numbers = Object.fromEntries(view.findAll('.numbers > div').map((pair) => [pair.get('dt').text(), pair.get('dd').text()]))
    // 8.6 s for a gibibyte, and two seconds each.
    expect(numbers).toMatchObject({ Runs: '3', 'Estimated time': '32 s', 'Simulated time': '–', Transferred: '3 GiB' })
    expect(view.findAll('.numbers > div')[2]?.attributes('title')).toBe('Estimated: 32 s for 3 runs on agents, one after the other')
  })
})

describe('what agents cannot do', () => {
  const cold = ['base:', '  workload: { kind: idle }', '  strategy: { kind: cold }']

  it('is told before they are chosen, without a fuss', async () => {
    await write(...cold)
    expect(view.get('[data-testid="agents-obstacles"]').text()).toBe('Host agents could not run this suite as it is: strategy.kind.')
    expect(useSuiteDocument().problems).toEqual([])
  })

  it('is a problem once they are chosen, told beside them and at its field', async () => {
    await write(...cold, 'backends: [sim, agents]')
    expect(view.find('[data-testid="agents-obstacles"]').exists()).toBe(false)
    expect(view.get('.backends [role="alert"]').text()).toContain('Agents cannot migrate cold: they hold no files of a guest')
    expect(useSuiteDocument().problems).toMatchObject([{ field: 'base.strategy.kind', backend: 'agents' }])
    await box('Host agents').setValue(false)
    await flushPromises()
    expect(useSuiteDocument().problems).toEqual([])
  })
})

describe('hosts', () => {
  it('are asked for with agents only, and stay as they are when something else changes', async () => {
    expect(view.find('.hosts').exists()).toBe(false)
    await write('backends: [agents]', "hosts: { source: 'lab-1:7300', destination: 'lab-2:7300', shaping: off } # ours")
    expect(view.findAll('.hosts input[type="text"]').map((field) => (field.element as HTMLInputElement).value)).toEqual(['lab-1:7300', 'lab-2:7300'])
    expect((box('Imitate the link').element as HTMLInputElement).checked).toBe(false)
    useSuiteDocument().set(['name'], 'Another')
    await box('Simulator').setValue(true)
    expect(useSuiteDocument().text).toContain("hosts: { source: 'lab-1:7300', destination: 'lab-2:7300', shaping: off } # ours")
    expect(useSuiteDocument().suite?.hosts).toEqual({ remote: { source: { host: 'lab-1', port: 7300 }, destination: { host: 'lab-2', port: 7300 } }, shaping: false })
  })

  it('are written as they are typed, and what is wrong is told beside the field', async () => {
    await write('backends: [agents]')
    await fill('Source agent', 'lab-1:7300')
    expect(view.get('.hosts [role="alert"]').text()).toContain('The source is named and the destination is not; name both')
    await fill('Destination agent', 'lab-2:7300')
    expect(view.find('.hosts [role="alert"]').exists()).toBe(false)
    await box('Imitate the link').setValue(false)
    expect(useSuiteDocument().suite?.hosts).toEqual({ remote: { source: { host: 'lab-1', port: 7300 }, destination: { host: 'lab-2', port: 7300 } }, shaping: false })
    await box('Imitate the link').setValue(true)
    await fill('Source agent', '')
    await fill('Destination agent', '')
    expect(useSuiteDocument().suite?.hosts).toBeNull()
    expect(useSuiteDocument().text).not.toContain('hosts')
  })
})
