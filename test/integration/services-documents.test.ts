/** Documents, drafts and settings: files of a user are read and written whole or not at all. */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelVersion } from '#shared/sim/model-version.ts'
import { servicesForTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'
import { listeningWindow } from '../helpers/window.ts'

test('about says versions, store and mode', async () => {
  const { calls, storePath } = await servicesForTest()
  expect(await calls.about()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string, node: process.versions.node, electron: null, chromium: null, modelVersion, storePath, mode: 'browser', processors: availableParallelism() })
})

describe('a document', () => {
  test('is saved, opened again and listed as recent under the name of its suite', async () => {
    const { calls, folder } = await servicesForTest()
    const path = join(folder, 'suite.yaml')
    const saved = await calls.saveDocument({ path, text: smallSuite({ name: 'Rates' }), modifiedAt: null })
    expect(await calls.openDocument(path)).toEqual(saved)
    expect(readFileSync(path, 'utf8')).toBe(smallSuite({ name: 'Rates' }))
    expect(await calls.recentDocuments()).toEqual([{ path, name: 'Rates', openedAt: expect.stringMatching(/Z$/) as string }])
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('may be named relative to the folder of the program', async () => {
    const { calls, folder } = await servicesForTest()
    writeFileSync(join(folder, 'suite.yml'), 'godwit: 1\n')
    expect((await calls.openDocument('suite.yml')).path).toBe(join(folder, 'suite.yml'))
  })

  test('that another program changed since it was opened is not overwritten, unless that is asked for', async () => {
    const { calls, folder } = await servicesForTest()
    const path = join(folder, 'suite.yaml')
    const { modifiedAt } = await calls.saveDocument({ path, text: 'one', modifiedAt: null })
    writeFileSync(path, 'theirs')
    utimesSync(path, new Date(), new Date(Date.parse(modifiedAt) + 5000))
    await expect(calls.saveDocument({ path, text: 'mine', modifiedAt })).rejects.toMatchObject({ code: 'document.changed' })
    expect(readFileSync(path, 'utf8')).toBe('theirs')
    const saved = await calls.saveDocument({ path, text: 'mine', modifiedAt: null })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await calls.saveDocument({ path, text: 'again', modifiedAt: saved.modifiedAt })
    expect(readFileSync(path, 'utf8')).toBe('again')
  })

  test('that two windows save at once is kept from the one that comes first, and the other is told', async () => {
    const { calls, folder } = await servicesForTest()
    const path = join(folder, 'suite.yaml')
    const { modifiedAt } = await calls.saveDocument({ path, text: 'before', modifiedAt: null })
    utimesSync(path, new Date(), new Date(Date.parse(modifiedAt) - 60_000))
    const opened = await calls.openDocument(path)
    const saves = await Promise.allSettled(['first', 'second'].map((text) => calls.saveDocument({ path, text, modifiedAt: opened.modifiedAt })))
    expect(saves.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(readFileSync(path, 'utf8')).toBe('first')
  })

  test('that is a link stays a link, and keeps its permissions', async () => {
    const { calls, folder } = await servicesForTest()
    const target = join(folder, 'real.yaml')
    writeFileSync(target, 'one')
    chmodSync(target, 0o600)
    symlinkSync(target, join(folder, 'link.yaml'))
    await calls.saveDocument({ path: join(folder, 'link.yaml'), text: 'two', modifiedAt: null })
    expect(readFileSync(target, 'utf8')).toBe('two')
    expect(statSync(target).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['a folder', 'document.folder', (path: string) => mkdirSync(path)],
    ['a pipe', 'document.not-a-file', (path: string) => execFileSync('mkfifo', [path])],
    ['17 MiB large', 'document.too-large', (path: string) => (writeFileSync(path, ''), truncateSync(path, 17 * 2 ** 20))],
    ['no UTF-8', 'document.not-text', (path: string) => writeFileSync(path, Buffer.from([0x67, 0xff, 0xfe]))],
    ['missing', 'document.missing', () => undefined],
  ])('that is %s is refused with a sentence', async (_, code, make) => {
    const { calls, folder } = await servicesForTest()
    const path = join(folder, 'suite.yaml')
    make(path)
    await expect(calls.openDocument(path)).rejects.toMatchObject({ code, message: expect.stringContaining('suite.yaml') as string })
    expect(await calls.recentDocuments()).toEqual([])
  })

  test.each(['.bashrc', 'key.pem', 'suite', 'suite.yaml.exe'])('with the name %s is neither opened nor saved', async (name) => {
    const { calls, folder } = await servicesForTest()
    writeFileSync(join(folder, name), 'mine')
    await expect(calls.openDocument(join(folder, name))).rejects.toMatchObject({ code: 'document.ending' })
    await expect(calls.saveDocument({ path: join(folder, name), text: 'x', modifiedAt: null })).rejects.toMatchObject({ code: 'document.ending' })
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine')
  })

  test('whose folder does not exist is not saved, and the folder is not made', async () => {
    const { calls, folder } = await servicesForTest()
    await expect(calls.saveDocument({ path: join(folder, 'no', 'suite.yaml'), text: 'x', modifiedAt: null })).rejects.toMatchObject({ code: 'document.missing' })
    expect(readdirSync(folder)).not.toContain('no')
  })

  test('that was removed is no longer listed as recent', async () => {
    const { calls, folder } = await servicesForTest()
    const { path } = await calls.saveDocument({ path: join(folder, 'a.yaml'), text: 'x', modifiedAt: null })
    await calls.saveDocument({ path: join(folder, 'b.yaml'), text: 'x', modifiedAt: null })
    execFileSync('rm', [path])
    expect((await calls.recentDocuments()).map(({ name }) => name)).toEqual(['b.yaml'])
  })
})

describe('the list of a folder', () => {
  test('has folders and suite files in the order of people, and nothing hidden', async () => {
    const { calls, folder } = await servicesForTest()
    const place = join(folder, 'suites')
    for (const name of ['b', '.git', 'a10', 'a2']) mkdirSync(join(place, name), { recursive: true })
    for (const name of ['two.yml', 'one.yaml', 'three.JSON', '.hidden.yaml', 'notes.txt']) writeFileSync(join(place, name), '')
    symlinkSync(join(place, 'one.yaml'), join(place, 'link.yaml'))
    symlinkSync(join(place, 'nowhere'), join(place, 'broken.yaml'))
    expect(await calls.listFolder(place)).toEqual({ path: place, parent: folder, folders: ['a2', 'a10', 'b'], files: ['link.yaml', 'one.yaml', 'three.JSON', 'two.yml'] })
    expect((await calls.listFolder(null)).path).toBe(folder)
    expect((await calls.listFolder('/')).parent).toBeNull()
  })

  test('of a file or of nothing is refused', async () => {
    const { calls, folder } = await servicesForTest()
    writeFileSync(join(folder, 'a.yaml'), '')
    await expect(calls.listFolder(join(folder, 'a.yaml'))).rejects.toMatchObject({ code: 'document.not-a-folder' })
    await expect(calls.listFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'document.missing' })
  })
})

test('a dialog is the window\'s where there is one, and is refused in a browser', async () => {
  const browser = await servicesForTest()
  await expect(browser.calls.chooseFile('open', '')).rejects.toMatchObject({ code: 'document.no-dialog' })
  const window = await servicesForTest({ mode: 'window', chooseFile: async (kind, name) => `/${kind}/${name}` })
  expect(await window.calls.chooseFile('save', 'suite.yaml')).toBe('/save/suite.yaml')
})

describe('settings', () => {
  test('are kept over a restart and told to every window', async () => {
    const first = await servicesForTest()
    const [one, other] = [listeningWindow(first), listeningWindow(first)]
    expect(await first.calls.settings()).toEqual({ theme: 'system', workers: 0, textScale: 1 })
    const changed = { theme: 'dark', workers: 2, textScale: 1.25 } as const
    await Promise.all([first.calls.saveSettings({ theme: 'dark' }), first.calls.saveSettings({ workers: 2 }), first.calls.saveSettings({ textScale: 1.25 })])
    expect(one.settings.at(-1)).toEqual(changed)
    expect(other.settings).toEqual(one.settings)
    await first.close()
    const second = await servicesForTest({ folder: first.folder })
    expect(await second.calls.settings()).toEqual(changed)
  })

  test('out of range are refused and leave the old ones', async () => {
    const { calls } = await servicesForTest()
    await expect(calls.saveSettings({ workers: -1 })).rejects.toMatchObject({ code: 'settings.invalid', message: expect.stringContaining('at least 0') as string })
    await expect(calls.saveSettings({ theme: 'pink' as 'dark' })).rejects.toMatchObject({ code: 'settings.invalid' })
    expect(await calls.settings()).toEqual({ theme: 'system', workers: 0, textScale: 1 })
  })

  test.each(['{"theme": "dark"', '{"theme": "pink", "workers": 1, "textScale": 1}', ''])('that are damaged (%s) are set aside and said, and the program goes on', async (text) => {
    const first = await servicesForTest()
    await first.calls.saveSettings({ theme: 'dark' })
    const config = join(first.folder, 'config')
    writeFileSync(join(config, 'settings.json'), text)
    expect((await first.calls.settings()).theme).toBe('system')
    expect(first.notices).toEqual([expect.stringContaining('is damaged')])
    const aside = readdirSync(config).find((name) => name.startsWith('settings.json.damaged-'))
    expect(readFileSync(join(config, aside ?? ''), 'utf8')).toBe(text)
    expect((await first.calls.saveSettings({ workers: 3 })).workers).toBe(3)
  })
})

describe('drafts', () => {
  test('survive the program, the newest first, and are dropped when asked', async () => {
    const first = await servicesForTest()
    await first.calls.saveDraft({ draftId: 'a-1', path: null, text: 'one' })
    await first.calls.saveDraft({ draftId: 'b-2', path: '/x/suite.yaml', text: 'two' })
    await first.calls.saveDraft({ draftId: 'b-2', path: '/x/suite.yaml', text: 'two, longer' })
    await first.close()
    const { calls } = await servicesForTest({ folder: first.folder })
    expect((await calls.drafts()).map(({ draftId, path, text }) => [draftId, path, text])).toEqual(expect.arrayContaining([['a-1', null, 'one'], ['b-2', '/x/suite.yaml', 'two, longer']]))
    await calls.dropDraft('a-1')
    await calls.dropDraft('never-was')
    expect((await calls.drafts()).map(({ draftId }) => draftId)).toEqual(['b-2'])
  })

  test('one that is damaged costs none of the others', async () => {
    const { calls, folder, notices } = await servicesForTest()
    await calls.saveDraft({ draftId: 'good', path: null, text: 'one' })
    writeFileSync(join(folder, 'config/drafts/bad.json'), '{"draftId":')
    expect((await calls.drafts()).map(({ draftId }) => draftId)).toEqual(['good'])
    expect(notices).toHaveLength(1)
  })

  test.each(['../../escape', 'a/b', '', '.', 'x'.repeat(81)])('do not take %j for an id', async (draftId) => {
    const { calls } = await servicesForTest()
    await expect(calls.saveDraft({ draftId, path: null, text: '' })).rejects.toMatchObject({ code: 'rpc.arguments' })
    await expect(calls.dropDraft(draftId)).rejects.toMatchObject({ code: 'rpc.arguments' })
  })
})
