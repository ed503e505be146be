/** The lab's side of a conversation with an agent. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Message } from '#shared/wire/messages.ts'
import { nowNs } from './clock.ts'
import { type AgentAddress, dialAs, onlyMessages } from './sessions.ts'
import { firstLimits } from './links.ts'
import type { AgentConnection } from './transport/contract.ts'

export interface ClientOptions extends AgentAddress {
  readonly timeoutMs?: number | undefined
  /** What the agent tells by itself. */
  readonly onEvent?: (event: string, body: unknown) => void
}

export interface AgentClient {
  /** Time from a question to its answer when the conversation began. */
  readonly roundTripMs: number
  /** Resolves with the answer; rejects with a GodwitError of the agent's own words, or because it is gone. */
  order(order: string, body: unknown): Promise<unknown>
  /** Resolves when the conversation has ended, whoever ended it. */
  readonly closed: Promise<Error | null>
  close(): Promise<void>
}

const defaultTimeoutMs = 5000

export async function connectAgent({ timeoutMs = defaultTimeoutMs, onEvent, ...address }: ClientOptions): Promise<AgentClient> {
  const beganNs = nowNs()
  const { connection } = await dialAs({ ...address, role: 'control', session: 'lab', channel: 0, timeoutNs: timeoutMs * 1e6 })
  const client = new Client(connection, (nowNs() - beganNs) / 1e6, onEvent)
  return client
}

class Client implements AgentClient {
  readonly roundTripMs: number
  readonly closed: Promise<Error | null>
  readonly #connection: AgentConnection
  readonly #pending = new Map<number, { readonly resolve: (body: unknown) => void; readonly reject: (error: Error) => void }>()
  #lastId = 0
  #isGone = false

  constructor(connection: AgentConnection, roundTripMs: number, onEvent: ClientOptions['onEvent']) {
    this.roundTripMs = roundTripMs
    this.#connection = connection
    connection.setLimits({ ...firstLimits, messageBytes: 64 << 20 })
    connection.receive(onlyMessages((message) => this.#onMessage(message, onEvent)))
    this.closed = connection.closed.then((error) => {
      this.#isGone = true
      for (const { reject } of this.#pending.values()) reject(error ?? gone())
      this.#pending.clear()
      return error
    })
  }

  order(order: string, body: unknown): Promise<unknown> {
    if (this.#isGone) return Promise.reject(gone())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#connection.message({ kind: 'order', id, order, body }).catch(reject)
    })
  }

  close(): Promise<void> {
    return this.#connection.end()
  }

  #onMessage(message: Message, onEvent: ClientOptions['onEvent']): void {
    if (message.kind === 'event') onEvent?.(message.event, message.body)
    if (message.kind !== 'answer') return
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.ok) pending?.resolve(message.body)
    else pending?.reject(errorFrom(message.body))
  }
}

function gone(): GodwitError {
  return new GodwitError('agent.gone', 'the agent ended the conversation')
}

function errorFrom(body: unknown): GodwitError {
  const { code, message } = body as { readonly code?: unknown; readonly message?: unknown }
  return new GodwitError(typeof code === 'string' ? code : 'agent.fault', typeof message === 'string' ? message : 'the agent gives no reason')
}
