/** What the source knows of the guest that has left: its work and faults as the destination tells, and checkpoints sent back. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { WirePurpose } from '#shared/wire/frames.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { type GuestState, type Message, readGuestState } from '#shared/wire/messages.ts'
import type { HostedGuest } from '../guest/contract.ts'

type CheckpointReport = Pick<MigrationStats, 'checkpoints' | 'checkpointBytes' | 'checkpointStopMs'>
type Life = Extract<Message, { kind: 'life' }>

export class Departed {
  readonly #guest: HostedGuest
  readonly #offsetNs: () => number
  #resumedNs: number | null = null
  #life: readonly Life[] = []
  /** The last answer of `serviceNs`. */
  #told: { readonly atNs: number; readonly serviceNs: number } | null = null
  #checkpoint: GuestState | null = null
  /** Pages of the checkpoint that is on its way. */
  #staged = new Map<number, Uint8Array>()
  #stagedState: { readonly state: GuestState; readonly bytes: number } | null = null
  #completed: CheckpointReport = { checkpoints: 0, checkpointBytes: 0, checkpointStopMs: 0 }
  #onBitmap: ((words: Uint32Array) => void) | null = null

  /** `offsetNs`: clock of the destination minus ours. */
  constructor(guest: HostedGuest, offsetNs: () => number) {
    this.#guest = guest
    this.#offsetNs = offsetNs
  }

  get hasBegun(): boolean {
    return this.#resumedNs !== null
  }

  get majorFaults(): number {
    return this.#life.at(-1)?.majorFaults ?? 0
  }

  get minorFaults(): number {
    return this.#life.at(-1)?.minorFaults ?? 0
  }

  /** The state to which the guest can go back; what the source keeps of it is the first. */
  get checkpoint(): GuestState | null {
    return this.#checkpoint
  }

  get checkpoints(): CheckpointReport {
    return this.#completed
  }

  /** It runs there since a moment of our clock. */
  begin(resumedNs: number): void {
    this.#resumedNs = resumedNs
    this.#checkpoint = this.#guest.state()
  }

  /** Its work at a moment of our clock: as it was told, and on from there at the pace of late. */
  serviceNs(atNs: number): number {
    const first = { atNs: this.#resumedNs ?? atNs, serviceNs: this.#guest.serviceNs }
    const [before, last] = this.#life.length >= 2 ? this.#life.slice(-2) : [first, this.#life[0] ?? first]
    const from = last ?? first
    const earlier = before ?? first
    const pace = from.atNs > earlier.atNs ? Math.min(1, Math.max(0, (from.serviceNs - earlier.serviceNs) / (from.atNs - earlier.atNs))) : 1
    const estimate = from.serviceNs + Math.max(0, atNs - from.atNs) * pace
    // Work never goes back and is never done faster than time passes: what was estimated wrong is made up for little by little.
    const { atNs: toldNs, serviceNs: told } = this.#told ?? first
    this.#told = { atNs: Math.max(atNs, toldNs), serviceNs: Math.min(told + Math.max(0, atNs - toldNs), Math.max(told, estimate)) }
    return this.#told.serviceNs
  }

  noteLife(life: Life): void {
    const told = { ...life, atNs: life.atNs - this.#offsetNs() }
    this.#life = [...this.#life.slice(-1), told]
  }

  /** The pages that the destination lacks, when it says so after a lost connection. */
  expectBitmap(): Promise<Uint32Array> {
    return new Promise((resolve) => (this.#onBitmap = resolve))
  }

  noteBitmap(words: Uint32Array): void {
    this.#onBitmap?.(words.slice())
    this.#onBitmap = null
  }

  /** Where a page of a checkpoint goes until the checkpoint is whole. */
  target(page: number, purpose: WirePurpose): Uint8Array {
    if (purpose !== 'checkpoint') throw new GodwitError('wire.unexpected', `the destination sent pages as "${purpose}"; only those of checkpoints come back`)
    const staged = new Uint8Array(this.#guest.pageBytes)
    this.#staged.set(page, staged)
    return staged
  }

  noteState(json: unknown, bytes: number): void {
    this.#stagedState = { state: readGuestState(json), bytes }
  }

  /** A checkpoint is whole: it replaces the one before. */
  completeCheckpoint({ pages, stopMs }: Extract<Message, { kind: 'checkpoint' }>): void {
    const { pageBytes, memory } = this.#guest
    const state = this.#stagedState
    if (state === null || this.#staged.size !== pages) throw new GodwitError('wire.unexpected', `a checkpoint of ${pages} pages came with ${this.#staged.size}`)
    for (const [page, content] of this.#staged) memory.set(content, page * pageBytes)
    const { checkpoints, checkpointBytes, checkpointStopMs } = this.#completed
    this.#completed = { checkpoints: checkpoints + 1, checkpointBytes: checkpointBytes + pages * pageBytes + state.bytes, checkpointStopMs: checkpointStopMs + stopMs }
    this.#checkpoint = state.state
    this.#staged = new Map()
    this.#stagedState = null
  }

  /** What was on its way over a lost connection is no checkpoint. */
  forgetStaged(): void {
    this.#staged = new Map()
    this.#stagedState = null
  }
}
