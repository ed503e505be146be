/** Everything that can be done from anywhere: by button, shortcut, menu or palette. Each action stands here once. */

import { until } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import type { AppAction } from '#shared/rpc/app-contract.ts'
import { views } from '../router.ts'
import { useSession } from './session.ts'
import { useSuiteDocument } from './suite-document.ts'

export interface Action {
  readonly id: string
  readonly label: string
  /** As shown, such as Ctrl+S. */
  readonly shortcut?: string
  readonly emphasis?: 'primary' | 'quiet'
  readonly enabled: () => boolean
  readonly perform: () => void | Promise<void>
}

export const useActions = defineStore('actions', () => {
  const session = useSession()
  const suiteDocument = useSuiteDocument()
  const router = useRouter()
  const paletteOpen = ref(false)
  /** Which file dialog is open, in browser mode. */
  const fileDialog = ref<'open' | 'save' | null>(null)
  const always = (): boolean => true

  const undo: Action = { id: 'undo', label: 'Undo', shortcut: 'Ctrl+Z', enabled: () => suiteDocument.canUndo, perform: () => suiteDocument.undo() }
  const redo: Action = { id: 'redo', label: 'Redo', shortcut: 'Ctrl+Shift+Z', enabled: () => suiteDocument.canRedo, perform: () => suiteDocument.redo() }
  const newSuite: Action = {
    id: 'new', label: 'New suite', shortcut: 'Ctrl+Alt+N', enabled: always,
    perform: async () => {
      suiteDocument.startEmpty()
      await router.push('/design')
    },
  }
  const open: Action = { id: 'open', label: 'Open', shortcut: 'Ctrl+O', enabled: always, perform: () => choose('open') }
  const save: Action = {
    id: 'save', label: 'Save', shortcut: 'Ctrl+S', enabled: () => suiteDocument.isDirty || suiteDocument.path === null,
    perform: () => (suiteDocument.path === null ? choose('save') : saveTo(suiteDocument.path)),
  }
  const saveAs: Action = { id: 'save-as', label: 'Save as', shortcut: 'Ctrl+Shift+S', enabled: always, perform: () => choose('save') }
  const runSuite: Action = {
    id: 'run', label: 'Run suite', shortcut: 'Ctrl+Enter', emphasis: 'primary', enabled: () => suiteDocument.plan !== null || suiteDocument.isPlanning,
    perform: async () => {
      await until(() => suiteDocument.isPlanning).toBe(false)
      if (suiteDocument.plan === null) return
      const { suiteId } = await session.calls.startRuns({ text: suiteDocument.text, fileName: suiteDocument.fileName })
      await router.push({ path: '/runs', query: { suite: String(suiteId) } })
    },
  }
  const palette: Action = { id: 'palette', label: 'Find an action', shortcut: 'Ctrl+K', enabled: always, perform: () => void (paletteOpen.value = true) }
  const theme: Action = {
    id: 'theme', label: 'Switch between light and dark', enabled: always,
    perform: () => session.change({ theme: document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark' }),
  }
  const show: readonly Action[] = views.map((view, index) => ({
    id: `show-${view.name}`, label: `Show ${view.label}`, shortcut: `Alt+${index + 1}`, enabled: always, perform: async () => void (await router.push(view.path)),
  }))

  const all: readonly Action[] = [newSuite, open, save, saveAs, undo, redo, runSuite, palette, theme, ...show]
  const inHeader: readonly Action[] = [undo, redo, open, save, runSuite]

  /** Asks for a file: by the system's dialog in a window of its own, by ours in a browser. */
  async function choose(kind: 'open' | 'save'): Promise<void> {
    if (session.about?.mode !== 'window') {
      fileDialog.value = kind
      return
    }
    const path = await session.calls.chooseFile(kind, suggestedName())
    if (path !== null) await (kind === 'open' ? openFrom(path) : saveTo(path))
  }

  function suggestedName(): string {
    return suiteDocument.path ?? `${suiteDocument.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '').toLowerCase() || 'suite'}.yaml`
  }

  async function openFrom(path: string): Promise<void> {
    await suiteDocument.open(path)
    fileDialog.value = null
    await router.push('/design')
  }

  async function saveTo(path: string): Promise<void> {
    const saved = await suiteDocument.save(path)
    fileDialog.value = null
    if (saved) session.say(`Saved to ${path}.`)
  }

  async function run(action: Action): Promise<void> {
    if (!action.enabled()) return
    try {
      await action.perform()
    } catch (error) {
      session.report(error)
    }
  }

  function tooltip({ label, shortcut }: Action): string {
    return shortcut === undefined ? label : `${label} (${shortcut})`
  }

  function onKey(event: KeyboardEvent): void {
    const pressed = shortcutOf(event)
    const action = all.find(({ shortcut }) => shortcut === pressed)
    if (action === undefined) return
    if ((action === undo || action === redo) && keepsItsOwnUndo(event.target)) return
    event.preventDefault()
    void run(action)
  }

  /** Fields of the design and suite views are the document, and so is their undo; a search or a file name is not. */
  function keepsItsOwnUndo(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement) || target.closest('input, textarea, [contenteditable]') === null) return false
    const view = router.currentRoute.value.name
    if (view !== 'design' && view !== 'suite') return true
    return target.dataset['edits'] !== 'suite' && target.closest('[role="dialog"], [role="combobox"], [type="search"]') !== null
  }

  function onRequest(request: AppAction): void {
    if (request.kind === 'show') void router.push(router.hasRoute(request.view) ? { name: request.view } : '/')
    else if (request.kind === 'open' && request.path !== null) void openFrom(request.path).catch(session.report)
    else {
      const id = request.kind === 'command-palette' ? 'palette' : request.kind
      const action = all.find((candidate) => candidate.id === id)
      if (action !== undefined) void run(action)
    }
  }
  watch(() => session.program, (program) => program?.on('requested', onRequest), { immediate: true })

  return { all, inHeader, paletteOpen, fileDialog, run, tooltip, onKey, openFrom, saveTo, suggestedName }
})

function shortcutOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  return [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : '', key].filter((part) => part !== '').join('+')
}
