/** Two ends of a connection between agents over a real socket, and sinks that write down what came. */

import { connect, type Socket } from 'node:net'
import type { FrameSink } from '#shared/wire/frame-reader.ts'
import type { FrameLimits } from '#shared/wire/frames.ts'
import { pagesHead } from '#shared/wire/frame-writer.ts'
import type { Message } from '#shared/wire/messages.ts'
import { nowNs } from '../../src-main/agent/clock.ts'
import type { AgentConnection, Credentials, ShapedLinkOptions } from '../../src-main/agent/transport/contract.ts'
import { dialPeer } from '../../src-main/agent/transport/dial.ts'
import { type Door, listenForPeers } from '../../src-main/agent/transport/listen.ts'

export const pageBytes = 4096
export const host = '127.0.0.1'
export const tokenCredentials: Credentials = { kind: 'token', token: 'a token that only tests know' }
export const pskCredentials: Credentials = { kind: 'psk', identity: 'lab', key: new Uint8Array(32).fill(7) }
export const plainLink: ShapedLinkOptions = { bandwidth: 1e9, latencyNs: 0, jitterNs: 0, loss: 0, background: 0, seed: 1 }

export function limitsOf(pageCount: number): FrameLimits {
  return { messageBytes: 1 << 20, pageCount, pageBytes, batchPages: 1 << 16 }
}

/** What came, with the time of each frame. */
export class Journal implements FrameSink {
  readonly memory: Uint8Array
  readonly messages: Array<{ readonly message: Message; readonly atNs: number }> = []
  readonly batches: Array<{ readonly pages: readonly number[]; readonly atNs: number }> = []
  readonly requests: Array<{ readonly page: number; readonly atNs: number }> = []
  pageCount = 0
  readonly #waiting: Array<{ readonly isDone: () => boolean; readonly resolve: () => void }> = []

  constructor(pageCount = 0) {
    this.memory = new Uint8Array(new SharedArrayBuffer(pageCount * pageBytes))
  }

  /** Resolves when the condition holds after a frame came. */
  until(isDone: () => boolean): Promise<void> {
    return isDone() ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ isDone, resolve }))
  }

  message(message: Message): void {
    this.messages.push({ message, atNs: nowNs() })
    this.#look()
  }

  target(page: number): Uint8Array {
    return this.memory.subarray(page * pageBytes, (page + 1) * pageBytes)
  }

  coded(): void {}

  pages({ pages, count }: Parameters<FrameSink['pages']>[0]): void {
    this.batches.push({ pages: [...pages.subarray(0, Math.min(count, 1))], atNs: nowNs() })
    this.pageCount += count
    this.#look()
  }

  bitmap(): void {}

  request(page: number): void {
    this.requests.push({ page, atNs: nowNs() })
    this.#look()
  }

  state(): void {}

  #look(): void {
    for (const { isDone, resolve } of [...this.#waiting]) if (isDone()) resolve()
  }
}

export interface Peers {
  readonly dialled: AgentConnection
  readonly accepted: AgentConnection
  readonly door: Door
  close(): Promise<void>
}

/** The options are those of either side, if they differ. */
export async function connectPeers(credentials: Credentials = tokenCredentials, dialler: Credentials = credentials): Promise<Peers> {
  const accepted: AgentConnection[] = []
  let onPeer: () => void = () => undefined
  const came = new Promise<void>((resolve) => (onPeer = resolve))
  const door = await listenForPeers({ host, port: 0, credentials }, (connection) => {
    accepted.push(connection)
    onPeer()
  })
  try {
    const dialled = await dialPeer({ host, port: door.port, credentials: dialler, timeoutNs: 5e9 })
    await came
    const [first] = accepted
    if (first === undefined) throw new Error('nobody came')
    return {
      dialled,
      accepted: first,
      door,
      close: async () => {
        dialled.destroy()
        first.destroy()
        await door.close()
      },
    }
  } catch (error) {
    await door.close()
    throw error
  }
}

/** A frame of adjacent plain pages, head and content. */
export function plainPages(memory: Uint8Array, from: number, count: number): readonly [Uint8Array, Uint8Array] {
  const pages = Uint32Array.from({ length: count }, (_, index) => from + index)
  const head = pagesHead({ purpose: 'copy', count, pages, kinds: new Uint8Array(count), lengths: new Uint32Array(count).fill(pageBytes) })
  return [head, memory.subarray(from * pageBytes, (from + count) * pageBytes)]
}

/** Memory of another content on each page. */
export function memoryOf(pageCount: number): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(pageCount * pageBytes))
  for (let at = 0; at < memory.length; at++) memory[at] = (at * 31 + (at >>> 12) * 17) & 0xff
  return memory
}

/** A stranger at the door. */
export function stranger(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => resolve(socket))
    socket.once('error', reject)
    socket.on('error', () => undefined)
  })
}

/** Resolves with all that the other side said until it closed. */
export function said(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  socket.on('data', (bytes: Buffer) => parts.push(bytes))
  return new Promise((resolve) => socket.once('close', () => resolve(Buffer.concat(parts))))
}
