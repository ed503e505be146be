// @vitest-environment happy-dom
/** The keyboard of the table, as in a file list. */

import { mount, type VueWrapper } from '@vue/test-utils'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import type { TableColumn } from '../../../src-renderer/components/table/columns.ts'
import VirtualTable from '../../../src-renderer/components/table/VirtualTable.vue'

interface Row {
  readonly key: string
  readonly isGroup: boolean
}

const rows: readonly Row[] = Array.from({ length: 500 }, (_, index) => ({ key: `r${index}`, isGroup: index === 3 }))
const columns: ReadonlyArray<TableColumn<Row>> = [
  { key: 'name', label: 'Name', align: 'start', width: 100, isSortable: true, text: ({ key }) => key },
  { key: 'plain', label: 'Plain', align: 'end', width: 100, isSortable: false, text: () => '' },
]
/** A window of 286 pixels: the header and ten rows. */
const height = 286
const layout = ['offsetHeight', 'clientHeight'] as const
const before = layout.map((name) => Object.getOwnPropertyDescriptor(HTMLElement.prototype, name))

let table: VueWrapper
let selected: ReadonlySet<string>

// The stand-in for a page has no layout; the table asks for its height only.
beforeAll(() => layout.forEach((name) => Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => height })))
afterAll(() => layout.forEach((name, index) => Object.defineProperty(HTMLElement.prototype, name, before[index] ?? { configurable: true, value: 0 })))

beforeEach(async () => {
  selected = new Set()
  table = mount(VirtualTable<Row>, {
    attachTo: document.body,
    props: {
      columns, items: rows, keyOf: ({ key }: Row) => key, label: 'Rows', isSelectable: ({ isGroup }: Row) => !isGroup,
      selected, 'onUpdate:selected': (next: ReadonlySet<string> | undefined) => {
        selected = next ?? new Set()
        void table.setProps({ selected })
      },
    },
  })
  await nextTick()
})
afterEach(() => table.unmount())

async function press(...keys: readonly string[]): Promise<void> {
  for (const combination of keys) {
    const parts = combination.split('+')
    await table.trigger('keydown', { key: parts.at(-1) ?? '', shiftKey: parts.includes('Shift'), ctrlKey: parts.includes('Control') })
    await nextTick()
    await nextTick()
  }
}

describe('the keyboard in a table', () => {
  it('moves the selection by arrows, and stops at the ends', async () => {
    await press('ArrowDown', 'ArrowDown')
    expect([...selected]).toEqual(['r2'])
    await press('ArrowUp', 'ArrowUp', 'ArrowUp')
    expect([...selected]).toEqual(['r0'])
    await press('End', 'ArrowDown')
    expect([...selected]).toEqual(['r499'])
    await press('Home')
    expect([...selected]).toEqual(['r0'])
  })

  it('goes over what cannot be selected, and keeps the selection there', async () => {
    await press('ArrowDown', 'ArrowDown', 'ArrowDown')
    expect([...selected]).toEqual(['r2'])
    expect(table.get('.row.active').text()).toContain('r3')
    await press('ArrowDown')
    expect([...selected]).toEqual(['r4'])
  })

  it('extends by Shift from where the selection began, without what cannot be selected', async () => {
    await press('ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown')
    expect([...selected]).toEqual(['r1', 'r2', 'r4'])
  })

  it('toggles the row by Space, takes all by Ctrl+A, and none by Escape', async () => {
    await press('ArrowDown', ' ')
    expect([...selected]).toEqual([])
    await press(' ')
    expect([...selected]).toEqual(['r1'])
    await press('Control+a')
    expect([selected.size, selected.has('r3')]).toEqual([499, false])
    await press('Escape')
    expect(selected.size).toBe(0)
  })

  it('opens the row that it stands on by Enter', async () => {
    await press('ArrowDown', 'ArrowDown', 'Enter')
    expect(table.emitted('open')).toEqual([[rows[2]]])
  })

  it('names the row that it stands on to those who cannot see it', async () => {
    await press('ArrowDown')
    const id = table.attributes('aria-activedescendant') ?? ''
    expect(document.getElementById(id)?.textContent).toContain('r1')
    expect(document.getElementById(id)?.getAttribute('aria-selected')).toBe('true')
  })

  it('leaves the keys of a header to the header, which sorts', async () => {
    const header = table.get('button.sorter')
    await header.trigger('keydown', { key: 'ArrowDown' })
    expect(selected.size).toBe(0)
    await header.trigger('click')
    expect(table.emitted('sort')).toEqual([['name']])
  })

  it('passes by a row for each that is in sight with Page Down', async () => {
    await press('PageDown', 'PageDown')
    const [only = ''] = [...selected]
    expect(Number(only.slice(1))).toBeGreaterThan(1)
    await press('PageUp', 'PageUp')
    expect([...selected]).toEqual(['r0'])
  })
})
