import { describe, expect, it } from 'vitest'
import type { AppAction, RecentDocument, Settings } from '#shared/rpc/app-contract.ts'
import { menuTemplate } from '../../../src-main/shell/menu.ts'

type Items = ReturnType<typeof menuTemplate>
type Item = Items[number]

function menuWith({ recent = [], textScale = 1, isMac = false, withDevTools = false }: { recent?: readonly RecentDocument[]; textScale?: number; isMac?: boolean; withDevTools?: boolean } = {}) {
  const requested: AppAction[] = []
  const saved: Array<Partial<Settings>> = []
  const settings: Settings = { theme: 'light', workers: 0, textScale }
  const template = menuTemplate(
    { recent, settings, isMac, withDevTools },
    { request: (action) => requested.push(action), saveSettings: (changes) => saved.push(changes), showAbout: () => undefined },
  )
  return { template, requested, saved }
}

const itemsOf = (item: Item | undefined): Items => (Array.isArray(item?.submenu) ? item.submenu : [])
const everyItem = (items: Items): Items => items.flatMap((item) => [item, ...everyItem(itemsOf(item))])
const named = (template: Items, label: string): Item | undefined => everyItem(template).find((item) => item.label === label)

/** Electron hands over the item and the window, which our items do not look at. */
function click(item: Item | undefined): void {
  const perform = item?.click as (() => void) | undefined
  if (perform === undefined) throw new Error('the item cannot be clicked')
  perform()
}

describe('the menu', () => {
  it('asks the page in the words of the contract', () => {
    const { template, requested } = menuWith()
    for (const label of ['New', 'Open…', 'Save', 'Save As…', 'Undo', 'Redo', 'Command palette', 'Run suite', 'Settings', 'Welcome']) click(named(template, label))
    expect(requested).toEqual([
      { kind: 'new' },
      { kind: 'open', path: null },
      { kind: 'save' },
      { kind: 'save-as' },
      { kind: 'undo' },
      { kind: 'redo' },
      { kind: 'command-palette' },
      { kind: 'run' },
      { kind: 'show', view: 'settings' },
      { kind: 'show', view: 'welcome' },
    ])
  })

  it('reaches the views by their numbers, in the order of the work', () => {
    const { template, requested } = menuWith()
    const views = everyItem(template).filter(({ accelerator }) => /^CmdOrCtrl\+[1-9]$/.test(String(accelerator)))
    views.forEach(click)
    expect(views.map(({ accelerator }) => accelerator)).toEqual(requested.map((_, index) => `CmdOrCtrl+${index + 1}`))
    expect(requested).toEqual(['design', 'suite', 'runs', 'results', 'compare', 'figures', 'fidelity', 'hosts'].map((view) => ({ kind: 'show', view })))
  })

  it.each([true, false])('gives no shortcut to two items (macOS: %s)', (isMac) => {
    const shortcuts = everyItem(menuWith({ isMac, withDevTools: true }).template).flatMap(({ accelerator }) => (accelerator === undefined ? [] : [String(accelerator)]))
    expect(new Set(shortcuts).size).toBe(shortcuts.length)
    expect(shortcuts).toContain('CmdOrCtrl+Enter')
  })

  it('opens a recent suite, whatever its name', () => {
    const { template, requested } = menuWith({ recent: [{ path: '/suites/a.yaml', name: 'Post-copy & pre-copy', openedAt: '' }] })
    const [recent] = itemsOf(named(template, 'Open Recent'))
    expect(recent?.label).toBe('Post-copy && pre-copy')
    click(recent)
    expect(requested).toEqual([{ kind: 'open', path: '/suites/a.yaml' }])
    expect(named(menuWith().template, 'Open Recent')?.enabled).toBe(false)
  })

  it('marks the theme that holds, and changes it', () => {
    const { template, saved } = menuWith()
    const themes = itemsOf(named(template, 'Theme'))
    expect(themes.map(({ label, checked }) => [label, checked])).toEqual([['As the system', false], ['Light', true], ['Dark', false]])
    themes.forEach(click)
    expect(saved).toEqual([{ theme: 'system' }, { theme: 'light' }, { theme: 'dark' }])
  })

  it('keeps the text within sizes that can be read', () => {
    const largest = menuWith({ textScale: 2 })
    expect(named(largest.template, 'Larger text')?.enabled).toBe(false)
    const nearly = menuWith({ textScale: 1.95 })
    click(named(nearly.template, 'Larger text'))
    expect(nearly.saved).toEqual([{ textScale: 2 }])
    expect(named(menuWith({ textScale: 0.75 }).template, 'Smaller text')?.enabled).toBe(false)
  })

  it('offers the tools of a developer only where they work', () => {
    const roles = (withDevTools: boolean) => everyItem(menuWith({ withDevTools }).template).map(({ role }) => role)
    expect(roles(true)).toContain('toggleDevTools')
    expect(roles(false)).not.toContain('toggleDevTools')
  })

  it('leaves quitting to the application menu on macOS', () => {
    expect(menuWith({ isMac: true }).template[0]?.role).toBe('appMenu')
    expect(named(menuWith({ isMac: true }).template, 'Quit')).toBeUndefined()
    expect(named(menuWith().template, 'Quit')?.role).toBe('quit')
  })
})
