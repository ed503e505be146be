/** What browser mode keeps for its tabs: the token over a restart, drafts of tabs that are gone, and news of damaged files. */

import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AppCalls } from '#shared/rpc/app-contract.ts'
import { keptToken } from '../../src-main/server/kept-token.ts'
import { appOver, cookieText, get, openSocket, running } from '../helpers/server.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

describe('the token of a configuration folder', () => {
  const notices = (): { readonly said: string[]; readonly onNotice: (sentence: string) => void } => {
    const said: string[] = []
    return { said, onNotice: (sentence) => void said.push(sentence) }
  }

  test('is kept, so that a tab is let in again after a restart on the same port, and on no other', async () => {
    const { said, onNotice } = notices()
    const configFolder = join(temporaryFolder(), 'deep/config')
    const kept = await keptToken({ configFolder, onNotice })
    expect(Buffer.from(kept, 'base64url')).toHaveLength(32)
    const first = await running({ token: kept })
    const entered = await get(first.port, `/?token=${kept}`)
    const cookie = String(entered.headers['set-cookie']?.[0]).split(';')[0] ?? ''
    expect(cookie).not.toContain(kept)
    await first.close()

    const second = await running({ token: await keptToken({ configFolder, onNotice }), port: first.port })
    expect((await get(second.port, '/', { headers: { cookie } })).status).toBe(200)
    const { socket } = await openSocket(second.port, { headers: { cookie } })
    expect((await appOver(socket).about()).mode).toBe('browser')
    const elsewhere = await running({ token: kept })
    expect((await get(elsewhere.port, '/', { headers: { cookie: cookie.replace(String(first.port), String(elsewhere.port)) } })).status).toBe(403)
    expect(said).toEqual([])
  })

  test('is replaced on request, and the old cookie opens nothing more', async () => {
    const { onNotice } = notices()
    const configFolder = temporaryFolder()
    const old = await keptToken({ configFolder, onNotice })
    const fresh = await keptToken({ configFolder, isNew: true, onNotice })
    expect(fresh).not.toBe(old)
    expect(await keptToken({ configFolder, onNotice })).toBe(fresh)
    const { port } = await running({ token: fresh })
    expect((await get(port, '/', { headers: { cookie: cookieText(port, old) } })).status).toBe(403)
    expect((await get(port, '/', { headers: { cookie: cookieText(port, fresh) } })).status).toBe(200)
  })

  test('stands in a file that only its owner can read, whatever the mask', async () => {
    const before = process.umask(0)
    try {
      const configFolder = join(temporaryFolder(), 'config')
      await keptToken({ configFolder, onNotice: () => undefined })
      expect(statSync(join(configFolder, 'browser-token')).mode & 0o777).toBe(0o600)
      expect(statSync(configFolder).mode & 0o777).toBe(0o700)
    } finally {
      process.umask(before)
    }
  })

  test.each([
    ['other users could read it', (file: string) => chmodSync(file, 0o644)],
    ['it holds no token', (file: string) => writeFileSync(file, 'short\n')],
    ['it holds no token', (file: string) => writeFileSync(file, '')],
  ])('is made anew where %s', async (reason, spoil) => {
    const { said, onNotice } = notices()
    const configFolder = temporaryFolder()
    const file = join(configFolder, 'browser-token')
    const old = await keptToken({ configFolder, onNotice })
    spoil(file)
    const fresh = await keptToken({ configFolder, onNotice })
    expect(fresh).not.toBe(old)
    expect(said).toEqual([expect.stringContaining(reason)])
    expect({ mode: statSync(file).mode & 0o777, text: readFileSync(file, 'utf8') }).toEqual({ mode: 0o600, text: `${fresh}\n` })
  })

  test('is never written through a link', async () => {
    const { said, onNotice } = notices()
    const [configFolder, elsewhere] = [temporaryFolder(), temporaryFolder()]
    symlinkSync(join(elsewhere, 'stolen'), join(configFolder, 'browser-token'))
    await keptToken({ configFolder, onNotice })
    expect(said).toEqual([expect.stringContaining('no plain file')])
    expect(existsSync(join(elsewhere, 'stolen'))).toBe(false)
    expect(statSync(join(configFolder, 'browser-token')).isFile()).toBe(true)
  })

  test('that cannot be kept is a fault in words', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(keptToken({ configFolder: file, onNotice: () => undefined })).rejects.toMatchObject({ code: 'server.token-file', message: expect.stringContaining('--config') as string })
  })
})

describe('a draft', () => {
  test('is offered to other tabs once its own is gone, and to that one always', async () => {
    const { port, calls: fromNoTab } = await running()
    const [mine, other] = [await openSocket(port), await openSocket(port)]
    const [here, there] = [appOver(mine.socket), appOver(other.socket)]
    const offered = async (calls: AppCalls): Promise<readonly string[]> => (await calls.drafts()).map(({ draftId }) => draftId).sort()
    await here.saveDraft({ draftId: 'open', path: null, text: 'one' })
    await here.saveDraft({ draftId: 'left', path: null, text: 'two', isLeft: true })
    expect(await offered(here)).toEqual(['left', 'open'])
    expect(await offered(there)).toEqual(['left'])

    await there.saveDraft({ draftId: 'left', path: null, text: 'three' })
    expect(await offered(here)).toEqual(['open'])
    await there.dropDraft('left')

    const gone = new Promise<void>((resolve) => mine.socket.on('close', () => resolve()))
    mine.socket.terminate()
    await gone
    await expect.poll(() => offered(there)).toEqual(['open'])
    expect(await offered(fromNoTab)).toEqual(['open'])
  })
})

describe('a damaged file', () => {
  test('is told to every tab with its place and its remedy until one puts that away', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'config/drafts'), { recursive: true })
    writeFileSync(join(folder, 'config/settings.json'), '{"theme":"green"}')
    writeFileSync(join(folder, 'config/drafts/d1.json'), 'no JSON')
    const { port } = await running({ folder, onNotice: () => undefined })
    const told: number[] = []
    const [one, other] = [appOver((await openSocket(port)).socket), appOver((await openSocket(port)).socket, { noticesChanged: (notices) => void told.push(notices.length) })]
    expect((await one.settings()).theme).toBe('system')
    expect(await one.drafts()).toEqual([])
    const notices = await other.notices()
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/config\/settings\.json" is damaged \(theme: theme is light, dark or system\), so the default settings hold\. It is kept as ".*settings\.json\.damaged-.*": correct it there/),
      expect.stringMatching(/drafts\/d1\.json" is damaged \(it is not the JSON that is expected\), so the unsaved suite in it cannot be offered/),
    ])
    await one.dismissNotice(notices[0]?.noticeId ?? '')
    expect(await other.notices()).toEqual(notices.slice(1))
    expect(told).toEqual([1, 2, 1])
  })
})
