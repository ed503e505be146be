// @vitest-environment happy-dom
/** Whose undo Ctrl+Z is: the document's in fields that are the document, the browser's in all others. */

import { beforeEach, expect, it } from 'vitest'
import { useActions } from '../../../src-renderer/stores/actions.ts'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import { type InMemoryApp, startInMemoryApp } from './in-memory-app.ts'

let app: InMemoryApp

beforeEach(async () => {
  document.body.innerHTML = `
    <input id="field" type="text">
    <input id="constraint" type="text" role="combobox" data-edits="suite">
    <div role="dialog"><input id="file-name" type="text"></div>
    <input id="picker" role="combobox">
    <button id="button">Run</button>`
  app = await startInMemoryApp()
})

/** Presses Ctrl+Z; true if the document took it. */
async function undoTakenAt(id: string, view: string): Promise<boolean> {
  await app.router.push(view)
  const suiteDocument = useSuiteDocument()
  const actions = useActions()
  suiteDocument.set(['name'], `Edited ${id} ${view}`)
  const before = suiteDocument.text
  const event = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true })
  document.addEventListener('keydown', actions.onKey, { once: true })
  document.querySelector(`#${id}`)?.dispatchEvent(event)
  expect(event.defaultPrevented).toBe(suiteDocument.text !== before)
  return event.defaultPrevented
}

it.each([
  ['field', '/suite', true],
  ['field', '/design', true],
  ['constraint', '/suite', true],
  ['button', '/results', true],
  ['field', '/results', false],
  ['file-name', '/suite', false],
  ['picker', '/suite', false],
])('in %s of %s the document takes undo: %s', async (id, view, taken) => {
  expect(await undoTakenAt(id, view)).toBe(taken)
})
