// @vitest-environment happy-dom
/** Settings: what is changed is kept by the program; what makes no sense is told and not kept. */

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'
import SettingsView from '../../../src-renderer/features/settings/SettingsView.vue'
import { useActions } from '../../../src-renderer/stores/actions.ts'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { startInMemoryApp } from '../stores/in-memory-app.ts'

let view: VueWrapper

beforeEach(async () => {
  const app = await startInMemoryApp()
  view = mount(SettingsView, { global: { plugins: app.plugins }, attachTo: document.body })
  await flushPromises()
})
afterEach(() => {
  view.unmount()
})

it('keeps theme, text size and workers', async () => {
  await view.get('input[value="dark"]').trigger('change')
  const scale = view.get('#text-scale')
  ;(scale.element as HTMLInputElement).value = '125'
  await scale.trigger('change')
  await view.get('#workers').setValue('3')
  await view.get('#workers').trigger('change')
  await flushPromises()
  expect(useSession().settings).toEqual({ theme: 'dark', textScale: 1.25, workers: 3 })
  expect(view.get('output').text()).toBe('125 %')
})

it.each(['-1', '2.5', 'many', '5000', ''])('refuses %j workers in words and keeps the number before', async (typed) => {
  await view.get('#workers').setValue(typed)
  await view.get('#workers').trigger('change')
  await flushPromises()
  expect(view.get('#workers-note').text()).toContain('A whole number from 0 to 1024 is expected')
  expect(useSession().settings.workers).toBe(0)
})

it('tells the store, the versions, and each shortcut there is', () => {
  expect((view.get('#store').element as HTMLInputElement).value).toBe('/lab/lab.sqlite')
  expect(view.findAll('.about dd').slice(0, 2).map((cell) => cell.text())).toEqual(['0.1.0', '24.0.0'])
  expect(view.get('.about').text()).not.toContain('Electron')
  const shortcuts = useActions().all.filter(({ shortcut }) => shortcut !== undefined)
  expect(view.findAll('.keys tbody th').map((cell) => cell.text())).toEqual(shortcuts.map(({ label }) => label))
})
