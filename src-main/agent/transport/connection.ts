/**
 * A connection between agents over a socket whose peer has proved who it is. What is to be sent goes through a flow: at
 * the pace of a link, or as the socket takes it. Pings are answered here, and sent when there is nothing else to say, so
 * silence means that the peer, or the network between, is gone.
 */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { FrameLimits } from '#shared/wire/frames.ts'
import { FrameReader, type FrameSink } from '#shared/wire/frame-reader.ts'
import { messageFrame } from '#shared/wire/frame-writer.ts'
import type { Message } from '#shared/wire/messages.ts'
import { nowNs } from '../clock.ts'
import type { AgentConnection, SendOptions, ShapedLink as ShapedLinkContract } from './contract.ts'
import { DirectFlow, type Flow, type Outlet } from './flow.ts'
import { ShapedLink } from './shaped-link.ts'
import { SignsOfLife } from './signs-of-life.ts'
import type { WireSocket } from './wire-socket.ts'

/** Bytes that wait in the socket before more is held back (lab). */
const mostQueuedBytes = 4 << 20
/** What may come before the owner sets limits. */
const firstLimits: FrameLimits = { messageBytes: 1 << 20, pageCount: 0, pageBytes: 0, batchPages: 0 }
/** A link that holds up nothing but sends that ask for a rate. */
const unlimited = { bandwidth: 1e12, latencyNs: 0, jitterNs: 0, loss: 0, background: 0, seed: 0 }
/** An orderly end in which nothing moves for so long is none (lab). */
const endTimeoutMs = 5000
/** The last word to a peer that broke the rules may take this long (lab). */
const abortTimeoutMs = 250

type ClockAnswer = Extract<Message, { kind: 'pong' }>

/** Ends the reading of what came in the same read as the frame that ended the connection. */
const over = new Error('the connection is over')

export class Connection implements AgentConnection {
  readonly peer: string
  readonly closed: Promise<Error | null>
  readonly #wire: WireSocket
  readonly #outlet: Outlet
  readonly #life: SignsOfLife
  readonly #questions = new Map<number, { readonly resolve: (pong: ClockAnswer) => void; readonly reject: (error: Error) => void }>()
  #limits = firstLimits
  #reader: FrameReader | null = null
  #sink: FrameSink | null = null
  #flow: Flow
  #isLinked = false
  /** Flows before the present one, from which something has yet to leave; and the bytes that left through those that are done. */
  readonly #formerFlows = new Set<Flow>()
  #formerBytes = 0
  #isDark = false
  #isEnding = false
  #isOver = false
  #reason: Error | null = null
  #onFirstFrame: () => void = () => undefined

  constructor(wire: WireSocket, peer: string) {
    this.#wire = wire
    this.peer = peer
    const { socket } = wire
    this.#outlet = {
      write: (parts, done) => this.#write(parts, done),
      get isFull() {
        return socket.writableLength >= mostQueuedBytes
      },
    }
    this.#flow = new DirectFlow(this.#outlet)
    this.#life = new SignsOfLife({ ping: () => this.#ping(), silent: (error) => this.destroy(error) })
    wire.onBytes = () => this.#life.heard()
    wire.onFault = (error) => this.#fault(error)
    socket.on('drain', () => this.#eachFlow((flow) => flow.poke()))
    this.closed = new Promise((resolve) => {
      const onClose = (): void => {
        this.#finish(socket.errored ?? null)
        resolve(this.#reason)
      }
      if (socket.closed) queueMicrotask(onClose)
      else socket.once('close', onClose)
    })
  }

  get sentBytes(): number {
    let bytes = this.#formerBytes
    this.#eachFlow((flow) => (bytes += flow.sentBytes))
    return bytes
  }

  receive(sink: FrameSink): void {
    this.#sink = sink
    if (this.#reader !== null || this.#isOver) return
    const reader = new FrameReader(this.#relay(), this.#limits)
    this.#reader = reader
    // Frames are handed out after the caller has done what it does next to receiving.
    process.nextTick(() => {
      if (this.#isOver) return
      this.#life.heard()
      this.#wire.isPaused = this.#isDark
      this.#wire.receiver = reader
    })
  }

  setLimits(limits: FrameLimits): void {
    this.#limits = limits
    this.#reader?.setLimits(limits)
  }

  sendOver(link: ShapedLinkContract | null): void {
    this.#isLinked = link !== null
    this.#useFlow(link === null ? new DirectFlow(this.#outlet) : link.open(this.#outlet))
  }

  message(message: Message, options: SendOptions = {}): Promise<void> {
    return this.frame([messageFrame(message)], options)
  }

  frame(parts: readonly Uint8Array[], options: SendOptions = {}): Promise<void> {
    if (this.#isEnding || this.#isOver) return Promise.reject(this.#reason ?? gone(this.peer))
    if (options.rate !== undefined && !this.#isLinked) this.sendOver(new ShapedLink(unlimited))
    return this.#flow.send(parts, options)
  }

  setTimeout(ns: number | null): void {
    if (!this.#isOver) this.#life.setTimeout(ns)
  }

  /** Destroys the connection with `agent.silent` unless a whole frame comes within this time. */
  expectFrame(ms: number): void {
    const timer = setTimeout(() => this.destroy(new GodwitError('agent.silent', `${this.peer} connected and said nothing for ${ms / 1000} s`)), ms)
    this.#onFirstFrame = () => clearTimeout(timer)
    void this.closed.then(() => clearTimeout(timer))
  }

  async measureOffset(count: number): Promise<{ readonly offsetNs: number; readonly roundTripNs: number }> {
    let best = { offsetNs: 0, roundTripNs: Infinity }
    for (let asked = 0; asked < count; asked++) {
      const sentNs = nowNs()
      const pong = await this.#ask(sentNs)
      const roundTripNs = nowNs() - sentNs
      if (roundTripNs < best.roundTripNs) best = { offsetNs: pong.atNs - (sentNs + roundTripNs / 2), roundTripNs }
    }
    return best
  }

  blackout(on: boolean): void {
    if (on === this.#isDark || this.#isOver) return
    this.#isDark = on
    this.#eachFlow((flow) => (on ? flow.hold() : flow.release()))
    this.#wire.isPaused = on || this.#reader === null
    // What the socket has taken already is at the mercy of the operating system; a cable that is out holds it back as well.
    if (on) this.#wire.socket.cork()
    else this.#wire.socket.uncork()
  }

  async end(): Promise<void> {
    if (this.#isOver) return
    this.#isEnding = true
    const { socket } = this.#wire
    const progress = (): number => this.sentBytes - socket.writableLength
    let before = progress()
    const timer = setInterval(() => {
      if (progress() === before) this.destroy()
      before = progress()
    }, endTimeoutMs)
    await this.#flow.drained()
    if (!this.#isOver) socket.end()
    await this.closed
    clearInterval(timer)
  }

  destroy(error?: Error): void {
    if (this.#isOver) return
    this.#finish(error ?? null)
    abandon(this.#wire)
  }

  /** Whatever ends the connection: nothing is sent or handed out any more. */
  #finish(error: Error | null): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#reason = error === null || error instanceof GodwitError ? error : lost(this.peer, error)
    this.#life.stop()
    const reason = this.#reason ?? gone(this.peer)
    this.#eachFlow((flow) => flow.close(reason))
    for (const { reject } of this.#questions.values()) reject(reason)
    this.#questions.clear()
  }

  #useFlow(flow: Flow): void {
    const former = this.#flow
    this.#flow = flow
    if (this.#isOver) {
      this.#formerBytes += former.sentBytes
      return flow.close(this.#reason ?? gone(this.peer))
    }
    if (this.#isDark) flow.hold()
    // Frames keep their order: those given to the former flow leave first.
    this.#formerFlows.add(former)
    flow.hold()
    const take = (): void => {
      this.#formerFlows.delete(former)
      this.#formerBytes += former.sentBytes
      former.close(gone(this.peer))
      flow.release()
    }
    if (former.isIdle) take()
    else void former.drained().then(take)
  }

  /** The former ones first. */
  #eachFlow(use: (flow: Flow) => void): void {
    for (const flow of this.#formerFlows) use(flow)
    use(this.#flow)
  }

  #write(parts: readonly Uint8Array[], done?: () => void): void {
    const { socket } = this.#wire
    if (socket.destroyed || !socket.writable) return
    this.#life.said()
    const last = parts.length - 1
    if (last > 0) socket.cork()
    for (const [index, part] of parts.entries()) {
      if (index === last && done !== undefined) socket.write(part, (error) => void ((error ?? null) === null && done()))
      else socket.write(part)
    }
    if (last > 0) socket.uncork()
  }

  #relay(): FrameSink {
    const sink = (): FrameSink => {
      if (this.#isOver || this.#sink === null) throw over
      this.#onFirstFrame()
      return this.#sink
    }
    return {
      message: (message) => {
        if (message.kind === 'ping') this.#sendQuietly({ kind: 'pong', sentNs: message.sentNs, atNs: nowNs() })
        else if (message.kind === 'pong') this.#answer(message)
        else sink().message(message)
      },
      target: (page, purpose) => sink().target(page, purpose),
      coded: (page, kind, bytes, purpose) => sink().coded(page, kind, bytes, purpose),
      pages: (table) => sink().pages(table),
      bitmap: (words, pageCount) => sink().bitmap(words, pageCount),
      request: (page) => sink().request(page),
      state: (json, bytes) => sink().state(json, bytes),
    }
  }

  #ask(sentNs: number): Promise<ClockAnswer> {
    return new Promise((resolve, reject) => {
      this.#questions.set(sentNs, { resolve, reject })
      this.message({ kind: 'ping', sentNs }).catch(reject)
    })
  }

  #answer(pong: ClockAnswer): void {
    this.#questions.get(pong.sentNs)?.resolve(pong)
    this.#questions.delete(pong.sentNs)
  }

  /** A sign of life, unless frames wait to be sent that are one. */
  #ping(): void {
    if (this.#flow.isIdle && !this.#isDark) this.#sendQuietly({ kind: 'ping', sentNs: nowNs() })
  }

  #sendQuietly(message: Message): void {
    this.message(message).catch(() => undefined)
  }

  /** The peer sent what it must not, or a sink refused it. It is told why, if that can be said between two frames. */
  #fault(error: unknown): void {
    if (this.#isOver) return
    const reason = error instanceof GodwitError ? error : new GodwitError('agent.fault', `what ${this.peer} sent could not be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    const { socket } = this.#wire
    const canSpeak = this.#formerFlows.size === 0 && this.#flow.isIdle && !this.#isDark && !this.#isEnding && socket.writable
    this.#finish(reason)
    if (!canSpeak) return abandon(this.#wire)
    const timer = setTimeout(() => abandon(this.#wire), abortTimeoutMs)
    socket.once('close', () => clearTimeout(timer))
    // Bytes that were never read would make the operating system cut the connection before the peer has read our words.
    this.#wire.receiver = ignoring()
    socket.end(messageFrame({ kind: 'abort', code: reason.code, message: reason.message }))
  }
}

function gone(peer: string): GodwitError {
  return new GodwitError('agent.gone', `the connection with ${peer} has ended`)
}

function lost(peer: string, cause: Error): GodwitError {
  return new GodwitError('agent.gone', `the connection with ${peer} was cut: ${cause.message}`, { cause })
}

/** Cuts the connection, so that the peer sees that it was not an end in good order. */
function abandon({ socket }: WireSocket): void {
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}

function ignoring(): { buffer(): Uint8Array; advance(): void; push(): void } {
  const scratch = new Uint8Array(64 << 10)
  return { buffer: () => scratch, advance: () => undefined, push: () => undefined }
}
