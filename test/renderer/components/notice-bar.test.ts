// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { GodwitError } from '#shared/model/godwit-error.ts'
import NoticeBar from '../../../src-renderer/components/NoticeBar.vue'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { type ResultsApp, startResultsApp } from '../results/results-app.ts'

let app: ResultsApp
let bar: VueWrapper

beforeEach(async () => {
  app = await startResultsApp()
  vi.useFakeTimers()
  bar = mount(NoticeBar, { global: { plugins: [app.pinia] }, attachTo: document.body })
})
afterEach(() => {
  bar.unmount()
  vi.useRealTimers()
})

const button = () => bar.get('button')

describe('notifications', () => {
  it('show nothing while there is nothing to say', () => {
    expect(bar.text()).toBe('')
  })

  it('tell good news once, politely, and go by themselves', async () => {
    useSession().say('Saved to /lab/a.yaml.')
    await nextTick()
    expect(bar.get('[role="status"]').text()).toContain('Saved to /lab/a.yaml.')
    await vi.advanceTimersByTimeAsync(4100)
    expect(bar.text()).toBe('')
  })

  it('keep a problem until it is put away', async () => {
    useSession().report(new GodwitError('store.full', 'the disk is full; free some space'))
    await nextTick()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(bar.get('[role="alert"]').text()).toContain('the disk is full')
    await button().trigger('click')
    expect(bar.text()).toBe('')
  })

  it('do not put a problem away with the time of the good news before it', async () => {
    useSession().say('Saved.')
    await vi.advanceTimersByTimeAsync(3000)
    useSession().report(new Error('the link went down'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(bar.text()).toContain('the link went down')
  })
})
