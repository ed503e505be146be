/** The desktop application as it is built: main process, preload script and renderer together, Chromium as its window. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src-main/store/open-store.ts'
import { buildCli } from '../helpers/built-cli.ts'
import { type RunningShell, shellHome, startReadyShell, startShell } from '../helpers/electron-stand-in/start-shell.ts'
import { smallSuite } from '../helpers/suites.ts'

beforeAll(buildCli, 120_000)

interface MessageBox {
  readonly kind: string
  readonly message: string
  readonly detail: string
  readonly buttons: readonly string[]
  readonly defaultId: number
  readonly cancelId: number
}

const nextMessage = async (shell: RunningShell): Promise<MessageBox> => (await shell.next('dialog', ({ kind }: MessageBox) => kind === 'message')) as MessageBox

/** Waits until the page's text holds this. */
const shows = (shell: RunningShell, text: string): Promise<unknown> => shell.command('waitUntil', `document.body.innerText.includes(${JSON.stringify(text)})`)

function suiteFile(folder: string, { name, points = 2, repeat = 2 }: { readonly name: string; readonly points?: number; readonly repeat?: number }): string {
  const path = join(folder, `${name.toLowerCase()}.yaml`)
  writeFileSync(path, smallSuite({ name, points, repeat }))
  return path
}

test('the window opens, reaches its first view, and loads nothing from elsewhere', async () => {
  const shell = await startReadyShell()
  expect(await shell.command('window')).toMatchObject({ shown: true, maximized: false })
  expect(await shell.command('evaluate', 'location.pathname + document.title')).toBe('/index.htmlGodwit')
  expect(shell.events.filter(({ event }) => event === 'network')).toEqual([])
  expect(shell.events.filter(({ event, data }) => event === 'console' && (data as { type: string }).type === 'error')).toEqual([])
})

describe('the menu', () => {
  test('leads to each view', async () => {
    const shell = await startReadyShell()
    const views = { Suite: '#/suite', Run: '#/runs', Results: '#/results', Compare: '#/compare', Figures: '#/figures', Fidelity: '#/fidelity', Hosts: '#/hosts', Design: '#/design' }
    for (const [label, hash] of Object.entries(views)) {
      await shell.command('clickMenu', 'View', label)
      await shell.command('waitUntil', `location.hash === ${JSON.stringify(hash)}`)
    }
  })

  test('opens the file that the dialog gives, and lists it as recent for the next start too', async () => {
    const home = shellHome()
    const path = suiteFile(home.documentsFolder, { name: 'Ballooned' })
    const shell = await startReadyShell({ home })
    await shell.command('clickMenu', 'File', 'Open…')
    expect(await shell.next('dialog')).toMatchObject({ kind: 'open', ofWindow: true, defaultPath: home.documentsFolder, properties: ['openFile'] })
    await shell.answerDialog('open', path)
    await shows(shell, 'Ballooned')
    expect(await shell.command('app')).toMatchObject({ recent: [path] })
    await shell.command('clickMenu', 'File', 'Quit')
    expect(await shell.exited).toBe(0)

    const again = await startReadyShell({ home })
    await again.command('clickMenu', 'File', 'Open Recent', 'Ballooned')
    await shows(again, 'Ballooned')
  })

  test('leaves everything as it was when the dialog is closed', async () => {
    const shell = await startReadyShell()
    await shell.answerDialog('open', null)
    await shell.command('clickMenu', 'File', 'Open…')
    await shell.next('dialog')
    await shows(shell, 'New suite')
    expect(await shell.command('app')).toMatchObject({ recent: [] })
  })

  test('saves where the dialog says, with the ending of a suite', async () => {
    const shell = await startReadyShell()
    await shell.command('clickMenu', 'File', 'Save As…')
    expect(await shell.next('dialog')).toMatchObject({ kind: 'save', defaultPath: join(shell.documentsFolder, 'new-suite.yaml') })
    await shell.answerDialog('save', join(shell.home, 'first steps'))
    await shows(shell, 'Saved to')
    expect(readFileSync(join(shell.home, 'first steps.yaml'), 'utf8')).toContain('godwit: 1')
  })

  test('changes the theme of the page at once and for the next start', async () => {
    const home = shellHome()
    const shell = await startReadyShell({ home })
    await shell.command('clickMenu', 'View', 'Theme', 'Dark')
    await shell.command('waitUntil', "document.documentElement.dataset.theme === 'dark' && matchMedia('(prefers-color-scheme: dark)').matches")
    await shell.command('clickMenu', 'File', 'Quit')
    await shell.exited

    const again = await startReadyShell({ home })
    await again.command('waitUntil', "document.documentElement.dataset.theme === 'dark' && matchMedia('(prefers-color-scheme: dark)').matches")
  })

  test('makes the text larger and gives it back its size', async () => {
    const shell = await startReadyShell()
    const scale = "document.documentElement.style.getPropertyValue('--text-scale')"
    await shell.command('clickMenu', 'View', 'Larger text')
    await shell.command('waitUntil', `${scale} === '1.125'`)
    await shell.command('clickMenu', 'View', 'Text as designed')
    await shell.command('waitUntil', `${scale} === '1'`)
  })

  test('tells the version and where results are kept', async () => {
    const shell = await startReadyShell()
    await shell.command('clickMenu', 'Help', 'About Godwit')
    const { message, detail } = await nextMessage(shell)
    expect(message).toMatch(/^Godwit \d+\.\d+\.\d+$/)
    expect(detail).toContain(join(shell.documentsFolder, 'lab.sqlite'))
  })
})

describe('a suite file from the system', () => {
  test('opens when it is named at the start', async () => {
    const home = shellHome()
    const shell = await startReadyShell({ home, args: [suiteFile(home.home, { name: 'Associated' })] })
    await shows(shell, 'Associated')
  })

  test('is handed to the window that is open when the program is started again', async () => {
    const home = shellHome()
    suiteFile(home.home, { name: 'Handed' })
    const shell = await startReadyShell({ home })
    await shell.next('focus')
    const second = startShell({ home, args: ['handed.yaml'] })
    expect(await second.exited).toBe(0)
    await shell.next('focus')
    await shows(shell, 'Handed')
  })

  test('opens when macOS names it while the program runs, and another file does not', async () => {
    const home = shellHome()
    const path = suiteFile(home.home, { name: 'Dropped' })
    const shell = await startReadyShell({ home })
    expect(await shell.command('appEvent', 'open-file', join(home.home, 'picture.png'))).toBe(true)
    expect(await shell.command('appEvent', 'open-file', path)).toBe(true)
    await shows(shell, 'Dropped')
  })
})

describe('the place of the window', () => {
  const left = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }
  const right = { id: 2, workArea: { x: 1920, y: 0, width: 2560, height: 1400 } }
  const bounds = { x: 2000, y: 100, width: 1300, height: 800 }

  test('is taken up again, unless its display is gone', async () => {
    const home = shellHome()
    const first = await startReadyShell({ home, settings: { displays: [left, right] } })
    expect(await first.command('bounds')).toEqual({ x: 240, y: 70, width: 1440, height: 900 })
    await first.command('setBounds', bounds)
    expect(await first.command('evaluate', 'innerWidth')).toBe(1300)
    await first.command('closeWindow')
    expect(await first.exited).toBe(0)

    const second = await startReadyShell({ home, settings: { displays: [left, right] } })
    expect(await second.command('bounds')).toEqual(bounds)
    await second.command('closeWindow')
    await second.exited

    const third = await startReadyShell({ home, settings: { displays: [left] } })
    expect(await third.command('bounds')).toEqual({ x: 310, y: 120, width: 1300, height: 800 })
  })

  test('is forgotten when its file is damaged, which is said', async () => {
    const home = shellHome()
    const first = await startReadyShell({ home })
    await first.command('closeWindow')
    await first.exited
    const file = join(home.configFolder, 'window', 'place.json')
    expect(existsSync(file)).toBe(true)
    writeFileSync(file, '{"bounds": ')

    const second = await startReadyShell({ home })
    await second.said('is damaged')
    expect(await second.command('bounds')).toEqual({ x: 240, y: 70, width: 1440, height: 900 })
  })
})

describe('leaving', () => {
  test('asks while runs are going on, with staying as the answer that comes by itself, and then keeps what is stored', async () => {
    const home = shellHome()
    const shell = await startReadyShell({ home, args: [suiteFile(home.home, { name: 'Endless', points: 20, repeat: 1000 })] })
    await shows(shell, 'Endless')
    await shell.command('clickMenu', 'Run', 'Run suite')
    await shell.command('waitUntil', "location.hash.startsWith('#/runs')")

    await shell.command('clickMenu', 'File', 'Quit')
    const question = await nextMessage(shell)
    expect(question).toMatchObject({ message: '“Endless” is still running', buttons: ['Quit', 'Cancel'], defaultId: 1, cancelId: 1 })
    expect(question.detail).toMatch(/^\d+ runs are left\. /)
    await shell.answerDialog('message', null)
    expect(await shell.command('window')).toMatchObject({ shown: true })

    await shell.command('closeWindow')
    await nextMessage(shell)
    await shell.answerDialog('message', 0)
    expect(await shell.exited).toBe(0)

    const store = await openStore(join(home.documentsFolder, 'lab.sqlite'), { access: 'read' })
    const [suite] = await store.suites()
    await store.close()
    expect(suite?.planned).toBe(20_000)
    expect(suite?.finished).toBeLessThan(20_000)
  })

  test('does not ask when nothing runs, not even for a page that would like to stay', async () => {
    const shell = await startReadyShell()
    await shell.command('click', 'body')
    await shell.command('evaluate', "addEventListener('beforeunload', (event) => event.preventDefault())")
    await shell.command('closeWindow')
    expect(await shell.exited).toBe(0)
    expect(shell.events.filter(({ event }) => event === 'dialog')).toEqual([])
  })

  test('is announced by a notification when a suite ended out of sight, and its click leads to the runs', async () => {
    const home = shellHome()
    const shell = await startReadyShell({ home, args: [suiteFile(home.home, { name: 'Short' })] })
    await shows(shell, 'Short')
    await shell.command('blur')
    await shell.command('clickMenu', 'Run', 'Run suite')
    expect(await shell.next('notification')).toEqual({ title: 'Short is finished', body: '4 runs were made.' })
    await shell.command('clickMenu', 'View', 'Compare')
    await shell.command('clickNotification')
    await shell.command('waitUntil', "location.hash.startsWith('#/runs')")
  })
})
