/** `godwit agent`: credentials in folders, the question whether an agent answers, and what is refused. */

import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readCredentials } from '../../src-main/agent/transport/credentials.ts'
import { main } from '../../src-main/cli/main.ts'
import { answeringAgent, facts } from '../helpers/answering-agent.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

/** A folder with an authority and a certificate. */
async function credentialsFolder(): Promise<string> {
  const folder = join(temporaryFolder(), 'agent')
  await godwit('agent', 'init', '--folder', folder, '--name', 'lab-1')
  return folder
}

describe('godwit agent init', () => {
  test('makes an authority and a certificate, for nobody else to read, and says what comes next', async () => {
    const folder = join(temporaryFolder(), 'deep', 'agent')
    const { status, out, err } = await godwit('agent', 'init', '--folder', folder, '--name', 'lab-1')
    expect({ status, out }).toEqual({ status: 0, out: `"${folder}" now holds an authority of your own, and a certificate for "lab-1"\n` })
    expect(err).toContain('godwit agent issue NAME --out FOLDER')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    expect((await readCredentials(folder)).credentials.kind).toBe('certificate')
  })

  test('names the machine by its host name unless told otherwise', async () => {
    const folder = join(temporaryFolder(), 'agent')
    const { out } = await godwit('agent', 'init', '--folder', folder, '--json')
    expect(JSON.parse(out)).toEqual({ folder, name: hostname(), kind: 'certificate' })
  })

  test('never writes over what is there', async () => {
    const folder = await credentialsFolder()
    const before = await readCredentials(folder)
    const { status, out, err } = await godwit('agent', 'init', '--folder', folder)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain('exists already and is not overwritten')
    expect(await readCredentials(folder)).toEqual(before)
  })
})

describe('godwit agent issue', () => {
  test('makes a folder for another machine, without the key of the authority', async () => {
    const folder = await credentialsFolder()
    const out = join(folder, '..', 'lab-2')
    const issued = await godwit('agent', 'issue', 'lab-2', '--folder', folder, '--out', out, '--json')
    expect(issued).toMatchObject({ status: 0, err: '' })
    expect(JSON.parse(issued.out)).toEqual({ folder: out, name: 'lab-2', kind: 'certificate' })
    expect(readdirSync(out).sort()).toEqual(['authority.pem', 'certificate.pem', 'key.pem'])
  })

  test('is refused on a machine that has no authority', async () => {
    const folder = await credentialsFolder()
    const other = join(folder, '..', 'lab-2')
    await godwit('agent', 'issue', 'lab-2', '--folder', folder, '--out', other)
    const { status, err } = await godwit('agent', 'issue', 'lab-3', '--folder', other, '--out', join(folder, '..', 'lab-3'))
    expect(status).toBe(2)
    expect(err).toContain('certificates can be issued on the machine that made the authority only')
  })

  test('needs a folder', async () => {
    expect(await godwit('agent', 'issue', 'lab-2')).toMatchObject({ status: 2, err: expect.stringContaining("required option '--out <folder>' not specified") as string })
  })
})

test('godwit agent key makes a key for all machines', async () => {
  const folder = join(temporaryFolder(), 'agent')
  const { status, out, err } = await godwit('agent', 'key', '--folder', folder, '--identity', 'lab')
  expect({ status, out }).toEqual({ status: 0, out: `"${folder}" now holds a key for "lab"\n` })
  expect(err).toContain('all of them use the same key')
  const { credentials } = await readCredentials(folder)
  expect(credentials).toMatchObject({ kind: 'psk', identity: 'lab' })
  expect(out + err).not.toContain(Buffer.from(credentials.kind === 'psk' ? credentials.key : []).toString('hex'))
})

describe('godwit agent status', () => {
  test('tells what an agent says of itself', async () => {
    const folder = await credentialsFolder()
    const { address } = await answeringAgent((await readCredentials(folder)).credentials, { ...facts, sessions: [{ session: 'run-1', role: 'source', guest: 'running' }] })
    const { status, out, err } = await godwit('agent', 'status', address, '--credentials', folder)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['Agent', 'godwit 0.1.0'],
      ['System', 'Linux 6.1 x64'],
      ['Memory', '16 GiB, 8 GiB free for guests'],
      ['Round trip', expect.stringMatching(/^\d+\.\d\d ms$/)],
      ['Credentials', 'certificate'],
      ['Guests', 'run-1 (source, running)'],
      [''],
    ])
  })

  test('prints one JSON document, whatever the answer, and says by its status whether there was one', async () => {
    const folder = await credentialsFolder()
    const { address } = await answeringAgent((await readCredentials(folder)).credentials)
    const good = await godwit('agent', 'status', address, '--credentials', folder, '--json')
    expect(good.status).toBe(0)
    expect(JSON.parse(good.out)).toMatchObject({ ok: true, address, ...facts })
    const bad = await godwit('agent', 'status', '127.0.0.1:1', '--credentials', folder, '--json')
    expect(bad).toMatchObject({ status: 1, err: '' })
    expect(JSON.parse(bad.out)).toMatchObject({ ok: false, address: '127.0.0.1:1', code: expect.stringMatching(/^agent\./) as string })
  })

  test.each([
    ['no address', ['agent', 'status', 'lab-2'], '"lab-2": a host and a port are expected'],
    ['no credentials', ['agent', 'status', 'lab-2:7300', '--credentials', '/nowhere/at/all'], 'make some with "godwit agent init"'],
    ['no port', ['agent', 'listen', '--port', '70000'], 'Give a whole number from 0 to 65535.'],
    ['no credentials to listen with', ['agent', 'listen', '--credentials', '/nowhere/at/all'], 'make some with "godwit agent init"'],
    ['no size of memory', ['agent', 'listen', '--memory', 'much', '--credentials', '/nowhere/at/all'], '--memory: "much" is not a quantity'],
    ['no memory', ['agent', 'listen', '--memory', '0', '--credentials', '/nowhere/at/all'], '--memory: an agent without memory can hold no guest'],
    ['no such command', ['agent', 'lisen'], 'Did you mean listen?'],
  ])('with %s is bad input', async (_what, args, says) => {
    const { status, out, err } = await godwit(...args)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain(says)
  })
})

describe('godwit agent listen', () => {
  /** The agent as a process of its own, once it listens. */
  async function listening(...args: string[]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../src-main/cli/entry.ts'), 'agent', 'listen', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let out = ''
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    const ended = new Promise<{ readonly status: number | null; readonly out: string; readonly err: string }>((resolve) => child.on('close', (status) => resolve({ status, out, err })))
    const first = new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
        if (out.includes('\n')) resolve(out)
      })
    })
    return { said: await Promise.race([first, ended.then((end) => Promise.reject(new Error(end.err)))]), ended, interrupt: () => void child.kill('SIGINT') }
  }

  test('says where it listens, answers those who prove themselves, and ends in good order at Ctrl-C', async () => {
    const folder = await credentialsFolder()
    const other = join(folder, '..', 'lab-2')
    await godwit('agent', 'issue', 'lab-2', '--folder', folder, '--out', other)
    const { said, ended, interrupt } = await listening('--credentials', other, '--port', '0', '--memory', '64MiB', '--json')
    const { port, ...rest } = JSON.parse(said) as { readonly port: number }
    expect(rest).toEqual({ host: '127.0.0.1', credentials: 'certificate', memoryLimitBytes: 2 ** 26, allowFaults: false })
    const asked = await godwit('agent', 'status', `127.0.0.1:${port}`, '--credentials', folder, '--json')
    expect(JSON.parse(asked.out)).toMatchObject({ ok: true, freeBytes: 2 ** 26, credentials: 'certificate', sessions: [] })
    const stranger = await credentialsFolder()
    expect((await godwit('agent', 'status', `127.0.0.1:${port}`, '--credentials', stranger)).status).toBe(1)
    interrupt()
    const end = await ended
    expect(end.status).toBe(0)
    expect(end.err).toContain('guests may take 64 MiB; Ctrl-C ends the agent\n')
    expect((await godwit('agent', 'status', `127.0.0.1:${port}`, '--credentials', folder)).err).toContain('nobody listens at')
  })

  test('refuses a port that is taken', async () => {
    const folder = await credentialsFolder()
    const { said } = await listening('--credentials', folder, '--port', '0')
    const [, port = ''] = /^listening on 127\.0\.0\.1:(\d+) \(certificate\)\n$/.exec(said) ?? []
    expect(await godwit('agent', 'listen', '--credentials', folder, '--port', port)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(`port ${port} at 127.0.0.1 is in use`) as string })
  })
})
