/**
 * The source's connections to the destination: one for messages, device state and page requests, and as many for pages as
 * the scenario says. A page always takes the same one, so that its contents arrive in the order in which they were sent.
 *
 * When the connection is lost nothing that was under way ever settles; `onLost` is called once with what happened, found
 * out by knocking at the destination, and whoever drives the migration throws that into it.
 */

import { ConnectionGone, ConnectionLost, HostCrashed } from '#shared/migration/world.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { FrameSink } from '#shared/wire/frame-reader.ts'
import type { FrameLimits } from '#shared/wire/frames.ts'
import type { Message } from '#shared/wire/messages.ts'
import { type AgentAddress, dialAs } from '../sessions.ts'
import type { AgentConnection, SendOptions } from '../transport/contract.ts'
import type { ShapedLink } from '../transport/shaped-link.ts'

type Kind = Message['kind']
type Of<K extends Kind> = Extract<Message, { kind: K }>
export type Failure = ConnectionLost | ConnectionGone | HostCrashed

export interface ConnectionsOptions {
  readonly destination: AgentAddress
  readonly session: string
  readonly scenario: Scenario
  /** The link that is imitated towards the destination; null: the network as it is. */
  readonly link: ShapedLink | null
  readonly limits: FrameLimits
  /** What the destination sends by itself: requests, signs of life, checkpoints. */
  readonly sink: FrameSink
  readonly onLost: (failure: Failure) => void
}

/** Set-up must answer within this, whatever the link; nothing of a migration has begun yet. */
const setUpTimeoutNs = 5e9
/** Round trips from which the least is taken for the offset of the clocks (lab). */
const clockQuestions = 8
/** Between two attempts to connect again. */
const redialNs = 50e6

const never = new Promise<never>(() => undefined)

export class Connections {
  readonly #options: ConnectionsOptions
  #main: AgentConnection | null = null
  #data: AgentConnection[] = []
  #waiting = new Map<Kind, Array<{ readonly resolve: (message: never) => void; readonly reject: (error: Error) => void }>>()
  /** Sent over connections that are gone. */
  #formerBytes = 0
  #isDark = false
  #darkForEver = false
  #isLost = false
  #isClosed = false
  /** Frames of pages sent on each data connection since it was opened. */
  batches: number[] = []
  offsetNs = 0
  roundTripNs = 0

  private constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  /** Connects and measures the clocks; rejects with a GodwitError while nothing has begun. */
  static async open(options: ConnectionsOptions): Promise<Connections> {
    const connections = new Connections(options)
    await connections.#openMain('hello')
    return connections
  }

  get sentBytes(): number {
    return this.#formerBytes + [this.#main, ...this.#data].reduce((sum, connection) => sum + (connection?.sentBytes ?? 0), 0)
  }

  get channelCount(): number {
    const { optimisations, strategy } = this.#options.scenario
    return optimisations.channels + (strategy.preempt ? 1 : 0)
  }

  /** After the reservation. */
  async openData(): Promise<void> {
    const { session, destination, link } = this.#options
    const opened = await Promise.all(
      Array.from({ length: this.channelCount }, (_, channel) => dialAs({ ...destination, role: 'data', session, channel, timeoutNs: setUpTimeoutNs })),
    )
    this.#data = opened.map(({ connection }) => connection)
    this.batches = opened.map(() => 0)
    for (const connection of this.#data) {
      connection.receive(refusingSink)
      connection.sendOver(link)
      this.#watch(connection)
    }
  }

  /** The channel of a page that is pushed or copied, and that of one the guest waits for. */
  channelOf(page: number, isAsked: boolean): number {
    const { optimisations, strategy } = this.#options.scenario
    return isAsked && strategy.preempt ? optimisations.channels : (page >>> 8) % optimisations.channels
  }

  /** Sends a message; resolves when its last byte has left. */
  send(message: Message, options?: SendOptions): Promise<void> {
    return this.#quiet(() => this.#connected().message(message, options))
  }

  sendFrame(parts: readonly Uint8Array[], options?: SendOptions): Promise<void> {
    return this.#quiet(() => this.#connected().frame(parts, options))
  }

  sendPages(channel: number, parts: readonly Uint8Array[], options?: SendOptions): Promise<void> {
    this.batches[channel] = (this.batches[channel] ?? 0) + 1
    return this.#quiet(() => (this.#data[channel] ?? this.#connected()).frame(parts, options))
  }

  /** The next message of a kind that comes from the destination. */
  expect<K extends Kind>(kind: K): Promise<Of<K>> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(kind) ?? []
      queue.push({ resolve, reject })
      this.#waiting.set(kind, queue)
    })
  }

  async ask<K extends Kind>(question: Message, kind: K): Promise<Of<K>> {
    const answer = this.expect(kind)
    await this.send(question)
    return answer
  }

  /** The cable is out, or in again. */
  setDark(isDark: boolean, forEver: boolean): void {
    this.#isDark = isDark
    this.#darkForEver = isDark && forEver
    for (const connection of [this.#main, ...this.#data]) connection?.blackout(isDark)
  }

  /** Opens all connections anew and resumes the session; tries until it succeeds or `untilNs` on the clock is past. */
  async reopen(isOver: () => boolean): Promise<boolean> {
    while (!isOver() && !this.#isClosed) {
      if (!this.#isDark) {
        try {
          this.#isLost = false
          await this.#openMain('resume')
          await this.openData()
          return true
        } catch (error) {
          this.#drop()
          if (!(error instanceof GodwitError)) throw error
        }
      }
      await new Promise((resolve) => setTimeout(resolve, redialNs / 1e6))
    }
    return false
  }

  /** In good order, after what was sent has left. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([this.#main, ...this.#data].map(async (connection) => connection?.end()))
  }

  destroy(): void {
    this.#isClosed = true
    this.#drop()
  }

  async #openMain(how: 'hello' | 'resume'): Promise<void> {
    const { session, destination, link, limits, scenario } = this.#options
    const { connection } = await dialAs({ ...destination, role: 'migration', session, channel: 0, timeoutNs: setUpTimeoutNs })
    this.#main = connection
    connection.setLimits(limits)
    connection.receive(this.#sink())
    if (how === 'hello') {
      const { offsetNs, roundTripNs } = await connection.measureOffset(clockQuestions)
      this.offsetNs = offsetNs
      this.roundTripNs = roundTripNs
    }
    connection.sendOver(link)
    connection.setTimeout(scenario.link.timeout)
    this.#watch(connection)
  }

  /** What comes on the connection for messages: answers go to who waits for them, the rest to the owner. */
  #sink(): FrameSink {
    const { sink } = this.#options
    return {
      ...boundSink(sink),
      message: (message) => {
        const waiting = this.#waiting.get(message.kind)?.shift()
        if (waiting !== undefined) waiting.resolve(message as never)
        else if (message.kind === 'refuse') this.#refuse(message)
        else sink.message(message)
      },
    }
  }

  /** A refusal answers whatever was asked. */
  #refuse({ code, message }: Of<'refuse'>): void {
    for (const queue of this.#waiting.values()) for (const { reject } of queue.splice(0)) reject(new GodwitError(code, message))
  }

  #watch(connection: AgentConnection): void {
    void connection.closed.then(() => {
      const isOurs = connection === this.#main || this.#data.includes(connection)
      if (isOurs && !this.#isClosed && !this.#isLost) void this.#lose()
    })
  }

  async #lose(): Promise<void> {
    this.#isLost = true
    this.#waiting = new Map()
    this.#drop()
    const failure = await this.#whatHappened()
    if (!this.#isClosed) this.#options.onLost(failure)
  }

  /** A destination whose door is shut has stopped; one that opens has only lost this connection. */
  async #whatHappened(): Promise<Failure> {
    if (this.#darkForEver) return new ConnectionGone()
    if (this.#isDark) return new ConnectionLost()
    const { destination, session } = this.#options
    try {
      const { connection } = await dialAs({ ...destination, role: 'control', session, channel: 0, timeoutNs: setUpTimeoutNs })
      await connection.end()
      return new ConnectionLost()
    } catch {
      return new HostCrashed('destination')
    }
  }

  #drop(): void {
    this.#formerBytes = this.sentBytes
    for (const connection of [this.#main, ...this.#data]) connection?.destroy()
    this.#main = null
    this.#data = []
  }

  #connected(): AgentConnection {
    if (this.#main === null) throw new ConnectionLost()
    return this.#main
  }

  /** What a lost connection leaves undone never settles: the loss itself is told by `onLost`. */
  async #quiet(send: () => Promise<void>): Promise<void> {
    try {
      await send()
    } catch (error) {
      if (error instanceof ConnectionLost || this.#isLost || this.#isClosed || this.#main === null) return never
      // The connection is going down; what happened is being found out.
      if (error instanceof GodwitError && error.code.startsWith('agent.')) return never
      throw error
    }
  }
}

function unexpected(what: string): never {
  throw new GodwitError('wire.unexpected', `the destination sent ${what}, which is not its part; both sides should run the same version of Godwit`)
}

/** On a data connection nothing comes back. */
const refusingSink: FrameSink = {
  message: ({ kind }) => {
    if (kind !== 'abort') unexpected(`a message "${kind}" on a connection for pages`)
  },
  target: () => unexpected('pages'),
  coded: () => unexpected('pages'),
  pages: () => unexpected('pages'),
  bitmap: () => unexpected('a bitmap'),
  request: () => unexpected('a request'),
  state: () => unexpected('device state'),
}

function boundSink(sink: FrameSink): FrameSink {
  return {
    message: (message) => sink.message(message),
    target: (page, purpose) => sink.target(page, purpose),
    coded: (page, kind, bytes, purpose) => sink.coded(page, kind, bytes, purpose),
    pages: (table) => sink.pages(table),
    bitmap: (words, pageCount) => sink.bitmap(words, pageCount),
    request: (page) => sink.request(page),
    state: (json, bytes) => sink.state(json, bytes),
  }
}

