/**
 * What a migration strategy may ask of its world.
 *
 * A strategy is a generator that reads like the paper's procedure and does everything through a `SourceWorld`: in the
 * simulator the world answers in virtual time, on a host agent over a real socket. No strategy knows which one it is in;
 * none reads a clock or draws a random number except through its world.
 *
 * An operation that takes time is a `Step`, to be delegated to with `yield*`; what it yields on the way is between the
 * world and its driver. Should the connection be lost, the step that needs it throws `ConnectionLost`.
 */

import type { Bitmap } from './memory/bitmap.ts'

export type Step<T> = Generator<unknown, T, never>

/** The stages of Clark et al. 2005 as far as they take time. */
export type Stage = 'reservation' | 'precopy' | 'stop-and-copy' | 'commitment' | 'activation'

export type Reservation = { readonly granted: true } | { readonly granted: false; readonly reason: string }

export interface SentBatch {
  readonly bytes: number
  readonly zeroPages: number
}

export interface DirtyLog {
  /** Begins to record which pages are written. */
  start(): Step<void>
  stop(): Step<void>
  /** Was this page written since the log was last cleared? Clears nothing. */
  peek(page: number): boolean
  /** Replaces the content of `into` by the pages written since the last call and forgets them; returns their number. */
  readAndClear(into: Bitmap): Step<number>
}

export interface SourceWorld {
  readonly pageCount: number
  readonly pageBytes: number
  readonly dirtyLog: DirtyLog

  /** Nanoseconds since the migration began. */
  now(): number
  /** Marks the beginning of a stage, with its iteration if it has one. */
  enter(stage: Stage, iteration?: number): void

  /** Asks the destination for room. Refusal is an answer, not an error. */
  reserve(): Step<Reservation>
  /** Can this page be read now? Network buffers on the move cannot. */
  isMapped(page: number): boolean
  /** Limits the rate of page data from now on, in bits per second; null lifts the limit. */
  limitRate(bitsPerSecond: number | null): void
  /** Takes this share (0 to below 1) of its time from the guest. */
  throttle(share: number): void
  /** Sends pages, `pages[0]` to `pages[count - 1]`, as one batch; returns when the last byte has left. */
  sendPages(pages: Int32Array, count: number): Step<SentBatch>
  /** Tells the record how much is left to send, in bytes; shown in the timeline. */
  noteRemaining(bytes: number): void

  suspend(): Step<void>
  /** Processor and device state, as one message. */
  sendDeviceState(): Step<void>
  /** The destination says that it holds a consistent image; the source acknowledges. After this the source may be discarded. */
  commit(): Step<void>
  /** The guest runs on the destination and announces its address. */
  activate(): Step<void>
  /** The guest goes on at the source, whether it was suspended or not. */
  resumeAtSource(): Step<void>
}

/** The connection between source and destination is gone. */
export class ConnectionLost extends Error {
  constructor() {
    super('the connection to the destination was lost')
    this.name = 'ConnectionLost'
  }
}
