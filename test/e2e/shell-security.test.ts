/** What the desktop application refuses, tried from inside its page. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildCli } from '../helpers/built-cli.ts'
import { type RunningShell, startReadyShell } from '../helpers/electron-stand-in/start-shell.ts'

beforeAll(buildCli, 120_000)

/** A call of the contract as it stands in a frame. */
const callFrame = (name: string, ...args: readonly unknown[]): string => JSON.stringify({ t: 'q', i: 'test', m: 'call', a: [name, args] })

/** Changes a setting over the bridge, and sees the change arrive in the page. */
async function bridgeWorks(shell: RunningShell): Promise<void> {
  await shell.command('evaluate', `window.godwit.send(${JSON.stringify(callFrame('saveSettings', { textScale: 1.5 }))})`)
  await shell.command('waitUntil', "document.documentElement.style.getPropertyValue('--text-scale') === '1.5'")
}

test('the page is isolated, sandboxed, and knows no more than two functions', async () => {
  const shell = await startReadyShell()
  expect(await shell.command('window')).toMatchObject({
    webPreferences: {
      contextIsolation: true, sandbox: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
      webSecurity: true, allowRunningInsecureContent: false, webviewTag: false,
    },
  })
  expect(await shell.command('app')).toMatchObject({ sandboxed: true })
  expect(await shell.command('evaluate', 'Object.keys(window.godwit)')).toEqual(['send', 'receive'])
  expect(await shell.command('evaluate', "['require', 'process', 'module', 'ipcRenderer', 'electron', 'standInSend'].filter((name) => name in window)")).toEqual([])
})

test('the page cannot go elsewhere', async () => {
  const shell = await startReadyShell()
  const before = await shell.command('evaluate', 'location.href')
  await shell.command('evaluate', "void (location.href = 'https://example.org/')")
  expect(await shell.next('navigation')).toEqual({ url: 'https://example.org/', prevented: true })
  await shell.command('evaluate', "void location.assign('/other.html')")
  expect(await shell.next('navigation')).toMatchObject({ prevented: true })
  expect(await shell.command('evaluate', 'location.href')).toBe(before)
  expect(shell.events.filter(({ event }) => event === 'network')).toEqual([])
  await bridgeWorks(shell)
})

test('the page opens no window; only a cited source opens in the browser of the system', async () => {
  const shell = await startReadyShell()
  for (const url of ['https://example.org/', 'http://doi.org/10.1145/1', 'https://doi.org.example.org/', 'https://doi.org:8443/', 'https://user@doi.org/']) {
    await shell.command('evaluate', `void window.open(${JSON.stringify(url)})`)
    expect(await shell.next('window-open')).toMatchObject({ action: 'deny' })
    expect(await shell.next('popup-closed')).toEqual({ pagesLeft: 1 })
  }
  expect(shell.events.filter(({ event }) => event === 'external')).toEqual([])
  await shell.command('evaluate', "void window.open('https://doi.org/10.5555/1251203.1251223')")
  expect(await shell.next('window-open')).toEqual({ url: 'https://doi.org/10.5555/1251203.1251223', action: 'deny' })
  expect(await shell.next('external')).toBe('https://doi.org/10.5555/1251203.1251223')
})

test('guest pages and permissions are refused, copying is not', async () => {
  const shell = await startReadyShell()
  expect(await shell.command('attachWebview')).toBe(true)
  for (const permission of ['geolocation', 'media', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem']) {
    expect(await shell.command('askPermission', permission)).toEqual({ granted: false, checked: false, device: false })
  }
  expect(await shell.command('askPermission', 'clipboard-sanitized-write')).toMatchObject({ granted: true, checked: true })
})

test('a message from another frame than the main one is refused', async () => {
  const shell = await startReadyShell({ settings: { preloadInSubFrames: true } })
  await shell.command(
    'evaluate',
    `new Promise((resolve) => {
      const frame = document.createElement('iframe')
      frame.srcdoc = '<p>guest</p>'
      frame.onload = () => resolve(void frame.contentWindow.godwit.send(${JSON.stringify(callFrame('saveSettings', { theme: 'dark' }))}))
      document.body.append(frame)
    })`,
  )
  await shell.said('a message from about:srcdoc was refused')
  expect(existsSync(join(shell.configFolder, 'settings.json'))).toBe(false)
  await bridgeWorks(shell)
})

test('frames that make no sense disturb nobody', async () => {
  const shell = await startReadyShell()
  const frames = ['{"t":', 'null', '7', callFrame('constructor'), JSON.stringify({ t: 'q', i: '1', m: '__proto__', a: [] }), JSON.stringify({ t: 'q', i: '1', m: 'call', a: 7 })]
  for (const frame of frames) await shell.command('evaluate', `window.godwit.send(${JSON.stringify(frame)})`)
  await bridgeWorks(shell)
  expect(shell.events.filter(({ event }) => event === 'dialog')).toEqual([])
})

test('the policy of the page refuses scripts, frames and connections that are not ours', async () => {
  const shell = await startReadyShell()
  const violations = await shell.command(
    'evaluate',
    `new Promise((resolve) => {
      const seen = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        seen.push(effectiveDirective)
        if (seen.length === 4) resolve(seen.sort())
      })
      const add = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes))
      add('script', { textContent: 'window.injected = true' })
      add('script', { src: 'https://example.org/a.js' })
      add('img', { src: 'https://example.org/a.png' })
      fetch('https://example.org/').catch(() => undefined)
    })`,
  )
  expect(violations).toEqual(['connect-src', 'img-src', 'script-src-elem', 'script-src-elem'])
  expect(await shell.command('evaluate', "'injected' in window")).toBe(false)
  expect(shell.events.filter(({ event }) => event === 'network')).toEqual([])
})

test('the scheme serves the built page and nothing beside it', async () => {
  const shell = await startReadyShell()
  const statusOf = (path: string): Promise<unknown> => shell.command('evaluate', `fetch(${JSON.stringify(path)}).then((answer) => answer.status)`)
  expect(await statusOf('/index.html')).toBe(200)
  for (const path of ['/../main/shell.js', '/..%2fmain%2fshell.js', '/%2e%2e/%2e%2e/package.json', '/assets/../../preload/preload.cjs', '/..%5cmain%5cshell.js', '/%00', '/assets']) {
    expect([path, await statusOf(path)]).toEqual([path, 404])
  }
})
