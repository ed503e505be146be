/** Browser mode: strangers learn nothing, hostile frames break nothing, and windows find everything again after a restart. */

import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { QueueEntry } from '#shared/rpc/app-contract.ts'
import { startApp } from '../helpers/app.ts'
import { appOver, cookieOf, cookieText, get, openSocket, rendererFolder, running, token } from '../helpers/server.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

describe('a page', () => {
  test('is given for the token, which is exchanged for a cookie that scripts and other sites cannot use', async () => {
    const { port, url } = await running()
    expect(url).toBe(`http://127.0.0.1:${port}/?token=${token}`)
    const entered = await get(port, `/?token=${token}`)
    expect(entered).toMatchObject({ status: 303, headers: { location: '/', 'set-cookie': [`${cookieText(port)}; Path=/; HttpOnly; SameSite=Strict`], 'cache-control': 'no-store' } })
    const page = await get(port, '/', { headers: cookieOf(port) })
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Godwit</title>', headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } })
  })

  test('is reached from a link on another site through a page of ours', async () => {
    const { port } = await running()
    const entered = await get(port, `/?token=${token}`, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(entered).toMatchObject({ status: 200, headers: { refresh: '0; url=/' }, body: '' })
  })

  test('comes with a strict policy', async () => {
    const { port } = await running()
    const { headers } = await get(port, '/', { headers: cookieOf(port) })
    const policy = String(headers['content-security-policy'])
    for (const rule of ["default-src 'none'", "script-src 'self'", `connect-src 'self' ws://127.0.0.1:${port}`, "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) expect(policy.split('; ')).toContain(rule)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })

  test('has files that may be kept, because their names change with their content', async () => {
    const { port } = await running()
    const file = await get(port, '/assets/index-LBd1VsVh.js', { headers: cookieOf(port) })
    expect(file).toMatchObject({ status: 200, body: 'export {}', headers: { 'cache-control': expect.stringContaining('immutable') as string, 'content-type': 'text/javascript; charset=utf-8' } })
  })

  test.each([
    ['no token', '/', {}],
    ['a wrong token', '/?token=wrong', {}],
    ['an empty token', '/?token=', {}],
    ['a wrong cookie', '/', { cookie: 'godwit=wrong' }],
    ['a script without a cookie', '/assets/index-LBd1VsVh.js', {}],
    ['a file that is not there', '/nothing.js', {}],
  ])('is refused to %s without a word', async (_, path, headers) => {
    const { port } = await running()
    expect(await get(port, path, { headers })).toMatchObject({ status: 403, body: '' })
  })

  test('is refused to the token in place of the cookie', async () => {
    const { port } = await running()
    expect(await get(port, '/', { headers: { cookie: `godwit-${port}=${token}` } })).toMatchObject({ status: 403, body: '' })
  })

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example:1'])('is refused where the host is %s, token or not', async (host) => {
    const { port } = await running()
    expect(await get(port, `/?token=${token}`, { headers: { host } })).toMatchObject({ status: 403, body: '' })
    expect(await get(port, '/', { headers: { host, ...cookieOf(port) } })).toMatchObject({ status: 403, body: '' })
  })

  test('is given through a tunnel with another port', async () => {
    const { port } = await running()
    expect(await get(port, '/', { headers: { host: 'localhost:9000', ...cookieOf(port) } })).toMatchObject({ status: 200 })
  })

  test.each(['/../outside.js', '/assets/../../outside.js', '/%2e%2e/outside.js', '/..%2foutside.js', '/..%5coutside.js', '/assets/%2e%2e%2f%2e%2e%2foutside.js', '/.secret', '/link.js', '/%00.js', '//outside.js', '/assets', '/nothing.js'])(
    'at %s gives nothing from outside the application',
    async (path) => {
      const { port } = await running()
      const { status, body } = await get(port, path, { headers: cookieOf(port) })
      expect({ status, body }).toEqual({ status: 404, body: '' })
    },
  )

  test.each(['/%', '/%ff', 'http://[', '*'])('at the broken address %s is refused, and the server goes on', async (path) => {
    const { port } = await running()
    expect((await get(port, path, { headers: cookieOf(port) })).status).toBeGreaterThanOrEqual(400)
    expect((await get(port, '/', { headers: cookieOf(port) })).status).toBe(200)
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('does not answer %s', async (method) => {
    const { port } = await running()
    expect(await get(port, '/', { method, headers: cookieOf(port) })).toMatchObject({ status: 405, body: '' })
  })
})

test('bytes that are no HTTP end the connection only', async () => {
  const { port } = await running()
  const socket = connect(port, '127.0.0.1')
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.write('\u0016\u0003\u0001 this is no HTTP\r\n\r\n')
  await ended
  expect((await get(port, '/', { headers: cookieOf(port) })).status).toBe(200)
})

test('a random token has 256 bits and differs from start to start', async () => {
  const folder = rendererFolder()
  const tokens = []
  for (let time = 0; time < 2; time++) {
    const app = await startApp({ rendererFolder: folder })
    onTestFinished(app.close)
    tokens.push(new URL(app.url).searchParams.get('token'))
  }
  expect(tokens[0]).not.toBe(tokens[1])
  for (const random of tokens) expect(Buffer.from(random ?? '', 'base64url')).toHaveLength(32)
})

describe('a socket', () => {
  test('carries calls, errors with their code, and events', async () => {
    const { port } = await running()
    const { socket } = await openSocket(port)
    const told: boolean[] = []
    const calls = appOver(socket, { settingsChanged: ({ theme }) => void told.push(theme === 'dark') })
    expect((await calls.about()).mode).toBe('browser')
    await expect(calls.openDocument('none.yaml')).rejects.toMatchObject({ code: 'document.missing', details: { path: expect.stringContaining('none.yaml') as string } })
    await calls.saveSettings({ theme: 'dark' })
    expect(told).toEqual([true])
  })

  test('may show the token instead of the cookie', async () => {
    const { port } = await running()
    const { socket } = await openSocket(port, { path: `/app?token=${token}`, headers: {} })
    expect((await appOver(socket).about()).mode).toBe('browser')
  })

  test.each([
    ['no cookie', { headers: {} }],
    ['a wrong token', { path: '/app?token=wrong', headers: {} }],
    ['the page of another site', { origin: 'http://evil.example' }],
    ['another scheme', { origin: 'https://127.0.0.1' }],
    ['a file on the disk', { origin: 'null' }],
    ['another path', { path: '/other' }],
  ])('is refused to %s', async (_, options) => {
    const { port } = await running()
    await expect(openSocket(port, options)).rejects.toThrow('403')
  })

  test('is refused to a page that reached this server by a name of its own', async () => {
    const { port } = await running()
    await expect(openSocket(port, { origin: `http://evil.example:${port}`, headers: { ...cookieOf(port), host: `evil.example:${port}` } })).rejects.toThrow('403')
  })

  test('several tabs agree', async () => {
    const { port } = await running()
    const last: Array<readonly QueueEntry[]> = [[], []]
    const finished = [0, 1].map(async (tab) => {
      const { socket } = await openSocket(port)
      let resolve = (): void => undefined
      const done = new Promise<void>((finish) => (resolve = finish))
      const calls = appOver(socket, {
        queueChanged: (entries) => {
          last[tab] = entries
          if (entries[0]?.state === 'finished') resolve()
        },
      })
      return { calls, done }
    })
    const [one, other] = await Promise.all(finished)
    await one?.calls.startRuns({ text: smallSuite({ points: 4, repeat: 10 }), fileName: 'suite.yaml' })
    await Promise.all([one?.done, other?.done])
    expect(last[0]).toEqual(last[1])
    expect(await other?.calls.queue()).toEqual(last[0])
  })

  test.each([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['a number', '7'],
    ['an answer to nothing', '{"t":"s","i":"x","r":1}'],
    ['a call of another function', '{"t":"q","i":"x","m":"constructor","a":["about",[]]}'],
    ['a call without arguments', '{"t":"q","i":"x","m":"call"}'],
    ['arguments that are no list', '{"t":"q","i":"x","m":"call","a":["about",{}]}'],
    ['an id of 100 letters', `{"t":"q","i":"${'x'.repeat(100)}","m":"call","a":["about",[]]}`],
    ['deep nesting', '['.repeat(100_000)],
    ['bytes', Buffer.from([0, 1, 2, 255])],
  ])('that sends %s is closed, and the others go on', async (_, message) => {
    const { port } = await running()
    const [hostile, sound] = [await openSocket(port), await openSocket(port)]
    hostile.socket.send(message)
    expect(await hostile.closed).toBe(1008)
    expect((await appOver(sound.socket).about()).mode).toBe('browser')
  })

  test('that sends more than 32 MiB at once is closed, and the others go on', async () => {
    const { port } = await running()
    const [hostile, sound] = [await openSocket(port), await openSocket(port)]
    hostile.socket.on('error', () => undefined)
    hostile.socket.send(Buffer.alloc(33 * 2 ** 20, ' '), { binary: false })
    expect([1006, 1009]).toContain(await hostile.closed)
    expect((await appOver(sound.socket).about()).mode).toBe('browser')
  })

  test('that breaks the protocol is closed, and the others go on', async () => {
    const { port } = await running()
    const sound = await openSocket(port)
    const raw = connect(port, '127.0.0.1')
    raw.on('error', () => undefined)
    const ended = new Promise<void>((resolve) => raw.on('close', () => resolve()))
    raw.write(
      ['GET /app HTTP/1.1', `Host: 127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}`, `Cookie: ${cookieText(port)}`, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n'),
    )
    // A frame that is not masked, of a kind that there is not.
    raw.once('data', () => raw.write(Buffer.from([0x8f, 0x7f, 255, 255, 255, 255, 255, 255, 255, 255])))
    await ended
    expect((await appOver(sound.socket).about()).mode).toBe('browser')
  })

  test.each([
    ['pauseRuns', [{ toString: 1 }]],
    ['runRows', ['1; DROP TABLE runs']],
    ['startRuns', [null]],
    ['openDocument', ['/etc/passwd\0.yaml']],
    ['annotate', [[], { __proto__: null, tags: 'all' }]],
    ['about', [1, 2, 3]],
  ])('with nonsense for %s is told so', async (name, args) => {
    const { port } = await running()
    const { socket } = await openSocket(port)
    const call = appOver(socket)[name as 'about'] as (...given: readonly unknown[]) => Promise<unknown>
    await expect(call(...args)).rejects.toMatchObject({ code: 'rpc.arguments' })
  })

  test('that closes while its answer is made does no harm', async () => {
    const { port, calls } = await running()
    await calls.startRuns({ text: smallSuite({ points: 10, repeat: 20 }), fileName: 'suite.yaml' })
    const { socket, closed } = await openSocket(port)
    const hostile = appOver(socket)
    for (let time = 0; time < 20; time++) hostile.runRows(1).catch(() => undefined)
    socket.terminate()
    await closed
    expect((await get(port, '/', { headers: cookieOf(port) })).status).toBe(200)
  })
})

test('a window that connects again after the server was killed and started finds everything', async () => {
  const folder = temporaryFolder()
  const first = await running({ folder })
  const { socket, closed } = await openSocket(first.port)
  let resolve = (): void => undefined
  const finished = new Promise<void>((finish) => (resolve = finish))
  const calls = appOver(socket, { queueChanged: (entries) => void (entries[0]?.state === 'finished' && resolve()) })
  const { suiteId } = await calls.startRuns({ text: smallSuite({ points: 3, repeat: 3 }), fileName: 'suite.yaml' })
  await finished
  await calls.saveDocument({ path: 'suite.yaml', text: smallSuite(), modifiedAt: null })
  await calls.saveDraft({ draftId: 'draft', path: null, text: 'unsaved' })
  await calls.saveSettings({ theme: 'light' })
  const rows = await calls.runRows(suiteId)
  await first.close()
  expect([1001, 1006]).toContain(await closed)

  const second = await running({ folder, port: first.port })
  const again = appOver((await openSocket(second.port)).socket)
  expect(await again.runRows(suiteId)).toEqual(rows)
  expect((await again.recentDocuments()).map(({ path }) => path)).toEqual([join(folder, 'suite.yaml')])
  expect((await again.drafts()).map(({ text }) => text)).toEqual(['unsaved'])
  expect((await again.settings()).theme).toBe('light')
})

test('a port that is in use is named', async () => {
  const { port } = await running()
  await expect(startApp({ rendererFolder: rendererFolder(), port })).rejects.toMatchObject({ code: 'server.port-in-use', message: expect.stringContaining(String(port)) as string })
})

test('an application that is not built is named', async () => {
  await expect(startApp({ rendererFolder: join(temporaryFolder(), 'none') })).rejects.toMatchObject({ code: 'server.no-renderer' })
})
