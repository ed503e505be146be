/**
 * The destination's side of one migration. States, and what moves on: see `shared/wire/protocol.md`.
 *
 * Until commitment, or activation in post-copy, nothing of the guest runs here: if the source is lost before, what came is
 * thrown away. From then on the guest is here, and a source that is lost leaves it waiting for its pages.
 */

import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { migrationTrackingCosts } from '#shared/scenario/tracking-mechanisms.ts'
import type { FrameSink } from '#shared/wire/frame-reader.ts'
import { pageKinds, type PageTable, type WirePurpose } from '#shared/wire/frames.ts'
import { bitmapFrame, requestFrame } from '#shared/wire/frame-writer.ts'
import { type Message, readGuestState } from '#shared/wire/messages.ts'
import { nowNs, sleepUntil } from '../clock.ts'
import type { HostedGuest } from '../guest/contract.ts'
import { decodePage } from '../pages/page-decoder.ts'
import type { AgentConnection } from '../transport/contract.ts'
import type { ShapedLink } from '../transport/shaped-link.ts'
import { Checkpointer } from './checkpointer.ts'

export type ReceptionState = 'receiving' | 'complete' | 'running' | 'done' | 'over'

export interface ReceptionParts {
  readonly scenario: Scenario
  readonly guest: HostedGuest
  /** Back to the source; null: the network as it is. */
  readonly link: ShapedLink | null
  readonly channels: number
}

/** Time from one sign of the guest's life to the next while its memory is brought (lab). */
const lifeEveryNs = 20e6

export class Reception {
  readonly #parts: ReceptionParts
  #main: AgentConnection | null = null
  #state: ReceptionState = 'receiving'
  #hasState = false
  /** When everything was here that the guest needs to start. */
  #readyNs = 0
  #resumedNs = 0
  /** The guest ran here before its memory had come. */
  #wasEarly = false
  /** Pages that came at least once; before activation only. */
  readonly #received: Bitmap
  #receivedPages = 0
  /** Pages that are old here, as the source says. */
  #announced: Bitmap | null = null
  #batches: number[]
  #onBatch: (() => void) | null = null
  #life: NodeJS.Timeout | null = null
  #checkpointer: Checkpointer | null = null
  readonly #cpuFrom = process.threadCpuUsage()
  /** Content for a page that is here already and must not be overwritten. */
  readonly #unwanted: Uint8Array

  constructor(parts: ReceptionParts) {
    this.#parts = parts
    this.#received = new Bitmap(parts.guest.pageCount)
    this.#batches = new Array<number>(parts.channels).fill(0)
    this.#unwanted = new Uint8Array(parts.guest.pageBytes)
    parts.guest.onFault = (page) => void this.#main?.frame([requestFrame(page)]).catch(ignoreLoss)
  }

  get state(): ReceptionState {
    return this.#state
  }

  /** The connection for messages, at first or after a loss. */
  attach(connection: AgentConnection): void {
    this.#main = connection
    connection.sendOver(this.#parts.link)
    connection.setTimeout(this.#parts.scenario.link.timeout)
    connection.receive(this.#sink(null))
    void connection.closed.then(() => {
      if (this.#main === connection) this.#lost()
    })
  }

  /** A connection for pages. */
  attachData(connection: AgentConnection, channel: number): void {
    if (channel >= this.#batches.length) throw new GodwitError('wire.unexpected', `channel ${channel} of ${this.#batches.length} does not exist`)
    connection.receive(this.#sink(channel))
  }

  /** The run is over: nothing goes on here any more. The guest is left as it is. */
  end(): void {
    if (this.#life !== null) clearInterval(this.#life)
    this.#life = null
    this.#checkpointer?.end()
    const main = this.#main
    this.#main = null
    main?.destroy()
    this.#state = 'over'
  }

  #sink(channel: number | null): FrameSink {
    const { guest } = this.#parts
    return {
      message: (message) => void this.#onMessage(message).catch((error: unknown) => this.#broken(error)),
      target: (page, purpose) => this.#target(page, purpose),
      coded: (page, kind, bytes, purpose) => decodePage(pageKinds[kind] ?? 'plain', bytes, this.#target(page, purpose)),
      pages: (table) => this.#arrived(table, channel),
      bitmap: (words) => {
        this.#announced = new Bitmap(guest.pageCount)
        this.#announced.words.set(words)
      },
      request: () => unexpected('a request'),
      state: (json) => {
        // At once: the source has something to do meanwhile.
        guest.restore(readGuestState(json))
        this.#hasState = true
      },
    }
  }

  #target(page: number, purpose: WirePurpose): Uint8Array {
    const { guest } = this.#parts
    if (purpose === 'checkpoint') unexpected('pages of a checkpoint')
    if (this.#state === 'running' && !guest.isMissing(page)) return this.#unwanted
    return guest.memory.subarray(page * guest.pageBytes, (page + 1) * guest.pageBytes)
  }

  #arrived({ pages, count, purpose }: PageTable, channel: number | null): void {
    if (channel === null) unexpected('pages on the connection for messages')
    if (this.#state === 'running' && purpose !== 'copy' && purpose !== 'checkpoint') this.#parts.guest.arrived(pages, count, purpose)
    else if (this.#state === 'receiving') for (let i = 0; i < count; i++) this.#noteReceived(pages[i] ?? 0)
    this.#batches[channel ?? 0] = (this.#batches[channel ?? 0] ?? 0) + 1
    this.#onBatch?.()
  }

  async #onMessage(message: Message): Promise<void> {
    switch (message.kind) {
      case 'finish':
        await this.#allCame(message.batches)
        return this.#finish()
      case 'commit':
        return this.#commit()
      case 'activate':
        await this.#allCame(message.batches)
        return this.#activate()
      case 'resume':
        return this.#resume()
      case 'abort':
        return this.#lost()
      default:
        unexpected(`a message "${message.kind}"`)
    }
  }

  /** Waits until as many batches came on each connection as were sent there. */
  async #allCame(sent: readonly number[]): Promise<void> {
    while (sent.some((batches, channel) => (this.#batches[channel] ?? 0) < batches)) await new Promise<void>((resolve) => (this.#onBatch = resolve))
    this.#onBatch = null
  }

  async #finish(): Promise<void> {
    const { guest } = this.#parts
    if (this.#state === 'running' || this.#state === 'done') {
      await this.#send({ kind: 'finished', missing: guest.countMissing() })
      return
    }
    this.#requireState()
    this.#state = 'complete'
    await this.#send({ kind: 'finished', missing: this.#countMissing() })
  }

  /** The source has given the guest up: it is ours. */
  async #commit(): Promise<void> {
    // Asked a second time, after a lost connection, it has been done already.
    if (this.#wasEarly) {
      if (this.#state === 'running') this.#stopTelling()
      this.#state = 'done'
      return this.#report()
    }
    if (this.#state === 'complete') {
      this.#readyNs = nowNs()
      await this.#start(this.#readyNs)
      this.#state = 'done'
    }
    await this.#send({ kind: 'activated', readyNs: this.#readyNs, resumedNs: this.#resumedNs })
  }

  async #report(): Promise<void> {
    const { guest } = this.#parts
    const { user, system } = process.threadCpuUsage(this.#cpuFrom)
    await this.#send({ kind: 'report', faults: await guest.faults(), cpuMs: (user + system) / 1e3 })
  }

  /** Post-copy: the guest runs here before its memory does. */
  async #activate(): Promise<void> {
    const { guest, scenario } = this.#parts
    this.#requireState()
    const missing = this.#neverReceived()
    if (this.#announced !== null) missing.addAll(this.#announced)
    guest.setMissing(missing)
    this.#readyNs = nowNs()
    if (scenario.strategy.checkpoint) guest.startTracking(migrationTrackingCosts(scenario).writeFaultNs)
    this.#wasEarly = true
    this.#state = 'running'
    await this.#start(this.#readyNs)
    await this.#send({ kind: 'activated', readyNs: this.#readyNs, resumedNs: this.#resumedNs })
    this.#tellLife()
    this.#life = setInterval(() => this.#tellLife(), lifeEveryNs / 1e6)
    if (scenario.strategy.checkpoint) this.#checkpointer = new Checkpointer({ guest, scenario, connection: () => this.#main })
  }

  /** The source is back: it learns what is missing, and is asked again for what the guest waits for. */
  async #resume(): Promise<void> {
    const { guest } = this.#parts
    this.#batches = this.#batches.map(() => 0)
    if (!this.#wasEarly) return
    const missing = new Bitmap(guest.pageCount)
    for (let page = 0; page < guest.pageCount; page++) if (guest.isMissing(page)) missing.add(page)
    await this.#main?.frame([bitmapFrame(missing)])
    for (const page of guest.pendingPages) await this.#main?.frame([requestFrame(page)])
  }

  async #start(fromNs: number): Promise<void> {
    const { guest, scenario, link } = this.#parts
    await sleepUntil(fromNs + scenario.guest.resumeTime)
    guest.start()
    link?.setGuestDemand(scenario.guest.traffic)
    this.#resumedNs = nowNs()
  }

  #tellLife(): void {
    const { guest } = this.#parts
    const { guestNs, serviceNs, majorFaults, minorFaults } = guest
    void this.#send({ kind: 'life', atNs: nowNs(), guestNs, serviceNs, majorFaults, minorFaults }).catch(ignoreLoss)
  }

  #stopTelling(): void {
    if (this.#life !== null) clearInterval(this.#life)
    this.#life = null
    this.#checkpointer?.end()
    this.#parts.guest.stopTracking()
  }

  #noteReceived(page: number): void {
    if (this.#received.has(page)) return
    this.#received.add(page)
    this.#receivedPages++
  }

  /** Pages that never came; the source keeps the account of those that came too early, and of what was given back. */
  #countMissing(): number {
    const { guest } = this.#parts
    // Usually all came, and counting would be part of the downtime.
    if (this.#receivedPages === guest.pageCount) return 0
    const never = this.#neverReceived()
    let missing = 0
    for (let page = never.next(0); page >= 0; page = never.next(page + 1)) if (!guest.isReleased(page)) missing++
    return missing
  }

  #neverReceived(): Bitmap {
    const never = Bitmap.full(this.#parts.guest.pageCount)
    for (let word = 0; word < never.words.length; word++) never.words[word] = (never.words[word] ?? 0) & ~(this.#received.words[word] ?? 0)
    return never
  }

  #requireState(): void {
    if (!this.#hasState) unexpected('an end before the state of the guest')
  }

  /** Before the guest is ours, nothing is kept of it. */
  #lost(): void {
    this.#main = null
    if (this.#state === 'receiving') this.end()
  }

  /** A peer that breaks the protocol, or a fault of ours: the connection ends, and what is kept depends on the state. */
  #broken(error: unknown): void {
    const known = error instanceof GodwitError ? error : new GodwitError('agent.fault', error instanceof Error ? error.message : String(error))
    this.#main?.destroy(known)
  }

  #send(message: Message): Promise<void> {
    return this.#main?.message(message) ?? Promise.resolve()
  }
}

/** That the connection is gone is told by the connection itself. */
function ignoreLoss(): void {
  // Nothing to do here.
}

function unexpected(what: string): never {
  throw new GodwitError('wire.unexpected', `the source sent ${what}, which is not its turn; both sides should run the same version of Godwit`)
}
