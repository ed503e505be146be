/** Who gets in at an agent's door, and what the others are told. */

import { createServer, type AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Credentials } from '../../src-main/agent/transport/contract.ts'
import { initCredentials, issue, readCredentials } from '../../src-main/agent/transport/credentials.ts'
import { dialPeer } from '../../src-main/agent/transport/dial.ts'
import { listenForPeers } from '../../src-main/agent/transport/listen.ts'
import { connectPeers, host, Journal, limitsOf, memoryOf, plainPages, pskCredentials, said, stranger, tokenCredentials } from '../helpers/agent-peers.ts'

let folder: string
/** Two hosts of one authority, and one of another. */
let first: Credentials
let second: Credentials
let foreign: Credentials

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'godwit-test-'))
  const read = async (name: string): Promise<Credentials> => (await readCredentials(join(folder, name))).credentials
  await initCredentials(join(folder, 'first'), { name: 'lab-1' })
  await issue(join(folder, 'first'), join(folder, 'second'), { name: 'lab-2' })
  await initCredentials(join(folder, 'foreign'), { name: 'lab-1' })
  first = await read('first')
  second = await read('second')
  foreign = await read('foreign')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A door at which nobody is expected to get in. */
async function door(credentials: Credentials) {
  let peers = 0
  const { port, close } = await listenForPeers({ host, port: 0, credentials }, (connection) => {
    peers++
    connection.destroy()
  })
  onTestFinished(close)
  return { port, peers: () => peers }
}

const dial = (port: number, credentials: Credentials, timeoutNs = 5e9) => dialPeer({ host, port, credentials, timeoutNs })
const refused = (code: string) => expect.objectContaining({ name: 'GodwitError', code })

/** Something else than an agent, which says this to whoever connects, and answers that. */
async function otherProgram(words: string | null, answer?: string | ((said: Buffer) => Uint8Array)): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (words !== null) socket.write(words)
    socket.on('data', (bytes: Buffer) => {
      if (answer !== undefined) socket.write(typeof answer === 'string' ? answer : answer(bytes))
    })
    onTestFinished(() => void socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('Both sides prove who they are', () => {
  it.each<[string, () => [listener: Credentials, dialler: Credentials, listenerName: string, diallerName: string]]>([
    ['by a token', () => [tokenCredentials, tokenCredentials, 'local', 'local']],
    ['by a key', () => [pskCredentials, pskCredentials, 'lab', 'lab']],
    ['by certificates of one authority', () => [first, second, 'lab-1', 'lab-2']],
  ])('%s, and frames pass both ways', async (_name, kinds) => {
    const [listener, dialler, listenerName, diallerName] = kinds()
    const peers = await connectPeers(listener, dialler)
    const { dialled, accepted } = peers
    expect([dialled.peer, accepted.peer]).toEqual([listenerName, diallerName])
    const [there, back] = [new Journal(64), new Journal()]
    accepted.setLimits(limitsOf(64))
    accepted.receive(there)
    dialled.receive(back)
    const memory = memoryOf(64)
    await dialled.frame(plainPages(memory, 0, 64))
    await accepted.message({ kind: 'reserved' })
    await Promise.all([there.until(() => there.pageCount === 64), back.until(() => back.messages.length === 1)])
    expect(there.memory).toEqual(memory)
    await dialled.end()
    expect(await accepted.closed).toBeNull()
    await peers.close()
  })
})

describe('Whoever cannot prove it stays outside', () => {
  it('with another token', async () => {
    const { port, peers } = await door(tokenCredentials)
    await expect(dial(port, { kind: 'token', token: 'another' })).rejects.toEqual(refused('agent.not-authenticated'))
    expect(peers()).toBe(0)
  })

  it('with another key, or under another name', async () => {
    const { port, peers } = await door(pskCredentials)
    await expect(dial(port, { kind: 'psk', identity: 'lab', key: new Uint8Array(32).fill(8) })).rejects.toEqual(refused('agent.not-authenticated'))
    await expect(dial(port, { kind: 'psk', identity: 'other', key: new Uint8Array(32).fill(7) })).rejects.toEqual(refused('agent.not-authenticated'))
    expect(peers()).toBe(0)
  })

  it('with a certificate of another authority', async () => {
    const { port, peers } = await door(first)
    await expect(dial(port, foreign)).rejects.toEqual(refused('agent.not-authenticated'))
    if (foreign.kind !== 'certificate' || first.kind !== 'certificate') throw new Error('not certificates')
    // It trusts our authority, but its own certificate is of another: only the listener can refuse it.
    await expect(dial(port, { ...foreign, authority: first.authority })).rejects.toEqual(refused('agent.not-authenticated'))
    expect(peers()).toBe(0)
  })

  it('without a certificate', async () => {
    const { port, peers } = await door(first)
    const socket = connectTls({ host, port, rejectUnauthorized: false })
    socket.on('error', () => undefined)
    const words = said(socket)
    expect((await words).byteLength).toBe(0)
    expect(peers()).toBe(0)
  })

  it('and a listener that has not the token is not believed', async () => {
    const port = await otherProgram('x'.repeat(32), 'y'.repeat(32))
    await expect(dial(port, tokenCredentials)).rejects.toEqual(refused('agent.not-authenticated'))
  })

  it('and a listener that repeats what the dialler said is not believed', async () => {
    const port = await otherProgram('x'.repeat(32), (answer) => answer.subarray(32))
    await expect(dial(port, tokenCredentials)).rejects.toEqual(refused('agent.not-authenticated'))
  })
})

describe('A dialler is told in a sentence', () => {
  it('that nobody listens', async () => {
    const { port, close } = await listenForPeers({ host, port: 0, credentials: tokenCredentials }, () => undefined)
    await close()
    await expect(dial(port, tokenCredentials)).rejects.toEqual(refused('agent.refused-connection'))
    await expect(dial(port, pskCredentials)).rejects.toEqual(refused('agent.refused-connection'))
  })

  it('that a name leads nowhere', async () => {
    await expect(dialPeer({ host: 'no-such-host.invalid', port: 1, credentials: pskCredentials, timeoutNs: 5e9 })).rejects.toEqual(refused('agent.unreachable'))
  })

  it.each([
    ['a program that greets otherwise', 'SSH-2.0-OpenSSH_9.9 and a few words more than a greeting of ours\r\n'],
    ['a program that says nothing', null],
  ])('that it reached %s', async (_name, words) => {
    const port = await otherProgram(words)
    for (const credentials of [tokenCredentials, pskCredentials, first]) {
      await expect(dial(port, credentials, 700e6)).rejects.toEqual(refused('agent.not-an-agent'))
    }
  })

  it('that the agent uses another kind of keys', async () => {
    const { port: tokenPort } = await door(tokenCredentials)
    const { port: pskPort } = await door(pskCredentials)
    await expect(dial(tokenPort, pskCredentials)).rejects.toEqual(refused('agent.not-an-agent'))
    await expect(dial(pskPort, tokenCredentials, 700e6)).rejects.toEqual(refused('agent.not-an-agent'))
    await expect(dial(pskPort, first)).rejects.toEqual(refused('agent.not-authenticated'))
  })

  it('that a token is for this machine only', async () => {
    await expect(dialPeer({ host: '192.0.2.1', port: 1, credentials: tokenCredentials, timeoutNs: 1e9 })).rejects.toEqual(refused('agent.open-host'))
  })
})

describe('An agent does not listen', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])('to others than this machine without keys: %s', async (open) => {
    await expect(listenForPeers({ host: open, port: 0, credentials: tokenCredentials }, () => undefined)).rejects.toEqual(refused('agent.open-host'))
  })

  it('at a port that is in use', async () => {
    const { port } = await door(tokenCredentials)
    await expect(listenForPeers({ host, port, credentials: pskCredentials }, () => undefined)).rejects.toEqual(refused('agent.port-in-use'))
  })

  it('at an address of another machine', async () => {
    await expect(listenForPeers({ host: '192.0.2.1', port: 0, credentials: pskCredentials }, () => undefined)).rejects.toEqual(refused('agent.no-address'))
  })
})

describe('A stranger', () => {
  it('that says nothing is put out after some seconds, having heard a random number only', async () => {
    const { port, peers } = await door(tokenCredentials)
    const words = await said(await stranger(port))
    expect(words.byteLength).toBe(32)
    expect(peers()).toBe(0)
  })

  it('that speaks byte by byte has no more time than others', async () => {
    const { port, peers } = await door(tokenCredentials)
    const socket = await stranger(port)
    const words = said(socket)
    const drip = setInterval(() => socket.write('x'), 200)
    onTestFinished(() => clearInterval(drip))
    const began = performance.now()
    await words
    expect(performance.now() - began).toBeLessThan(7000)
    expect(peers()).toBe(0)
  })

  it.each([
    ['a token', () => tokenCredentials],
    ['a key', () => pskCredentials],
    ['certificates', () => first],
  ] as const)('that speaks nonsense where %s is asked for gets nothing', async (_name, credentials) => {
    const { port, peers } = await door(credentials())
    const socket = await stranger(port)
    const words = said(socket)
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html, and enough to be a proof\r\n\r\n')
    // A random number at most, or an alert of TLS.
    expect((await words).byteLength).toBeLessThanOrEqual(32)
    expect(peers()).toBe(0)
  })

  it('that brings many others does not keep friends out for long', async () => {
    const { port } = await door(tokenCredentials)
    const crowd = await Promise.all(Array.from({ length: 64 }, () => stranger(port)))
    onTestFinished(() => crowd.forEach((socket) => socket.destroy()))
    await expect(said(await stranger(port))).resolves.toHaveLength(0)
    await Promise.all(crowd.map(said))
    const friend = await dial(port, tokenCredentials)
    friend.destroy()
  })
})
