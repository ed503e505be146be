/** Connections between agents: frames, ends, silence, black-outs, and bytes that break the rules. */

import { afterEach, describe, expect, it } from 'vitest'
import type { GodwitError } from '#shared/model/godwit-error.ts'
import { messageFrame } from '#shared/wire/frame-writer.ts'
import { sleep } from '../../src-main/agent/clock.ts'
import type { AgentConnection, Credentials } from '../../src-main/agent/transport/contract.ts'
import { ShapedLink } from '../../src-main/agent/transport/shaped-link.ts'
import { connectPeers, Journal, limitsOf, memoryOf, type Peers, plainLink, plainPages, pskCredentials, tokenCredentials } from '../helpers/agent-peers.ts'

const opened: Peers[] = []
afterEach(async () => {
  for (const peers of opened.splice(0)) await peers.close()
})

async function open(credentials?: Credentials): Promise<Peers> {
  const peers = await connectPeers(credentials)
  opened.push(peers)
  return peers
}

/** Both sides receive, and have said something, so that they are no longer new. */
async function talking(credentials?: Credentials) {
  const peers = await open(credentials)
  const [there, back] = [new Journal(256), new Journal(256)]
  peers.accepted.setLimits(limitsOf(256))
  peers.accepted.receive(there)
  peers.dialled.receive(back)
  await peers.dialled.message({ kind: 'commit' })
  await there.until(() => there.messages.length === 1)
  return { ...peers, there, back }
}

const refused = (code: string) => expect.objectContaining({ name: 'GodwitError', code })
const kinds: ReadonlyArray<readonly [string, Credentials]> = [
  ['plain', tokenCredentials],
  ['over TLS', pskCredentials],
]

/** Bytes that no frame writer makes. */
const sendRaw = (connection: AgentConnection, bytes: Uint8Array): void => {
  connection.frame([bytes]).catch(() => undefined)
}

describe.each(kinds)('A connection, %s', (_name, credentials) => {
  it('keeps frames until somebody receives them', async () => {
    const { dialled, accepted } = await open(credentials)
    for (let i = 0; i < 3; i++) await dialled.message({ kind: 'finished', missing: i })
    await sleep(20e6)
    const journal = new Journal()
    accepted.receive(journal)
    await journal.until(() => journal.messages.length === 3)
    expect(journal.messages.map(({ message }) => message)).toEqual([0, 1, 2].map((missing) => ({ kind: 'finished', missing })))
  })

  it('carries pages into the memory of the receiver', async () => {
    const { dialled, there } = await talking(credentials)
    const memory = memoryOf(256)
    for (let from = 0; from < 256; from += 32) await dialled.frame(plainPages(memory, from, 32))
    await there.until(() => there.pageCount === 256)
    expect(there.memory).toEqual(memory)
    expect(dialled.sentBytes).toBeGreaterThan(memory.byteLength)
  })

  it('ends in good order after what was sent has come', async () => {
    const { dialled, accepted, there } = await talking(credentials)
    dialled.sendOver(new ShapedLink({ ...plainLink, bandwidth: 100e6, latencyNs: 20e6 }))
    const sent = dialled.frame(plainPages(memoryOf(256), 0, 256))
    await dialled.end()
    await sent
    expect(there.pageCount).toBe(256)
    expect(await dialled.closed).toBeNull()
    expect(await accepted.closed).toBeNull()
    await expect(dialled.message({ kind: 'commit' })).rejects.toEqual(refused('agent.gone'))
  })

  it('tells what it is destroyed with, and what is unsent fails', async () => {
    const { dialled } = await talking(credentials)
    dialled.sendOver(new ShapedLink({ ...plainLink, bandwidth: 1e6 }))
    const sent = dialled.frame(plainPages(memoryOf(256), 0, 256))
    const reason = new Error('the reason') as GodwitError
    const outcome = expect(sent).rejects.toMatchObject({ message: expect.stringContaining('the reason') })
    dialled.destroy(reason)
    await outcome
    expect(await dialled.closed).toMatchObject({ message: expect.stringContaining('the reason') })
  })

  it('ends by itself when the peer is silent for too long', async () => {
    const { dialled, accepted } = await talking(credentials)
    accepted.blackout(true)
    dialled.setTimeout(200e6)
    expect(await dialled.closed).toEqual(refused('agent.silent'))
  })

  it('stays while the peer gives signs of life, which nobody else sees', async () => {
    const { dialled, accepted, there, back } = await talking(credentials)
    dialled.setTimeout(200e6)
    accepted.setTimeout(200e6)
    await sleep(700e6)
    await dialled.message({ kind: 'commit' })
    await there.until(() => there.messages.length === 2)
    expect(back.messages).toEqual([])
  })

  it('measures the clock of the peer', async () => {
    const { dialled } = await talking(credentials)
    const { offsetNs, roundTripNs } = await dialled.measureOffset(8)
    // It is the same clock.
    expect(Math.abs(offsetNs)).toBeLessThanOrEqual(roundTripNs / 2)
    expect(roundTripNs).toBeLessThan(20e6)
  })

  it('carries nothing during a black-out, and everything after it', async () => {
    const { dialled, accepted, there, back } = await talking(credentials)
    dialled.sendOver(new ShapedLink({ ...plainLink, bandwidth: 1e9, latencyNs: 1e6 }))
    dialled.blackout(true)
    const sent = [dialled.message({ kind: 'finished', missing: 1 }), dialled.frame(plainPages(memoryOf(256), 0, 256))]
    await accepted.message({ kind: 'reserved' })
    await sleep(50e6)
    expect([there.messages.length, there.pageCount, back.messages.length]).toEqual([1, 0, 0])
    dialled.blackout(false)
    await Promise.all(sent)
    await Promise.all([there.until(() => there.pageCount === 256), back.until(() => back.messages.length === 1)])
    expect(there.messages.length).toBe(2)
  })
})

describe('An end', () => {
  it('does not wait for ever for a cable that is out', async () => {
    const { dialled } = await talking()
    dialled.blackout(true)
    const sent = expect(dialled.message({ kind: 'commit' })).rejects.toEqual(refused('agent.gone'))
    await dialled.end()
    await sent
  })

  it('of the peer fails what is unsent', async () => {
    const { dialled, accepted } = await talking()
    dialled.sendOver(new ShapedLink({ ...plainLink, bandwidth: 1e6 }))
    const sent = expect(dialled.frame(plainPages(memoryOf(256), 0, 256))).rejects.toEqual(refused('agent.gone'))
    await accepted.end()
    await sent
    expect(await dialled.closed).toBeNull()
  })
})

describe('A connection that is destroyed', () => {
  it('is no end in good order for the peer', async () => {
    const { dialled, accepted } = await talking()
    dialled.destroy()
    expect(await accepted.closed).toEqual(refused('agent.gone'))
  })

  it('hands out nothing of what came in the same read', async () => {
    const { dialled, accepted } = await open()
    const kinds: string[] = []
    const journal = new Journal()
    accepted.receive({
      ...journal,
      message: ({ kind }) => {
        kinds.push(kind)
        accepted.destroy()
      },
      target: () => new Uint8Array(),
      coded: () => undefined,
      pages: () => undefined,
      bitmap: () => undefined,
      request: () => undefined,
      state: () => undefined,
    })
    sendRaw(dialled, Buffer.concat([messageFrame({ kind: 'commit' }), messageFrame({ kind: 'reserved' })]))
    await accepted.closed
    expect(kinds).toEqual(['commit'])
  })
})

describe('A peer that breaks the rules', () => {
  const frameOf = (type: number, length: number, payload = ''): Uint8Array => {
    const bytes = Buffer.alloc(8 + payload.length)
    bytes.writeUInt32LE(length, 0)
    bytes.writeUInt8(type, 4)
    bytes.write(payload, 8, 'latin1')
    return bytes
  }

  it.each([
    ['a type that does not exist', frameOf(77, 4)],
    ['a length beyond all limits', frameOf(0, 0xffffffff)],
    ['JSON that is none', frameOf(0, 5, '{oops')],
    ['a message that does not exist', frameOf(0, 15, '{"kind":"dance"}'.slice(0, 15))],
    ['a page that the guest has not', frameOf(3, 4, '\xff\xff\xff\x7f')],
    ['noise', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ])('by %s is told why and cut off', async (_name, bytes) => {
    const { dialled, accepted, back } = await talking()
    sendRaw(dialled, bytes)
    const error = (await accepted.closed) as GodwitError
    expect(error.code).toMatch(/^wire\./)
    await back.until(() => back.messages.length === 1)
    expect(back.messages[0]?.message).toEqual({ kind: 'abort', code: error.code, message: error.message })
  })

  it('and one whose message is refused by its sink as well', async () => {
    const { dialled, accepted } = await open()
    accepted.receive({
      ...new Journal(),
      message: () => {
        throw new Error('no such luck')
      },
    } as never)
    await dialled.message({ kind: 'commit' })
    expect(await accepted.closed).toEqual(refused('agent.fault'))
  })

  it('by saying nothing after it got in is cut off', async () => {
    const { dialled, accepted } = await open()
    accepted.receive(new Journal())
    // A part of a frame is no frame.
    sendRaw(dialled, messageFrame({ kind: 'commit' }).subarray(0, 10))
    expect(await accepted.closed).toEqual(refused('agent.silent'))
  })
})

describe('Without a link', () => {
  it('a link that comes later waits for what the peer has yet to take', async () => {
    const { dialled, accepted, there } = await talking()
    accepted.blackout(true)
    const memory = memoryOf(256)
    const sends = Array.from({ length: 32 }, () => dialled.frame(plainPages(memory, 0, 256)))
    dialled.sendOver(new ShapedLink(plainLink))
    sends.push(dialled.message({ kind: 'reserved' }))
    await sleep(20e6)
    accepted.blackout(false)
    await Promise.all(sends)
    await there.until(() => there.messages.length === 2)
    expect(there.pageCount).toBe(32 * 256)
  })

  it('what the peer does not take waits, and little of it in the socket', async () => {
    const { dialled, accepted, there } = await talking()
    accepted.blackout(true)
    const memory = memoryOf(256)
    let left = 0
    const frames = 64
    const sends = Array.from({ length: frames }, async () => dialled.frame(plainPages(memory, 0, 256)).then(() => left++))
    await sleep(100e6)
    expect(left).toBeLessThan(frames / 2)
    expect(dialled.sentBytes).toBeLessThan(24 << 20)
    accepted.blackout(false)
    await Promise.all(sends)
    await there.until(() => there.pageCount === frames * 256)
  })
})
