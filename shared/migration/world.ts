/**
 * What a migration strategy may ask of its world.
 *
 * A strategy is a generator that reads like the paper's procedure and does everything through a `SourceWorld`: in the
 * simulator the world answers in virtual time, on a host agent over a real socket. No strategy knows which one it is in;
 * none reads a clock or draws a random number except through its world.
 *
 * An operation that takes time is a `Step`, to be delegated to with `yield*`; what it yields on the way is between the
 * world and its driver. Should the connection be lost, the step that needs it throws `ConnectionLost`, or `ConnectionGone`; should a host
 * crash, whatever is going on throws `HostCrashed`.
 */

import type { Bitmap } from './memory/bitmap.ts'

export type Step<T> = Generator<unknown, T, never>

/** The stages of Clark et al. 2005 as far as they take time, and post-copy: the guest runs on the destination, its memory follows; the copy of the disk; the steps of cold migration. */
export type Stage = 'reservation' | 'disk' | 'precopy' | 'stop-and-copy' | 'commitment' | 'activation' | 'postcopy' | 'save' | 'move' | 'restore'

/**
 * Why pages are sent. `copy`: while the guest is at the source. The others while it is on the destination: `demand`, it
 * asked for them; `prediction`, they travel along with one it asked for; `push`, they come by themselves. The rate limit
 * holds for `copy` and `push`.
 */
export type Purpose = 'copy' | 'demand' | 'prediction' | 'push'

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

/** A disk that has to be copied. */
export interface SourceDisk {
  /** Blocks of each file, in the order in which the files are copied: the base disk, then its layers. */
  readonly files: readonly number[]
  /** At most so many copies of what was written meanwhile, while so many blocks or more are left. */
  readonly rounds: number
  readonly blocksLeft: number
  /** Begins to record which blocks are written. */
  startTracking(): void
  sendFile(file: number): Step<void>
  /** Puts aside the blocks written since the last call, to be sent; returns how many are put aside. */
  takeWritten(): number
  /** Sends the blocks put aside. */
  sendWritten(): Step<void>
}

/** The files of a stopped guest: configuration, memory, device state. */
export interface SavedState {
  /** Both hosts see the files, so that only the configuration is moved. */
  readonly isShared: boolean
  save(): Step<void>
  moveConfiguration(): Step<void>
  /** Reads the files at the destination. */
  restore(): Step<void>
}

export interface SourceWorld {
  readonly pageCount: number
  readonly pageBytes: number
  readonly dirtyLog: DirtyLog
  /** Null: there is nothing to copy. */
  readonly disk: SourceDisk | null
  readonly savedState: SavedState

  /** Nanoseconds since the migration began. */
  now(): number
  /** Marks the beginning of a stage, with its iteration if it has one. */
  enter(stage: Stage, iteration?: number): void

  /** Asks the destination for room. Refusal is an answer, not an error. */
  reserve(): Step<Reservation>
  /** Can this page be read now? Network buffers on the move cannot. */
  isMapped(page: number): boolean
  /** Has the guest given this page back, so that nobody needs what the source has of it? */
  isReleased(page: number): boolean
  /** Limits the rate of page data from now on, in bits per second; null lifts the limit. */
  limitRate(bitsPerSecond: number | null): void
  /** Takes this share (0 to below 1) of its time from the guest. */
  throttle(share: number): void
  /** Holds each virtual processor to its dirty limit from now on, until the guest is stopped. */
  limitDirtying(): void
  /** Sends pages, `pages[0]` to `pages[count - 1]`, as one batch; returns when the last byte has left. */
  sendPages(pages: Int32Array, count: number, purpose?: Purpose): Step<SentBatch>
  /** Sends one bit for each page of the guest: which ones the destination does not have. */
  sendDirtyBitmap(): Step<void>
  /** Tells the record how much is left to send, in bytes; shown in the timeline. */
  noteRemaining(bytes: number): void

  suspend(): Step<void>
  /** Copies so many pages of the stopped guest aside, within its memory. */
  copyToShadowBuffer(pages: number): Step<void>
  /** Processor and device state, as one message. */
  sendDeviceState(): Step<void>
  /** The destination says that it holds a consistent image; the source acknowledges. After this the source may be discarded. */
  commit(): Step<void>
  /** The guest runs on the destination and announces its address. Before `commit`, it runs there without the pages that were not sent. */
  activate(): Step<void>
  /** Where the guest's state is. In both places it can go on at neither without the other. */
  placeOfGuest(): 'source' | 'both' | 'destination'

  /** Pages that the destination asked for since the last call, oldest first. */
  takeRequests(): readonly number[]
  /** Returns when the destination asks for a page, or after `limitNs` nanoseconds; null: no limit. */
  awaitRequest(limitNs: number | null): Step<void>
  /** As `awaitRequest`, but requests that were made before do not count: for one who does not answer them. */
  awaitNextRequest(limitNs: number | null): Step<void>
  /** Lets both return now. */
  wake(): void
  /** Does two things at a time; returns when both are done. What one throws ends both. */
  both(first: Step<void>, second: Step<void>): Step<void>
  /** Waits until a lost connection is back, however long that takes, and replaces the content of `missing` by the pages that never came. */
  reconnect(missing: Bitmap): Step<void>

  /** The guest goes on at the source, whether it was suspended or not. */
  resumeAtSource(): Step<void>
  /** From its activation until commitment, the guest on the destination is saved to the source at this interval, nanoseconds. */
  keepCheckpoints(intervalNs: number): void
  /** The guest goes on at the source as its last complete checkpoint has it; false: there is none. */
  rollBack(): Step<boolean>
  /** Waits for as long as a host is silent before it is given up. */
  awaitSilence(): Step<void>
}

/** The connection between source and destination is gone. */
export class ConnectionLost extends Error {
  constructor() {
    super('the connection to the destination was lost')
    this.name = 'ConnectionLost'
  }
}

/** The connection is gone and does not come back; no use in waiting for it. */
export class ConnectionGone extends Error {
  constructor() {
    super('the connection to the destination was lost')
    this.name = 'ConnectionGone'
  }
}

/** A host stopped, and with it whatever ran there. The source learns of the destination by its silence. */
export class HostCrashed extends Error {
  readonly host: 'source' | 'destination'

  constructor(host: 'source' | 'destination') {
    super(`the ${host} crashed`)
    this.name = 'HostCrashed'
    this.host = host
  }
}
