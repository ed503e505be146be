/** The application's menu as data. What it cannot do by itself it asks of the page, in the words of the contract. */

import type { MenuItemConstructorOptions } from 'electron'
import type { AppAction, RecentDocument, Settings } from '#shared/rpc/app-contract.ts'

export interface MenuState {
  readonly recent: readonly RecentDocument[]
  readonly settings: Settings
  readonly isMac: boolean
  readonly withDevTools: boolean
}

export interface MenuActions {
  readonly request: (action: AppAction) => void
  readonly saveSettings: (changes: Partial<Settings>) => void
  readonly showAbout: () => void
}

type Items = MenuItemConstructorOptions[]

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The order of the work, as in the rail. */
const views: ReadonlyArray<readonly [label: string, view: string]> = [
  ['Design', 'design'],
  ['Suite', 'suite'],
  ['Run', 'runs'],
  ['Results', 'results'],
  ['Compare', 'compare'],
  ['Figures', 'figures'],
  ['Fidelity', 'fidelity'],
  ['Hosts', 'hosts'],
]

const themes: ReadonlyArray<readonly [label: string, theme: Settings['theme']]> = [
  ['As the system', 'system'],
  ['Light', 'light'],
  ['Dark', 'dark'],
]

const textScales = { smallest: 0.75, largest: 2, step: 0.125 } as const

export function menuTemplate(state: MenuState, actions: MenuActions): Items {
  const { request } = actions
  return [
    ...(state.isMac ? [{ role: 'appMenu' as const }] : []),
    { label: '&File', submenu: fileItems(state, actions) },
    { label: '&Edit', submenu: editItems(request) },
    { label: '&View', submenu: viewItems(state, actions) },
    { label: '&Run', submenu: [{ label: 'Run suite', accelerator: 'CmdOrCtrl+Enter', click: () => request({ kind: 'run' }) }, { label: 'Show the queue', click: () => request({ kind: 'show', view: 'runs' }) }] },
    { label: '&Help', role: 'help', submenu: helpItems(actions) },
  ]
}

function fileItems({ recent, isMac }: MenuState, { request }: MenuActions): Items {
  const recentItems: Items = recent.map(({ name, path }) => ({ label: escapeMnemonic(name), sublabel: path, toolTip: path, click: () => request({ kind: 'open', path }) }))
  return [
    { label: 'New', accelerator: 'CmdOrCtrl+N', click: () => request({ kind: 'new' }) },
    { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => request({ kind: 'open', path: null }) },
    { label: 'Open Recent', enabled: recent.length > 0, submenu: recentItems },
    separator,
    { label: 'Save', accelerator: 'CmdOrCtrl+S', click: () => request({ kind: 'save' }) },
    { label: 'Save As…', accelerator: 'CmdOrCtrl+Shift+S', click: () => request({ kind: 'save-as' }) },
    separator,
    { label: 'Settings', accelerator: 'CmdOrCtrl+,', click: () => request({ kind: 'show', view: 'settings' }) },
    ...(isMac ? [] : [separator, { label: 'Quit', role: 'quit' as const, accelerator: 'CmdOrCtrl+Q' }]),
  ]
}

/** Undo and redo are steps of the suite, not of a text field. */
function editItems(request: MenuActions['request']): Items {
  return [
    { label: 'Undo', accelerator: 'CmdOrCtrl+Z', click: () => request({ kind: 'undo' }) },
    { label: 'Redo', accelerator: 'CmdOrCtrl+Shift+Z', click: () => request({ kind: 'redo' }) },
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
  ]
}

function viewItems({ settings, withDevTools }: MenuState, { request, saveSettings }: MenuActions): Items {
  const scaled = (by: number): void => {
    const { smallest, largest } = textScales
    saveSettings({ textScale: Math.min(largest, Math.max(smallest, settings.textScale + by)) })
  }
  return [
    ...views.map(([label, view], index) => ({ label, accelerator: `CmdOrCtrl+${index + 1}`, click: () => request({ kind: 'show' as const, view }) })),
    separator,
    { label: 'Command palette', accelerator: 'CmdOrCtrl+K', click: () => request({ kind: 'command-palette' }) },
    separator,
    { label: 'Larger text', accelerator: 'CmdOrCtrl+Plus', enabled: settings.textScale < textScales.largest, click: () => scaled(textScales.step) },
    { label: 'Smaller text', accelerator: 'CmdOrCtrl+-', enabled: settings.textScale > textScales.smallest, click: () => scaled(-textScales.step) },
    { label: 'Text as designed', accelerator: 'CmdOrCtrl+0', click: () => saveSettings({ textScale: 1 }) },
    {
      label: 'Theme',
      submenu: themes.map(([label, theme]) => ({ label, type: 'radio' as const, checked: settings.theme === theme, click: () => saveSettings({ theme }) })),
    },
    { role: 'togglefullscreen', label: 'Full screen' },
    ...(withDevTools ? [separator, { role: 'toggleDevTools' as const }] : []),
  ]
}

function helpItems({ request, showAbout }: MenuActions): Items {
  return [
    { label: 'Actions and shortcuts', click: () => request({ kind: 'command-palette' }) },
    { label: 'Welcome', click: () => request({ kind: 'show', view: 'welcome' }) },
    separator,
    { label: 'About Godwit', click: showAbout },
  ]
}

/** A menu takes one ampersand for the mark of a letter. */
function escapeMnemonic(label: string): string {
  return label.replaceAll('&', '&&')
}
