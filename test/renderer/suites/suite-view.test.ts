// @vitest-environment happy-dom
/** The suite designer: what is typed and clicked in it, against the file that comes out. */

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { suitePresets } from '#shared/scenario/presets/index.ts'
import SuiteView from '../../../src-renderer/features/suites/SuiteView.vue'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { type InMemoryApp, startInMemoryApp } from '../stores/in-memory-app.ts'

let app: InMemoryApp
let view: VueWrapper

beforeEach(async () => {
  app = await startInMemoryApp()
  view = mount(SuiteView, { global: { plugins: app.plugins }, attachTo: document.body })
  await flushPromises()
})
afterEach(() => {
  view.unmount()
  vi.restoreAllMocks()
})

const byLabel = (label: string) => view.get(`[aria-label="${label}"]`)

/** Chooses a field in a combobox with the keyboard alone. */
async function chooseField(label: string, words: string): Promise<void> {
  const input = byLabel(label)
  await input.trigger('focus')
  await input.trigger('click')
  await input.setValue(words)
  await flushPromises()
  await new Promise((resolve) => requestAnimationFrame(resolve))
  await input.trigger('keydown', { key: 'Enter' })
  await flushPromises()
}

describe('factors', () => {
  it('are added, filled in and joined by keyboard, and read as if a person had written them', async () => {
    await chooseField('Add a factor', 'link.bandwidth')
    await byLabel('Values of link.bandwidth, with commas between them').setValue('100 Mbit/s, 1 Gbit/s')
    await chooseField('Add a factor', 'workload.writes')
    await view.findAll('select.form')[1]?.setValue('log')
    await byLabel('First value of workload.writes').setValue('1000 pages/s')
    await byLabel('Last value of workload.writes').setValue('64000 pages/s')
    await byLabel('Number of values of workload.writes').setValue('7')
    expect(useSuiteDocument().text).toBe(`godwit: 1
name: New suite
base:
  preset: lab/hot-cold-1g
vary:
  - { field: link.bandwidth, values: [100 Mbit/s, 1 Gbit/s] }
  - { field: workload.writes, range: { from: 1000 pages/s, to: 64000 pages/s, steps: 7, scale: log } }
repeat: 5
seed: 1
`)
    expect(view.get('[data-testid="run-count"]').text()).toBe('70')
  })

  it('that change together are one entry, and the last of them is a factor of its own again', async () => {
    const suite = useSuiteDocument()
    suite.set(['vary'], [{ field: 'workload.kind', values: ['uniform', 'hot-cold'] }])
    await flushPromises()
    await chooseField('Change another field together with workload.kind', 'guest.memory')
    await byLabel('Values of guest.memory, with commas between them').setValue('1 GiB, 2 GiB')
    expect(suite.text).toContain('  - zip:\n      - { field: workload.kind, values: [uniform, hot-cold] }\n      - { field: guest.memory, values: [1 GiB, 2 GiB] }\n')
    await byLabel('Take workload.kind out').trigger('click')
    expect(suite.valueAt(['vary'])).toEqual([{ field: 'guest.memory', values: ['1 GiB', '2 GiB'] }])
  })

  it('move with the arrow keys, and go with their button', async () => {
    const suite = useSuiteDocument()
    suite.set(['vary'], [{ field: 'guest.memory', values: ['1 GiB'] }, { field: 'link.latency', values: ['1 ms'] }])
    await flushPromises()
    await byLabel('Move guest.memory: arrow up, arrow down').trigger('keydown', { key: 'ArrowDown' })
    expect(suite.valueAt(['vary', 0, 'field'])).toBe('link.latency')
    await byLabel('Remove the factor link.latency').trigger('click')
    expect(suite.valueAt(['vary'])).toEqual([{ field: 'guest.memory', values: ['1 GiB'] }])
  })

  it('become a list that spells out the values of their range', async () => {
    const suite = useSuiteDocument()
    suite.set(['vary'], [{ field: 'guest.memory', range: { from: '1 GiB', to: '3 GiB', steps: 3 } }])
    await flushPromises()
    await view.get('select.form').setValue('list')
    expect(suite.valueAt(['vary', 0])).toEqual({ field: 'guest.memory', values: ['1 GiB', '2 GiB', '3 GiB'] })
  })

  it('say beside the row what is wrong with a value, while the text that was typed stays', async () => {
    useSuiteDocument().set(['vary'], [{ field: 'link.bandwidth', values: ['1 Gbit/s'] }])
    await flushPromises()
    const values = byLabel('Values of link.bandwidth, with commas between them')
    await values.setValue('1 Gbit/s, 3 apples,')
    expect((values.element as HTMLInputElement).value).toBe('1 Gbit/s, 3 apples,')
    expect(values.attributes('aria-invalid')).toBe('true')
    expect(view.get('.axis [role="alert"]').text()).toContain('apples')
    expect(view.text()).toContain('these are the runs of the suite before it')
  })

  it('follow an undo also in the field that is being typed in', async () => {
    const suite = useSuiteDocument()
    suite.set(['vary'], [{ field: 'link.bandwidth', values: ['1 Gbit/s'] }])
    await flushPromises()
    const values = byLabel('Values of link.bandwidth, with commas between them')
    await values.setValue('1 Gbit/s, 10 Gbit/s')
    suite.undo()
    await flushPromises()
    expect((values.element as HTMLInputElement).value).toBe('1 Gbit/s')
  })
})

describe('the constraint', () => {
  it('completes names of fields with the keyboard, and leaves the file when it is emptied', async () => {
    const suite = useSuiteDocument()
    const input = byLabel('Only points for which this holds')
    ;(input.element as HTMLInputElement).value = 'link.band'
    ;(input.element as HTMLInputElement).setSelectionRange(9, 9)
    await input.trigger('input')
    await input.trigger('keydown', { key: 'Enter' })
    expect(suite.valueAt(['constraint'])).toBe('link.bandwidth')
    await input.setValue('')
    expect(suite.text).not.toContain('constraint')
  })

  it('says what cannot be understood in it', async () => {
    await byLabel('Only points for which this holds').setValue('link.bandwith > 3')
    expect(view.get('.constraint [role="alert"]').text()).toContain('Did you mean "link.bandwidth"?')
  })
})

describe('the plan', () => {
  it('lists only the runs in sight of a suite of many', async () => {
    // The test's page has no layout; what the table asks of it is its height.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
    view.unmount()
    view = mount(SuiteView, { global: { plugins: app.plugins }, attachTo: document.body })
    useSuiteDocument().set(['repeat'], 2000)
    await flushPromises()
    expect(view.get('[data-testid="run-count"]').text()).toBe('2 000')
    const rows = view.findAll('[role="row"][aria-rowindex]').length
    expect(rows).toBeGreaterThan(5)
    expect(rows).toBeLessThan(80)
  })

  it('lists the figures of the suite and removes them', async () => {
    const suite = useSuiteDocument()
    suite.replaceText(suitePresets['clark-2005']?.yaml ?? '')
    await flushPromises()
    const figures = (): number => (suite.valueAt(['figures']) as readonly unknown[]).length
    const before = figures()
    await view.findAll('[role="tab"]').find((tab) => tab.text().startsWith('Figures'))?.trigger('mousedown', { button: 0 })
    await flushPromises()
    await byLabel('Remove the figure downtime').trigger('click')
    expect(figures()).toBe(before - 1)
  })
})

it('shows a broken file as text, with the line of each problem, until it is mended', async () => {
  const suite = useSuiteDocument()
  suite.replaceText('godwit: 1\nname: [\n')
  await flushPromises()
  expect(view.text()).toContain('cannot be read as YAML')
  expect(view.text()).toMatch(/Line \d/)
  await view.get('textarea').setValue('godwit: 1\nname: Mended\n')
  expect((view.get('input[type="text"]').element as HTMLInputElement).value).toBe('Mended')
})
