// @vitest-environment happy-dom
/** The file dialog of browser mode, and the question that a file changed by somebody else brings. */

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GodwitError } from '#shared/model/godwit-error.ts'
import FileDialog from '../../../src-renderer/components/FileDialog.vue'
import SaveConflict from '../../../src-renderer/components/SaveConflict.vue'
import { useActions } from '../../../src-renderer/stores/actions.ts'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { type InMemoryApp, startInMemoryApp } from './in-memory-app.ts'

let app: InMemoryApp
let views: VueWrapper[] = []

beforeEach(async () => {
  app = await startInMemoryApp()
  app.files.set('/lab/a.yaml', { text: 'godwit: 1\nname: On disk\n', modifiedAt: '1' })
  views = [FileDialog, SaveConflict].map((component) => mount(component, { global: { plugins: app.plugins }, attachTo: document.body }))
})
afterEach(() => {
  for (const view of views) view.unmount()
  document.body.innerHTML = ''
})

/** Starts an action as its shortcut would. */
async function act(id: string): Promise<void> {
  const actions = useActions()
  const action = actions.all.find((one) => one.id === id)
  if (action !== undefined) await actions.run(action)
  await flushPromises()
}

function find<Kind extends HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector)
  if (found === null) throw new Error(`there is no ${selector}`)
  return found
}
const option = (text: string): HTMLElement | undefined => [...document.querySelectorAll<HTMLElement>('[role="option"]')].find((item) => item.textContent.includes(text))
const button = (text: string): HTMLButtonElement | undefined => [...document.querySelectorAll('button')].find((item) => item.textContent.trim() === text)

async function press(element: HTMLElement | undefined, key: string): Promise<void> {
  element?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await flushPromises()
}
async function click(element: HTMLElement | undefined): Promise<void> {
  element?.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  await flushPromises()
}
async function typeName(name: string): Promise<void> {
  const input = find<HTMLInputElement>('[role="dialog"] input')
  input.value = name
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}

describe('the file dialog', () => {
  it('enters a folder with Enter, leaves it with Backspace, and says when there is no suite in it', async () => {
    await act('open')
    await press(option('papers'), 'Enter')
    expect(find('[role="dialog"]').textContent).toContain('/lab/papers')
    expect(find('[role="dialog"]').textContent).toContain('There is no suite file')
    await press(option('The folder above'), 'Backspace')
    expect(option('a.yaml')).toBeDefined()
  })

  it('opens the file that was chosen', async () => {
    await act('open')
    await click(option('a.yaml'))
    await click(button('Open'))
    expect([useSuiteDocument().name, document.querySelector('[role="dialog"]')]).toEqual(['On disk', null])
  })

  it('saves under the name that was typed, with the ending of a suite', async () => {
    await act('save')
    await typeName('mine')
    await click(button('Save'))
    expect([app.files.get('/lab/mine.yaml')?.text, useSuiteDocument().path]).toEqual([useSuiteDocument().text, '/lab/mine.yaml'])
  })

  it('says that a file would be overwritten before it happens', async () => {
    await act('save')
    await typeName('a')
    expect(find('#file-dialog-note').textContent).toContain('a.yaml exists already; saving writes over it')
    expect(app.files.get('/lab/a.yaml')?.text).toContain('On disk')
    await click(button('Write over it'))
    expect(app.files.get('/lab/a.yaml')?.text).toContain('New suite')
  })

  it('refuses a name with slashes', async () => {
    await act('save')
    await typeName('x/y')
    expect([find('#file-dialog-note').textContent.includes('no slashes'), button('Save')?.disabled]).toEqual([true, true])
  })

  it('stays open and says why when saving fails', async () => {
    app.refusals.set('saveDocument', new GodwitError('document.disk-full', 'the disk is full; free some space'))
    await act('save')
    await typeName('mine')
    await click(button('Save'))
    expect(find('[role="dialog"] [role="alert"]').textContent).toContain('the disk is full')
  })
})

describe('a file that somebody else changed', () => {
  async function conflict(): Promise<void> {
    const suite = useSuiteDocument()
    await suite.open('/lab/a.yaml')
    suite.set(['name'], 'Ours')
    app.files.set('/lab/a.yaml', { text: 'godwit: 1\nname: Theirs\n', modifiedAt: '2' })
    await act('save')
    expect(find('[role="alertdialog"]').textContent).toContain('Nothing was written yet')
  }

  it('is asked about, and overwritten only then', async () => {
    await conflict()
    expect(app.files.get('/lab/a.yaml')?.text).toContain('Theirs')
    await click(button('Overwrite'))
    expect([app.files.get('/lab/a.yaml')?.text.includes('Ours'), document.querySelector('[role="alertdialog"]')]).toEqual([true, null])
  })

  it('can be loaded again', async () => {
    await conflict()
    await click(button('Load it again'))
    expect([useSuiteDocument().name, useSuiteDocument().canUndo]).toEqual(['Theirs', true])
  })

  it('leads to another name', async () => {
    await conflict()
    await click(button('Save under another name'))
    await typeName('b')
    await click(button('Save'))
    expect([app.files.get('/lab/b.yaml')?.text.includes('Ours'), app.files.get('/lab/a.yaml')?.text.includes('Theirs')]).toEqual([true, true])
  })
})
