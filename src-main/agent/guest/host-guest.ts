/** Hosts a guest: its memory, its thread, and the log of what it writes. See `contract.ts` and, for the threads, `shared-guest.ts`. */

import type { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { FaultReport, GuestState } from '#shared/wire/messages.ts'
import type { GuestOptions, HostedGuest, Verification } from './contract.ts'
import { setReleased } from './released-pages.ts'
import { addBit, allocateGuest, bitsInWord, controlWord, fillBits, hasBit, setAllBits, SharedGuest, wholeWord } from './shared-guest.ts'
import { ThreadLink } from './thread-link.ts'

/** Guest time that no guest reaches (lab): about eleven days. */
const mostGuestNs = 1e15

/** Words of a bitmap that are compared with zeros at once. */
const blankWords = 1024
const blank = Buffer.alloc(4 * blankWords)

/** A bit that is set meanwhile may be overlooked; it is found the next time. */
function isBlank(bits: Int32Array, from: number, end: number): boolean {
  const length = 4 * (end - from)
  return Buffer.from(bits.buffer, bits.byteOffset + 4 * from, length).equals(length === blank.length ? blank : blank.subarray(0, length))
}

/** Makes the guest, and fills its memory if it is to be whole; nothing runs. Rejects with a GodwitError if there is no room. */
export async function hostGuest({ scenario, seed, memory, tracesFolder }: GuestOptions): Promise<HostedGuest> {
  const buffers = allocateGuest(scenario)
  const shared = new SharedGuest(buffers, scenario.guest.pageSize)
  const isWhole = memory === 'whole'
  fillBits(shared.bits('present'), shared.pageCount, isWhole)
  const { link, state } = await ThreadLink.open({ scenario, seed, isWhole, tracesFolder, shared: buffers }, shared)
  return new ThreadedGuest({ scenario, shared, link, state })
}

interface ThreadedGuestParts {
  readonly scenario: Scenario
  readonly shared: SharedGuest
  readonly link: ThreadLink
  readonly state: GuestState
}

class ThreadedGuest implements HostedGuest {
  readonly pageCount: number
  readonly pageBytes: number
  readonly #scenario: Scenario
  #shared: SharedGuest
  readonly #link: ThreadLink
  /** What the guest was told last; it may still be on its way to a stop. */
  #isRunning = false
  /** Null unless the guest stands still. */
  #state: GuestState | null
  #stopping: Promise<void> = Promise.resolve()
  readonly #pending = new Set<number>()
  #predictedPages = 0
  onFault: (page: number) => void = () => undefined

  constructor({ scenario, shared, link, state }: ThreadedGuestParts) {
    this.#scenario = scenario
    this.#shared = shared
    this.#link = link
    this.#state = state
    this.pageCount = shared.pageCount
    this.pageBytes = shared.pageBytes
    link.onFault = (page) => this.#noteFault(page)
  }

  get memory(): Uint8Array {
    return this.#shared.bytes
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  start(): void {
    if (this.#isRunning) return
    this.#link.send({ kind: 'start' })
    this.#isRunning = true
    this.#state = null
    Atomics.store(this.#shared.control, controlWord.mayRun, 1)
    this.#shared.ring()
  }

  stop(): Promise<void> {
    if (this.#isRunning) this.#stopping = this.#stand()
    return this.#stopping
  }

  state(): GuestState {
    return this.#whileStopped('its state is asked for')
  }

  restore(state: GuestState): void {
    this.#checkState(this.#whileStopped('a state is restored'), state)
    const { control } = this.#shared
    this.#link.send({ kind: 'restore', state })
    this.#state = state
    this.#pending.clear()
    this.#shared.setFigure('guestNs', state.guestNs)
    this.#shared.setFigure('serviceNs', state.serviceNs)
    Atomics.store(control, controlWord.blocked, 0)
    fillBits(this.#shared.bits('present'), this.pageCount, true)
    fillBits(this.#shared.bits('fresh'), this.pageCount, false)
    fillBits(this.#shared.bits('predicted'), this.pageCount, false)
    setReleased(this.#shared, state.released)
  }

  async close(): Promise<void> {
    this.#isRunning = false
    await this.#link.close()
    this.#state ??= { guestNs: this.guestNs, serviceNs: this.serviceNs, executed: [], sleptNs: [], deferred: [], released: [] }
    // Whoever still holds the guest does not hold its memory; the last figures stay.
    const { account } = this.#shared.buffers
    this.#shared = new SharedGuest({ memory: new SharedArrayBuffer(0), account }, this.pageBytes, this.pageCount)
  }

  get guestNs(): number {
    return this.#shared.figure('guestNs')
  }

  get serviceNs(): number {
    return this.#shared.figure('serviceNs')
  }

  get operations(): number {
    return this.#shared.figure('operations')
  }

  get writes(): number {
    return this.#shared.figure('writes')
  }

  get writeFaults(): number {
    return this.#shared.figure('writeFaults')
  }

  get beats(): number {
    return this.#shared.figure('beats')
  }

  startTracking(writeFaultNs: number): void {
    this.#shared.setSetting('writeFaultNs', writeFaultNs)
    Atomics.store(this.#shared.control, controlWord.isTracked, 1)
    // A write that goes on now is seen by whoever reads memory after this call.
    setAllBits(this.#shared.bits('dirty'), this.pageCount, false)
  }

  stopTracking(): void {
    Atomics.store(this.#shared.control, controlWord.isTracked, 0)
  }

  isDirty(page: number): boolean {
    return hasBit(this.#shared.bits('dirty'), page)
  }

  takeDirty(into: Bitmap): number {
    const dirty = this.#shared.bits('dirty')
    const { words } = into
    let pages = 0
    words.fill(0)
    for (let from = 0; from < words.length; from += blankWords) {
      const end = Math.min(from + blankWords, words.length)
      // Most of a large guest is clean, and this is asked in the downtime.
      if (isBlank(dirty, from, end)) continue
      for (let word = from; word < end; word++) {
        const bits = Atomics.load(dirty, word) === 0 ? 0 : Atomics.exchange(dirty, word, 0)
        words[word] = bits
        if (bits !== 0) pages += bitsInWord(bits)
      }
    }
    return pages
  }

  throttle(share: number): void {
    this.#shared.setSetting('throttleShare', share)
    this.#shared.ring()
  }

  setMigrationShare(share: number): void {
    this.#shared.setSetting('migrationShare', share)
  }

  limitDirtying(isOn: boolean): void {
    this.#link.send({ kind: 'limit-dirtying', isOn })
  }

  watchProcesses(): void {
    this.#link.send({ kind: 'watch-processes' })
  }

  wakeAll(): void {
    this.#link.send({ kind: 'wake-all' })
  }

  get stunnedProcesses(): number {
    return this.#shared.figure('stunned')
  }

  isReleased(page: number): boolean {
    return hasBit(this.#shared.bits('released'), page)
  }

  get releasedPages(): number {
    return Atomics.load(this.#shared.control, controlWord.releasedPages)
  }

  get balloonPages(): number | null {
    return this.#scenario.balloon.kind === 'none' ? null : this.#shared.figure('balloonPages')
  }

  get balloonLostMs(): number {
    return this.#shared.figure('balloonLostMs')
  }

  get cacheLostMs(): number {
    return this.#shared.figure('cacheLostMs')
  }

  setMissing(missing: Bitmap): void {
    this.#whileStopped('its missing pages are named')
    const present = this.#shared.bits('present')
    const released = this.#shared.bits('released')
    // What was given back is not missing.
    for (let word = 0; word < present.length; word++) Atomics.store(present, word, (~(missing.words[word] ?? 0) | Atomics.load(released, word)) & wholeWord(word, this.pageCount))
  }

  isMissing(page: number): boolean {
    return !hasBit(this.#shared.bits('present'), page)
  }

  countMissing(): number {
    const present = this.#shared.bits('present')
    let pages = 0
    for (let word = 0; word < present.length; word++) pages += bitsInWord(Atomics.load(present, word))
    return this.pageCount - pages
  }

  arrived(pages: ArrayLike<number>, count: number, purpose: 'demand' | 'prediction' | 'push'): void {
    const present = this.#shared.bits('present')
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      if (hasBit(present, page)) continue
      if (purpose === 'prediction') {
        addBit(this.#shared.bits('predicted'), page)
        this.#predictedPages++
      }
      if (purpose !== 'demand') addBit(this.#shared.bits('fresh'), page)
      addBit(present, page)
      this.#pending.delete(page)
    }
    if (Atomics.load(this.#shared.control, controlWord.blocked) > 0) this.#shared.ring()
  }

  get pendingPages(): readonly number[] {
    return [...this.#pending]
  }

  get majorFaults(): number {
    return this.#shared.figure('majorFaults')
  }

  get minorFaults(): number {
    return this.#shared.figure('minorFaults')
  }

  async faults(): Promise<FaultReport> {
    return { ...(await this.#link.ask('faults')), predictedPages: this.#predictedPages }
  }

  async verify(): Promise<Verification> {
    this.#whileStopped('its memory is verified')
    return this.#link.ask('verify')
  }

  async #stand(): Promise<void> {
    this.#isRunning = false
    const answer = this.#link.ask('stand')
    Atomics.store(this.#shared.control, controlWord.mayRun, 0)
    this.#shared.ring()
    const state = await answer
    // It may have been told to go on meanwhile.
    if (!this.#isRunning) this.#state = state
  }

  #noteFault(page: number): void {
    // It may have come while the message was on its way.
    if (!this.isMissing(page)) return
    this.#pending.add(page)
    this.onFault(page)
  }

  #whileStopped(purpose: string): GuestState {
    if (this.#state === null) throw new GodwitError('agent.running', `the guest must be stopped while ${purpose}`)
    return this.#state
  }

  /** A state comes from another host. */
  #checkState({ executed, sleptNs }: GuestState, state: GuestState): void {
    const isKnown = state.executed.length === executed.length && state.sleptNs.length === sleptNs.length
    const isSound = state.guestNs <= mostGuestNs && state.deferred.every(([stream, k]) => k < (state.executed[stream] ?? 0)) && state.sleptNs.every((ns) => ns <= state.guestNs) && state.released.every(([first, end]) => first < end && end <= this.pageCount)
    if (!isKnown || !isSound) throw new GodwitError('wire.state', 'a state came that is not one of this guest; both sides should run the same version of Godwit')
  }
}
