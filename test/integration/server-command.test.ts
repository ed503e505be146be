/** `godwit serve` and `godwit start` as processes: what they print, how they end, and what they leave behind. */

import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { connectApp, eventsThrough } from '#shared/rpc/channel.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const project = join(import.meta.dirname, '../..')
const isBuilt = existsSync(join(project, 'out/renderer/index.html'))
if (!isBuilt) process.stderr.write('skipped: godwit serve needs the built application; run npm run build\n')

interface Serving {
  readonly url: string
  readonly interrupt: () => void
  readonly ended: Promise<{ readonly status: number | null; readonly out: string; readonly err: string }>
}

function begin(args: readonly string[], folder: string): { readonly firstLine: Promise<string> } & Omit<Serving, 'url'> {
  // No browser opens where none is found.
  const environment = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config'), PATH: '' }
  const child = spawn(process.execPath, [join(project, 'src-main/cli/entry.ts'), ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: environment })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      if (out.includes('\n')) resolve(out.split('\n')[0] ?? '')
    })
  })
  const ended = new Promise<Awaited<Serving['ended']>>((resolve) => child.on('close', (status) => resolve({ status, out, err })))
  return { firstLine, interrupt: () => void child.kill('SIGINT'), ended }
}

async function serve(args: readonly string[], folder: string): Promise<Serving> {
  const { firstLine, interrupt, ended } = begin(args, folder)
  const url = await Promise.race([firstLine, ended.then(({ err }) => Promise.reject(new Error(err)))])
  return { url, interrupt, ended }
}

test.skipIf(!isBuilt)('serve prints the address and ends cleanly at Ctrl-C, with every run whole', async () => {
  const folder = temporaryFolder()
  const { url, interrupt, ended } = await serve(['serve'], folder)
  const { host, origin, searchParams } = new URL(url)
  expect((await fetch(url)).status).toBe(403) // fetch keeps no cookie over the redirect
  const socket = new WebSocket(`ws://${host}/app?token=${searchParams.get('token') ?? ''}`, { origin })
  await new Promise<void>((resolve, reject) => socket.on('open', resolve).on('error', reject))
  let begun = (): void => undefined
  const running = new Promise<void>((resolve) => (begun = resolve))
  const calls = connectApp(
    { send: (message) => socket.send(message), receive: (receiver) => void socket.on('message', (data: Buffer) => receiver(data.toString())) },
    { ...eventsThrough(() => undefined), runsFinished: () => begun() },
  )
  const { suiteId } = await calls.startRuns({ text: smallSuite({ points: 10, repeat: 200 }), fileName: 'suite.yaml' })
  await running
  interrupt()
  const { status, out, err } = await ended
  expect({ status, out }).toEqual({ status: 0, out: `${url}\n` })
  expect(err).toContain('stopping')
  expect(readdirSync(folder).sort()).toEqual(['config', 'lab.sqlite'])

  const store = await openStore(join(folder, 'lab.sqlite'), { access: 'read' })
  onTestFinished(() => store.close())
  const runs = await store.runs({ suiteId, timelines: true })
  expect(runs.length).toBeGreaterThan(0)
  expect(runs.length).toBeLessThan(2000)
  for (const { outcome, iterations, timeline } of runs) expect([outcome, iterations.length > 0, timeline.timeMs.length > 0]).toEqual(['completed', true, true])
})

test.skipIf(!isBuilt)('serve keeps its token from one start to the next, until a new one is asked for', async () => {
  const folder = temporaryFolder()
  const tokenOf = async (...args: string[]): Promise<string> => {
    const { url, interrupt, ended } = await serve(['serve', ...args], folder)
    interrupt()
    await ended
    return new URL(url).searchParams.get('token') ?? ''
  }
  const first = await tokenOf()
  expect(first).toMatch(/^[\w-]{43}$/)
  expect(await tokenOf()).toBe(first)
  const fresh = await tokenOf('--new-token')
  expect(fresh).not.toBe(first)
  expect(await tokenOf('--token', 'a-token-of-my-own-1234')).toBe('a-token-of-my-own-1234')
  expect(await tokenOf()).toBe(fresh)
})

test.skipIf(!isBuilt)('serve on a port that is in use says so and exits with 2', async () => {
  const taken = createServer()
  onTestFinished(() => void taken.close())
  const port = await new Promise<number>((resolve) => taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)))
  const { ended } = begin(['serve', '--port', String(port)], temporaryFolder())
  expect(await ended).toEqual({ status: 2, out: '', err: `godwit: port ${port} of 127.0.0.1 is in use by another program; choose another with --port, or leave it out\n` })
})

test.each([
  [['--port', '70000'], 'whole number from 0 to 65535'],
  [['--token', 'short'], 'a token has 16 to 200 letters'],
  [['--token', 'a-token-of-my-own-1234', '--new-token'], 'give one of them'],
  [['--store', '/no/such/folder/lab.sqlite'], 'does not exist'],
])('serve %j is refused with exit status 2', async (args, message) => {
  const { status, err } = await begin(['serve', ...args], temporaryFolder()).ended
  expect(status).toBe(2)
  expect(err).toContain(message)
})

test.skipIf(!isBuilt)('serve for other machines warns', async () => {
  const { interrupt, ended } = await serve(['serve', '--host', '0.0.0.0'], temporaryFolder())
  interrupt()
  expect((await ended).err).toContain('can be reached by other machines')
})

test.skipIf(!isBuilt)('start without a window says so in one sentence and serves to the browser', async () => {
  const { url, interrupt, ended } = await serve(['start'], temporaryFolder())
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  interrupt()
  const { status, err } = await ended
  expect(status).toBe(0)
  expect(err.split('\n')[0]).toMatch(/, so the application opens in the browser$/)
})
