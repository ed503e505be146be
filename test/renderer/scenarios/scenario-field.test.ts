// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { describeField } from '#shared/scenario/editor-model.ts'
import { parseFieldPath } from '#shared/scenario/field-index.ts'
import ScenarioField from '../../../src-renderer/components/fields/ScenarioField.vue'

interface Given {
  readonly written?: unknown
  readonly baseline?: unknown
  readonly idle?: string
  readonly problem?: string
}

/** A field whose changes come back as what is written, as they do through the document. */
function show(path: string, { written, baseline, idle, problem }: Given = {}) {
  const field = describeField(parseFieldPath(path))
  if (field === undefined) throw new Error(`there is no field ${path}`)
  const wrapper = mount(ScenarioField, {
    attachTo: document.body,
    props: { field, written, baseline, idle: idle ?? null, problem: problem ?? null, onChange: (value: unknown) => void wrapper.setProps({ written: value }) },
    global: { stubs: { RouterLink: true } },
  })
  const input = () => wrapper.get<HTMLInputElement>(`#field-${path.replaceAll('.', '-')}`)
  const changes = (): unknown[] => (wrapper.emitted('change') ?? []).map(([value]) => value)
  return { wrapper, input, changes }
}

describe('a field of the scenario', () => {
  it('has a label that belongs to its control', () => {
    const { wrapper, input } = show('link.bandwidth')
    expect(wrapper.get('label').attributes('for')).toBe(input().attributes('id'))
    expect(wrapper.get('label').text()).toBe('Bandwidth')
  })

  it('writes each value that is understood while it is typed, and shows it apart from its unit when it is left', async () => {
    const { wrapper, input, changes } = show('link.latency')
    await input().setValue('300ms')
    expect(changes()).toEqual(['300 ms'])
    expect(input().element.value).toBe('300ms')
    await input().trigger('blur')
    expect(input().element.value).toBe('300')
    expect(wrapper.get<HTMLSelectElement>('select').element.value).toBe('ms')
  })

  it('says beside the field what is wrong, and writes nothing', async () => {
    const { wrapper, input, changes } = show('link.latency')
    await input().setValue('5 parsecs')
    expect(wrapper.get('[role=alert]').text()).toContain('"parsecs" is not a unit')
    expect(input().attributes('aria-invalid')).toBe('true')
    expect(input().attributes('aria-describedby')).toBe(wrapper.get('[role=alert]').attributes('id'))
    expect(changes()).toEqual([])
  })

  it('goes back to what stands in the file on Escape', async () => {
    const { wrapper, input } = show('link.latency', { written: '2 ms' })
    await input().setValue('5 parsecs')
    await input().trigger('keydown', { key: 'Escape' })
    expect(input().element.value).toBe('2')
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  it('keeps the number and takes the new unit from the menu', async () => {
    const { wrapper, changes } = show('link.bandwidth', { baseline: '1 Gbit/s' })
    await wrapper.get('select').setValue('Mbit/s')
    expect(changes()).toEqual(['1 Mbit/s'])
  })

  it('marks a value that differs from the preset with a dot that takes it out of the file', async () => {
    const { wrapper, changes } = show('link.bandwidth', { written: '300 Mbit/s', baseline: '1 Gbit/s' })
    const dot = wrapper.get('button.dot')
    expect(dot.classes()).toContain('differs')
    await dot.trigger('click')
    expect(changes()).toEqual([undefined])
    expect(wrapper.find('button.dot').exists()).toBe(false)
  })

  it('does not count another spelling of the same value as a difference', () => {
    const { wrapper } = show('guest.memory', { written: '1024 MiB', baseline: '1 GiB' })
    expect(wrapper.get('button.dot').classes()).not.toContain('differs')
    expect(wrapper.text()).toContain('= 1 GiB')
  })

  it('is disabled and says why while it is not read', () => {
    const { wrapper, input } = show('workload.exponent', { idle: 'Read only if workload kind is zipf or oltp; here it is idle.' })
    expect(input().element.disabled).toBe(true)
    expect(document.getElementById(input().attributes('aria-describedby') ?? '')?.textContent).toContain('Read only if workload kind is zipf')
    expect(wrapper.text()).toContain('not read')
  })

  it('switches off when it is emptied, and goes back to the baseline where it cannot be off', async () => {
    const rate = show('strategy.minRate', { written: '10 Mbit/s' })
    await rate.input().setValue('')
    expect(rate.changes()).toEqual([])
    await rate.input().trigger('blur')
    expect(rate.changes()).toEqual(['off'])
    const memory = show('guest.memory', { written: '2 GiB', baseline: '1 GiB' })
    await memory.input().setValue('')
    await memory.input().trigger('blur')
    expect(memory.changes()).toEqual([undefined])
    expect(memory.input().element.value).toBe('1')
  })

  it('steps with the arrow keys', async () => {
    const { input, changes } = show('workload.writes', { written: '9000 pages/s' })
    await input().trigger('keydown', { key: 'ArrowUp' })
    await input().trigger('keydown', { key: 'ArrowUp' })
    expect(changes()).toEqual(['10000 pages/s', '20000 pages/s'])
  })

  it('gives way to a change from elsewhere, such as undo', async () => {
    const { wrapper, input } = show('link.latency', { written: '2 ms' })
    await input().setValue('3 ms')
    await wrapper.setProps({ written: '2 ms' })
    expect(input().element.value).toBe('2')
  })

  it('shows a switch for on and off, and writes the words', async () => {
    const { input, changes } = show('strategy.skipDirty')
    expect(input().attributes('role')).toBe('switch')
    await input().trigger('change')
    expect(changes()).toEqual(['on'])
  })

  it('says a problem of several fields together at this one', () => {
    const { wrapper } = show('workload.workingSet', { written: '5 GiB', problem: 'the working set reaches beyond the memory of the guest' })
    expect(wrapper.get('[role=alert]').text()).toBe('the working set reaches beyond the memory of the guest')
  })

  it('opens its options with the arrow key, each with its meaning, and writes the one that is picked', async () => {
    const { wrapper, input, changes } = show('strategy.kind')
    expect(input().attributes('role')).toBe('combobox')
    await input().trigger('keydown', { key: 'ArrowDown' })
    await nextTick()
    const options = [...document.querySelectorAll<HTMLElement>('[role=option]')]
    const named = (name: string): HTMLElement | undefined => options.find((option) => option.querySelector('.pick-name')?.textContent === name)
    expect(named('stop-and-copy')?.textContent).toContain('Stop the guest, send everything')
    named('stop-and-copy')?.click()
    await nextTick()
    expect(changes()).toEqual(['stop-and-copy'])
    wrapper.unmount()
  })
})
