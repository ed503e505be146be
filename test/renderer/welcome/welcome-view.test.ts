// @vitest-environment happy-dom
/** The ways to begin: demo suites, recent files, unsaved suites, and the tour. */

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Component } from 'vue'
import { GodwitError } from '#shared/model/godwit-error.ts'
import DraftBar from '../../../src-renderer/features/welcome/DraftBar.vue'
import { timeAgo } from '../../../src-renderer/features/welcome/draft-names.ts'
import TourBar from '../../../src-renderer/features/welcome/TourBar.vue'
import WelcomeView from '../../../src-renderer/features/welcome/WelcomeView.vue'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { type InMemoryApp, startInMemoryApp } from '../stores/in-memory-app.ts'

let app: InMemoryApp
const mounted: VueWrapper[] = []

beforeEach(async () => {
  localStorage.clear()
  app = await startInMemoryApp({ drafts: [{ draftId: 'd1', path: null, text: 'name: Half done\n', savedAt: '2026-01-01T00:00:00.000Z' }] })
})
afterEach(() => {
  for (const view of mounted.splice(0)) view.unmount()
})

async function show(component: Component): Promise<VueWrapper> {
  const view = mount(component, { global: { plugins: app.plugins }, attachTo: document.body })
  mounted.push(view)
  await flushPromises()
  return view
}

const press = (view: VueWrapper, text: string) => view.findAll('button').find((button) => button.text() === text || button.attributes('aria-label') === text)?.trigger('click')

describe('the welcome view', () => {
  it('opens a demo suite in the suite designer', async () => {
    const view = await show(WelcomeView)
    await press(view, 'Open Clark 2005: the four workloads')
    await flushPromises()
    expect([useSuiteDocument().content['vary'] !== undefined, app.router.currentRoute.value.path, app.started.length]).toEqual([true, '/suite', 0])
  })

  it('opens and runs a demo suite', async () => {
    const view = await show(WelcomeView)
    await press(view, 'Open and run Bandwidth against dirtying rate')
    await flushPromises()
    expect(app.started[0]?.text).toContain('name: Bandwidth against dirtying rate')
    expect(app.router.currentRoute.value.fullPath).toBe('/runs?suite=1')
  })

  it('opens a recent file', async () => {
    app.files.set('/lab/a.yaml', { text: 'godwit: 1\nname: From disk\n', modifiedAt: '1' })
    const view = await show(WelcomeView)
    await view.get('.recent').trigger('click')
    await flushPromises()
    expect(useSuiteDocument().name).toBe('From disk')
  })

  it('takes up an unsaved suite, or discards it', async () => {
    app.drafts.set('d2', { draftId: 'd2', path: null, text: 'name: Other\n', savedAt: '2026-01-02T00:00:00.000Z' })
    const view = await show(WelcomeView)
    await press(view, 'Discard Other')
    await flushPromises()
    expect([...app.drafts.keys()]).toEqual(['d1'])
    await press(view, 'Take up Half done')
    await flushPromises()
    expect([useSuiteDocument().name, useSuiteDocument().drafts.length]).toEqual(['Half done', 0])
  })

  it('says why recent files cannot be listed, and tries again on demand', async () => {
    app.refusals.set('recentDocuments', new GodwitError('document.io', 'the list of recent files cannot be read'))
    const view = await show(WelcomeView)
    expect(view.get('[role="alert"]').text()).toContain('cannot be read')
    app.refusals.clear()
    await press(view, 'Try again')
    await flushPromises()
    expect(view.text()).toContain('Suites that you open or save are listed here.')
  })
})

describe('the bar of unsaved suites', () => {
  it('offers the newest until it is taken up', async () => {
    const bar = await show(DraftBar)
    expect(bar.text()).toContain('"Half done" was not saved')
    await press(bar, 'Take up the unsaved suite')
    await flushPromises()
    expect([useSuiteDocument().name, bar.find('.bar').exists()]).toEqual(['Half done', false])
  })

  it('keeps the draft when it is put off', async () => {
    const bar = await show(DraftBar)
    await press(bar, 'Later')
    expect([bar.find('.bar').exists(), app.drafts.size]).toEqual([false, 1])
  })
})

describe('the tour', () => {
  it('walks by keyboard through the views to a figure, runs its suite once, and remembers that it was seen', async () => {
    const welcome = await show(WelcomeView)
    const bar = await show(TourBar)
    await press(welcome, 'Take the five-minute tour')
    await flushPromises()
    const visited = [app.router.currentRoute.value.path]
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowRight', 'ArrowRight', 'ArrowRight']) {
      await bar.get('.tour').trigger('keydown', { key })
      await flushPromises()
      visited.push(app.router.currentRoute.value.path)
    }
    expect(visited).toEqual(['/design', '/suite', '/runs', '/suite', '/runs', '/results', '/figures'])
    expect(app.started.length).toBe(1)
    await press(bar, 'End of the tour')
    await flushPromises()
    expect([bar.find('.tour').exists(), localStorage.getItem('godwit.tour'), welcome.text().includes('Take the tour again')]).toEqual([false, 'seen', true])
  })

  it('is left with Escape', async () => {
    const welcome = await show(WelcomeView)
    const bar = await show(TourBar)
    await press(welcome, 'Take the five-minute tour')
    await flushPromises()
    await bar.get('.tour').trigger('keydown', { key: 'Escape' })
    expect(bar.find('.tour').exists()).toBe(false)
  })
})

it.each([[10, 'just now'], [60, 'a minute ago'], [1800, '30 minutes ago'], [7200, '2 hours ago'], [86_400, 'yesterday'], [864_000, '10 days ago']])('says how long %i seconds are', (seconds, words) => {
  expect(timeAgo('2026-01-01T00:00:00.000Z', Date.UTC(2026, 0, 1) + seconds * 1000)).toBe(words)
})
