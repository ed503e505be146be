// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { compileFilter, type FilterField } from '#shared/analysis/filter.ts'
import { rowFields } from '#shared/analysis/row-fields.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import FilterLine from '../../../src-renderer/features/results/FilterLine.vue'
import { runRow } from '../results/rows.ts'

const fields: ReadonlyArray<FilterField<RunRow>> = rowFields([runRow()])
let line: VueWrapper
let text: string

beforeEach(() => {
  text = ''
  line = mount(FilterLine, {
    attachTo: document.body,
    props: {
      fields, filter: compileFilter('', fields), modelValue: '',
      'onUpdate:modelValue': (next: string) => {
        text = next
        void line.setProps({ modelValue: next, filter: compileFilter(next, fields) })
      },
    },
  })
})
afterEach(() => line.unmount())

const input = () => line.get<HTMLInputElement>('input')
const options = (): readonly string[] => line.findAll('[role="option"]').map((option) => option.get('code').text())

async function type(typed: string): Promise<void> {
  input().element.value = typed
  input().element.setSelectionRange(typed.length, typed.length)
  await input().trigger('input')
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await input().trigger('keydown', { key })
    await nextTick()
  }
}

describe('the filter line', () => {
  it('offers the names that fit what is typed, and takes one by arrow and Enter', async () => {
    await type('downt')
    expect(options()).toContain('downtimeMs')
    expect(input().attributes('aria-expanded')).toBe('true')
    await press('ArrowDown')
    const active = document.getElementById(input().attributes('aria-activedescendant') ?? '')
    expect(active?.getAttribute('aria-selected')).toBe('true')
    await press('Enter')
    expect(text).toBe(`${active?.querySelector('code')?.textContent ?? 'nothing'} `)
  })

  it('takes one by Tab, and lets Tab pass where none is chosen', async () => {
    await type('downt')
    const passing = new KeyboardEvent('keydown', { key: 'Tab', cancelable: true, bubbles: true })
    input().element.dispatchEvent(passing)
    expect([passing.defaultPrevented, text]).toEqual([false, 'downt'])
    await press('ArrowDown', 'Tab')
    expect(text).toMatch(/^downtime\w+ $/)
  })

  it('goes round at the ends of the list', async () => {
    await type('downt')
    await press('ArrowUp')
    expect(line.findAll('[role="option"]').at(-1)?.attributes('aria-selected')).toBe('true')
    await press('ArrowDown')
    expect(line.findAll('[role="option"]')[0]?.attributes('aria-selected')).toBe('true')
  })

  it('closes the list by Escape and opens it by arrow', async () => {
    await type('downt')
    await press('Escape')
    expect([options(), input().attributes('aria-expanded')]).toEqual([[], 'false'])
    await press('ArrowDown')
    expect(options().length).toBeGreaterThan(0)
  })

  it('says what is wrong at its place, but not while it is still typed', async () => {
    await type('downtimeMs >')
    expect(line.find('[role="alert"]').exists()).toBe(false)
    await type('downtime = 3')
    await input().trigger('blur')
    expect(line.get('[role="alert"]').get('mark').text()).toContain('downtime')
    expect(input().attributes('aria-invalid')).toBe('true')
    expect(input().attributes('aria-describedby')).toBe(line.get('[role="alert"]').attributes('id'))
  })

  it('is emptied by its button, which is there only when there is something', async () => {
    expect(line.find('button').exists()).toBe(false)
    await type('outcome = completed')
    await line.get('button').trigger('click')
    expect(text).toBe('')
  })
})
