// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import DesignView from '../../../src-renderer/features/scenarios/DesignView.vue'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { memoryProgram } from './program.ts'

let mounted: VueWrapper | undefined

async function open(text: string, path = '/design') {
  setActivePinia(createPinia())
  useSession().attach(memoryProgram().program)
  const suite = useSuiteDocument()
  suite.replaceText(text)
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/design', component: DesignView }, { path: '/suite', component: { template: '<i />' } }] })
  await router.push(path)
  mounted = mount(DesignView, { attachTo: document.body, global: { plugins: [router] } })
  await flushPromises()
  const wrapper = mounted
  const figure = (label: string): string => wrapper.findAll('.figure').find((entry) => entry.text().includes(label))?.get('.value').text() ?? ''
  const type = async (id: string, value: string): Promise<void> => {
    await wrapper.get<HTMLInputElement>(`#field-${id}`).setValue(value)
    await flushPromises()
  }
  return { wrapper, suite, router, figure, type }
}

const small = 'godwit: 1\nname: Small\nbase:\n  guest: { memory: 32 MiB }\n  workload: { kind: uniform, writes: 500 pages/s, workingSet: 8 MiB } # busy\nseed: 3\n'

describe('the design view', () => {
  afterEach(() => {
    mounted?.unmount()
    mounted = undefined
  })

  it('simulates the base scenario and says which seed it took', async () => {
    const { wrapper, figure } = await open(small)
    expect(wrapper.get('.preview').attributes('data-state')).toBe('shown')
    expect(figure('Outcome')).toBe('Completed')
    expect(wrapper.get('.which').text()).toMatch(/first repetition \(seed \d+\)/)
  })

  it('writes a typed value into the file beside its comments, and previews it', async () => {
    const { suite, figure, type } = await open(small)
    const before = figure('Total')
    await type('link-bandwidth', '100 Mbit/s')
    expect(suite.valueAt(['base', 'link', 'bandwidth'])).toBe('100 Mbit/s')
    expect(suite.text).toContain('# busy')
    expect(figure('Total')).not.toBe(before)
  })

  it('goes back to the file before with undo', async () => {
    const { suite, wrapper, type } = await open(small)
    await type('link-bandwidth', '100 Mbit/s')
    suite.undo()
    await flushPromises()
    expect(suite.text).toBe(small)
    expect(wrapper.get<HTMLInputElement>('#field-link-bandwidth').element.value).toBe('1')
  })

  it('explains fields that contradict each other in place, and keeps the last picture', async () => {
    const { wrapper, type } = await open(small)
    await type('workload-workingSet', '64 MiB')
    expect(wrapper.get('#field-workload-workingSet-message').text()).toContain('reaches beyond the memory of the guest')
    expect(wrapper.get('.preview').attributes('data-state')).toBe('broken')
    expect(wrapper.find('.timeline').exists()).toBe(true)
    expect(wrapper.get('.banner').text()).toContain('the last one without')
  })

  it('asks before it simulates a guest of more than 64 GiB', async () => {
    const { wrapper } = await open(small.replace('32 MiB', '65 GiB'))
    expect(wrapper.get('.preview').attributes('data-state')).toBe('asks')
    expect(wrapper.get('.preview button.primary').text()).toBe('Preview this guest')
  })

  it('opens a file that is no YAML in the text, at the line where it breaks', async () => {
    const { wrapper, suite } = await open('godwit: 1\nname: [Broken\nbase: {}\n')
    const area = wrapper.get<HTMLTextAreaElement>('textarea').element
    expect(area.value).toBe(suite.text)
    expect(wrapper.get('.problems').text()).toMatch(/Line [23]/)
    expect(wrapper.get('.gutter .wrong').text()).toMatch(/! [23]/)
  })

  it('shows the form again once the text was mended', async () => {
    const { wrapper, suite } = await open('godwit: 1\nname: [Broken\nbase: {}\n')
    await wrapper.get('textarea').setValue('godwit: 1\nname: Mended\nbase: {}\n')
    await flushPromises()
    expect(suite.name).toBe('Mended')
    expect(wrapper.get('#text-problems').text()).toBe('The file has no problems.')
  })

  it('opens the sections around a field that the address names, and puts the focus on it', async () => {
    await open(small, '/design?field=strategy.stop.giveUp')
    await flushPromises()
    expect(document.activeElement?.id).toBe('field-strategy-stop-giveUp')
  })

  it('leads to the button that adds an entry when the list of a field is empty', async () => {
    await open(small, '/design?field=faults.0.at')
    await flushPromises()
    expect(document.activeElement?.textContent).toContain('Add fault')
  })

  it('adds a failure, says that it needs a time, and previews it once it has one', async () => {
    const { wrapper, suite, type, figure } = await open(small, '/design?field=faults.0.at')
    await flushPromises()
    await wrapper.get('#field-faults-add').trigger('click')
    await flushPromises()
    expect(suite.valueAt(['base', 'faults'])).toEqual([{}])
    expect(wrapper.text()).toContain('a failure needs a time (at) or a phase')
    await type('faults-0-at', '50 ms')
    expect(figure('Outcome')).toBe('Failed')
  })

  it('copies the list of a preset into the file when an entry of it is changed', async () => {
    const { suite, type } = await open('godwit: 1\nname: Preset\nbase: { preset: lab/link-loss-1g }\n', '/design?field=faults.0.at')
    await flushPromises()
    await type('faults-0-at', '1500 ms')
    expect(suite.valueAt(['base', 'faults', 0, 'at'])).toBe('1500 ms')
    expect(suite.problems).toEqual([])
  })

  it('leads from the summary of problems to the field that is wrong', async () => {
    const { wrapper, type } = await open(small)
    await type('workload-workingSet', '64 MiB')
    await wrapper.get('button.problems').trigger('click')
    await flushPromises()
    expect(document.activeElement?.id).toBe('field-workload-workingSet')
  })

  it('takes everything but the preset out of the file with one button', async () => {
    const { wrapper, suite } = await open('godwit: 1\nname: Preset\nbase:\n  preset: lab/idle\n  link: { bandwidth: 5 Gbit/s }\n')
    await wrapper.findAll('button').find((button) => button.text() === 'Reset all')?.trigger('click')
    expect(suite.valueAt(['base'])).toEqual({ preset: 'lab/idle' })
  })

  it('marks a field that the suite varies', async () => {
    const { wrapper } = await open(`${small}vary: [{ field: link.bandwidth, values: [1 Gbit/s, 2 Gbit/s] }]\n`)
    expect(wrapper.findAll('a.note').map((link) => link.text())).toEqual(['varied'])
  })
})
