/** What the desktop application does when a part of it breaks: it says so, and goes on. */

import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildCli } from '../helpers/built-cli.ts'
import { type RunningShell, shellHome, startReadyShell, startShell } from '../helpers/electron-stand-in/start-shell.ts'

beforeAll(buildCli, 120_000)

const goesOn = async (shell: RunningShell): Promise<void> => {
  await shell.command('clickMenu', 'View', 'Theme', 'Dark')
  await shell.command('waitUntil', "document.documentElement.dataset.theme === 'dark'")
}

test('a page that crashes is offered again, and works when it was loaded again', async () => {
  const shell = await startReadyShell()
  await shell.command('crash')
  expect(await shell.next('dialog')).toMatchObject({
    message: "The window's page ended unexpectedly (crashed, exit code 133).",
    detail: 'Runs go on, and unsaved changes are kept. Load the window again to continue.',
    buttons: ['Load again', 'Quit'],
  })
  await shell.answerDialog('message', 0)
  await shell.next('loaded')
  await shell.command('waitFor', 'html[data-ready]')
  await goesOn(shell)
})

test('a request that comes while the page is gone reaches the page that is loaded again', async () => {
  const shell = await startReadyShell()
  await shell.command('crash')
  await shell.next('dialog')
  await shell.command('clickMenu', 'View', 'Figures')
  await shell.answerDialog('message', 0)
  await shell.next('loaded')
  await shell.command('waitUntil', "location.hash === '#/figures'")
})

test('after a crash the user may also leave', async () => {
  const shell = await startReadyShell()
  await shell.answerDialog('message', 1)
  await shell.command('crash')
  expect(await shell.exited).toBe(0)
})

test('a page that does not answer can be loaded again, and the offer is taken back when it answers after all', async () => {
  const shell = await startReadyShell()
  await shell.command('windowEvent', 'unresponsive')
  expect(await shell.next('dialog')).toMatchObject({ message: 'The window does not answer.', buttons: ['Load again', 'Wait'] })
  await shell.command('windowEvent', 'responsive')
  await shell.next('dialog-aborted')

  await shell.command('windowEvent', 'unresponsive')
  await shell.next('dialog')
  await shell.answerDialog('message', 0)
  await shell.next('loaded')
  await shell.command('waitFor', 'html[data-ready]')
  await goesOn(shell)
})

test('a mistake in the program is told with its reason, logged with its trace, and survived', async () => {
  const shell = await startReadyShell()
  await shell.command('throw', 'the balloon burst')
  expect(await shell.next('dialog')).toMatchObject({ message: 'A part of Godwit failed.', detail: expect.stringContaining('Error: the balloon burst') as string })
  await shell.said('the balloon burst')
  await shell.answerDialog('message', 0)
  await goesOn(shell)
})

test('a helper process that ends is told, except for the graphics process, which comes back by itself', async () => {
  const shell = await startReadyShell()
  await shell.command('appEvent', 'child-process-gone', { type: 'GPU', reason: 'crashed', exitCode: 1 })
  await shell.command('appEvent', 'child-process-gone', { type: 'Utility', reason: 'crashed', exitCode: 9, name: 'Audio' })
  expect(await shell.next('dialog')).toMatchObject({ message: 'A helper process of Godwit ended unexpectedly.', detail: expect.stringContaining('Audio: crashed, exit code 9') as string })
})

test('a store that cannot be opened is told before there is a window, and tried again once it was mended', async () => {
  const home = shellHome()
  const store = join(home.documentsFolder, 'lab.sqlite')
  mkdirSync(store)
  const shell = startShell({ home })
  expect(await shell.next('dialog')).toMatchObject({ ofWindow: false, message: 'Godwit cannot start.', detail: expect.stringContaining('lab.sqlite') as string, buttons: ['Try again', 'Quit'] })
  rmdirSync(store)
  await shell.answerDialog('message', 0)
  await shell.next('loaded')
  await shell.command('waitFor', 'html[data-ready]')
})

test('a store that cannot be opened ends the program with a status when the user gives up', async () => {
  const home = shellHome()
  mkdirSync(join(home.documentsFolder, 'lab.sqlite'))
  const shell = startShell({ home, settings: { dialogAnswers: [{ dialog: 'message', answer: 1 }] } })
  expect(await shell.next('dialog')).toMatchObject({ message: 'Godwit cannot start.' })
  expect(await shell.exited).toBe(1)
})
