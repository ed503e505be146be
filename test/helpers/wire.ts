/** What tests of the wire read into and send: a recording sink over real memory, and one of every message. */

import type { FrameSink } from '#shared/wire/frame-reader.ts'
import type { FrameLimits, PageTable, WirePurpose } from '#shared/wire/frames.ts'
import type { GuestState, Message } from '#shared/wire/messages.ts'

export const smallLimits: FrameLimits = { messageBytes: 1 << 20, pageCount: 300, pageBytes: 512, batchPages: 64 }

/** Puts plain pages into its memory and keeps the rest. */
export class RecordingSink implements FrameSink {
  readonly memory: Uint8Array
  readonly messages: Message[] = []
  readonly codedPages: Array<{ readonly page: number; readonly kind: number; readonly bytes: Uint8Array; readonly purpose: WirePurpose }> = []
  readonly tables: PageTable[] = []
  readonly bitmaps: Array<{ readonly words: Uint32Array; readonly pageCount: number }> = []
  readonly requests: number[] = []
  readonly states: Array<{ readonly json: unknown; readonly bytes: number }> = []
  readonly #pageBytes: number

  constructor({ pageCount, pageBytes }: FrameLimits, memory: Uint8Array = new Uint8Array(new SharedArrayBuffer(pageCount * pageBytes))) {
    this.memory = memory
    this.#pageBytes = pageBytes
  }

  message(message: Message): void {
    this.messages.push(message)
  }

  target(page: number): Uint8Array {
    return this.memory.subarray(page * this.#pageBytes, (page + 1) * this.#pageBytes)
  }

  coded(page: number, kind: number, bytes: Uint8Array, purpose: WirePurpose): void {
    this.codedPages.push({ page, kind, bytes: bytes.slice(), purpose })
  }

  pages(table: PageTable): void {
    this.tables.push(table)
  }

  bitmap(words: Uint32Array, pageCount: number): void {
    this.bitmaps.push({ words, pageCount })
  }

  request(page: number): void {
    this.requests.push(page)
  }

  state(json: unknown, bytes: number): void {
    this.states.push({ json, bytes })
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

export const guestState: GuestState = { guestNs: 1.5e9, serviceNs: 1.25e9, executed: [12, 0, 7], sleptNs: [0, 2.5e6], deferred: [[1, 12], [2, 3]], released: [[100, 164], [4000, 4096]] }

/** One of every kind, so that a new kind without an example does not compile. */
const examples: { readonly [K in Message['kind']]: Extract<Message, { kind: K }> } = {
  hello: { kind: 'hello', version: 1, role: 'data', session: 'run 7', channel: 3, agent: 'München', capabilities: ['pages', 'delta'] },
  welcome: { kind: 'welcome', version: 1, agent: 'b', capabilities: [] },
  refuse: { kind: 'refuse', code: 'agent.no-room', message: 'this host has no room — choose a smaller guest' },
  abort: { kind: 'abort', code: 'wire.type', message: '' },
  ping: { kind: 'ping', sentNs: 8_123_456_789_012 },
  pong: { kind: 'pong', sentNs: 8_123_456_789_012, atNs: 0.5 },
  reserve: { kind: 'reserve', scenario: { guest: { memory: 2 ** 30 }, faults: [null, true, 'ü'] }, seed: 42, shaped: true, channels: 4 },
  finish: { kind: 'finish', batches: [7, 0, 12] },
  commit: { kind: 'commit' },
  activate: { kind: 'activate', batches: [] },
  resume: { kind: 'resume' },
  reserved: { kind: 'reserved' },
  finished: { kind: 'finished', missing: 0 },
  activated: { kind: 'activated', readyNs: 1e15, resumedNs: 1e15 + 1 },
  life: { kind: 'life', atNs: 1, guestNs: 2.5, serviceNs: 2, majorFaults: 3, minorFaults: 4 },
  report: {
    kind: 'report',
    faults: {
      majorFaults: 2,
      minorFaults: 1,
      faultMeanMs: 0.25,
      faultP50Ms: 0.2,
      faultP95Ms: 0.3,
      faultP99Ms: 0.3,
      faultMaxMs: 0.3,
      predictedPages: 9,
      usedPredictions: 5,
      record: { timeMs: [1, 2.5], page: [17, 4], latencyMs: [0.2, 0.3], histogram: { upperMs: [0.25, 0.5], faults: [1, 1] } },
    },
    cpuMs: 12.5,
  },
  checkpoint: { kind: 'checkpoint', number: 2, pages: 12, stopMs: 0.5 },
  order: { kind: 'order', id: 1, order: 'status', body: {} },
  answer: { kind: 'answer', id: 1, ok: false, body: { code: 'agent.session', message: 'no such run' } },
  event: { kind: 'event', event: 'crash', body: null },
}

export const exampleMessages: readonly Message[] = Object.values(examples)
