/**
 * The guest in its own thread. It never waits for events: between operations it looks at the control words, and when
 * nothing is due it sleeps on the bell, no longer than its signs of life allow.
 */

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { assertNever } from '#shared/units/assert-never.ts'
import { operationStreams, selfMigrationProcess } from '#shared/sim/guests/workload-sources.ts'
import { releasedCache } from '#shared/sim/guests/released-memory.ts'
import type { OperationStream } from '#shared/sim/memory/operation-stream.ts'
import type { GuestState } from '#shared/wire/messages.ts'
import { folderTraces } from '../../traces/traces-folder.ts'
import { nowNs } from '../clock.ts'
import { GuestClock } from './guest-clock.ts'
import type { Answers, GuestNote, GuestOrder, GuestThreadData } from './guest-messages.ts'
import { Operations } from './operations.ts'
import { PageContent } from './page-content.ts'
import { ReleasedPages, releasedRanges } from './released-pages.ts'
import { verifyMemory } from './replay.ts'
import { controlWord, SharedGuest } from './shared-guest.ts'
import { DirtyLimit, type GuestProcess, StunWatch } from './slowing.ts'
import { WaitingOperations } from './waiting-operations.ts'

/** Guest time worked off at once (lab): fine enough to stop, and for what is due to fall about where it should. */
const stepNs = 1_000_000
/** Takings in a step: nothing interrupts them. */
const takingsPerStep = 64
/** The longest sleep of a guest that has nothing to do, and the shortest worth taking (lab). */
const longestNapNs = 700_000
const shortestNapNs = 200_000

export class RunningGuest {
  readonly #data: GuestThreadData
  readonly #shared: SharedGuest
  readonly #mail: MessagePort
  readonly #streams: readonly OperationStream[]
  readonly #processes: readonly GuestProcess[]
  /** A migration inside the guest, which is a process while it goes on. */
  readonly #selfMigration: GuestProcess | null
  readonly #clock: GuestClock
  readonly #waiting: WaitingOperations
  readonly #released: ReleasedPages
  readonly #content: PageContent
  readonly #operations: Operations
  readonly #stun: StunWatch
  readonly #limit: DirtyLimit
  readonly #stepNs: number
  #isRunning = false
  #mailSeen = 0
  #guestNs = 0
  #serviceNs = 0
  /** Everything due at `guestNs` has been made. */
  #isCurrent = true
  /** Operations that waited for a page on another host. */
  #deferredElsewhere: GuestState['deferred'] = []

  constructor(data: GuestThreadData) {
    const { scenario, seed, shared: buffers, mail, tracesFolder } = data
    this.#data = data
    this.#mail = mail
    const shared = new SharedGuest(buffers, scenario.guest.pageSize)
    this.#shared = shared
    const streams = operationStreams(scenario, seed, folderTraces(tracesFolder))
    this.#streams = streams
    const own = selfMigrationProcess(scenario)
    const isWriting = (process: number): boolean => process !== own && streams.some((stream) => stream.process === process && stream.does !== 'read')
    this.#processes = Array.from({ length: own + 1 }, (_, index) => ({ isWatched: isWriting(index), asleep: index === own, sleptNs: 0, writeFaults: 0 }))
    this.#selfMigration = this.#processes[own] ?? null
    this.#clock = new GuestClock(shared)
    this.#stun = new StunWatch(scenario, this.#processes)
    this.#limit = new DirtyLimit(scenario)
    this.#waiting = new WaitingOperations({ scenario, shared, clock: this.#clock, request: (page) => this.#tell({ kind: 'fault', page }) })
    this.#released = new ReleasedPages(scenario, seed, shared)
    const cache = releasedCache(scenario, seed)
    this.#content = new PageContent(scenario, seed, [...streams.filter(({ does }) => does !== 'read'), ...(cache === null ? [] : [cache])])
    this.#operations = new Operations({ scenario, seed, shared, streams, processes: this.#processes, clock: this.#clock, waiting: this.#waiting, released: this.#released, content: this.#content, limit: this.#limit })
    this.#released.restore({ guestNs: 0, sleptNs: [] })
    this.#released.writeBits()
    this.#stepNs = stepFor(streams)
  }

  /** Runs until the thread is ended. */
  run(): void {
    const shared = this.#shared
    if (this.#data.isWhole) for (let page = 0; page < shared.pageCount; page++) this.#content.fill(page, shared.words, page * shared.pageWords)
    this.#tell({ kind: 'ready', state: this.#state() })
    for (;;) {
      const bell = Atomics.load(shared.control, controlWord.bell)
      this.#readMail()
      if (this.#isRunning) this.#goOn(bell)
      else Atomics.wait(shared.control, controlWord.bell, bell)
    }
  }

  /** A step of guest time, or a wait. `bell` was read before anything that a wait depends on. */
  #goOn(bell: number): void {
    const clock = this.#clock
    this.#waiting.goOn((page, operation) => this.#operations.perform(page, operation))
    if (this.#waiting.isAllBlocked) {
      this.#publish()
      clock.account()
      Atomics.wait(this.#shared.control, controlWord.bell, bell)
      clock.account()
      return
    }
    const now = clock.account()
    this.#stun.look(now)
    this.#limit.look(now, this.#operations.writeFaults)
    if (this.#shared.setting('throttleShare') === 0 && !this.#limit.isOn) clock.forgiveSleep()
    if (clock.sleepIfOwed()) return
    if (clock.backlogNs > 0) this.#step(Math.min(this.#stepNs, clock.backlogNs))
    else if (!this.#isCurrent) this.#isCurrent = this.#operations.makeDue(this.#guestNs)
    this.#publish()
    if (this.#isCurrent && !clock.isInterrupted && clock.backlogNs < this.#stepNs) this.#nap(bell)
  }

  #step(ns: number): void {
    const clock = this.#clock
    if (!this.#isCurrent) {
      this.#isCurrent = this.#operations.makeDue(this.#guestNs)
      if (!this.#isCurrent) return
    }
    clock.use(ns)
    this.#guestNs += ns
    this.#serviceNs += ns * (1 - this.#stun.idleShare)
    if (this.#selfMigration !== null) this.#selfMigration.asleep = this.#shared.setting('migrationShare') === 0
    for (const process of this.#processes) if (process.asleep) process.sleptNs += ns
    this.#operations.makeTakings(this.#guestNs)
    const lostNs = this.#released.advance(this.#moment(), (page) => this.#operations.readFromDisk(page))
    if (lostNs > 0) clock.pay(lostNs)
    this.#isCurrent = this.#operations.makeDue(this.#guestNs)
  }

  /** Sleeps until something is due. What is due soon waits for more of its kind. */
  #nap(bell: number): void {
    const untilDueNs = this.#operations.nsUntilDue(this.#guestNs) - this.#clock.backlogNs
    const ns = Math.min(longestNapNs, Math.max(shortestNapNs, untilDueNs))
    Atomics.wait(this.#shared.control, controlWord.bell, bell, ns / 1e6)
  }

  #publish(): void {
    this.#shared.setFigure('guestNs', this.#guestNs)
    this.#shared.setFigure('serviceNs', this.#serviceNs)
    this.#shared.setFigure('stunned', this.#stun.stunned)
    this.#operations.tell()
  }

  #readMail(): void {
    const { control } = this.#shared
    const mail = Atomics.load(control, controlWord.mail)
    if (mail === this.#mailSeen) return
    this.#mailSeen = mail
    for (let letter = receiveMessageOnPort(this.#mail); letter !== undefined; letter = receiveMessageOnPort(this.#mail)) this.#obey(letter.message as GuestOrder)
  }

  #obey(order: GuestOrder): void {
    switch (order.kind) {
      case 'start':
        this.#isRunning = true
        this.#waiting.started()
        this.#clock.start()
        for (const [stream, k] of this.#deferredElsewhere) this.#operations.make(stream, k)
        this.#deferredElsewhere = []
        return
      case 'stand':
        this.#stand()
        this.#answer('stand', order.id, this.#state())
        return
      case 'restore':
        this.#restore(order.state)
        return
      case 'limit-dirtying':
        if (order.isOn) this.#limit.start(nowNs(), this.#operations.writeFaults)
        else this.#limit.stop()
        return
      case 'watch-processes':
        this.#stun.start(nowNs())
        return
      case 'wake-all':
        this.#stun.wakeAll()
        return
      case 'faults':
        this.#answer('faults', order.id, this.#waiting.report())
        return
      case 'verify':
        this.#answer('verify', order.id, verifyMemory({ shared: this.#shared, streams: this.#streams, values: this.#operations.values, content: this.#content }, this.#state()))
        return
      default:
        assertNever(order)
    }
  }

  #stand(): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#clock.account()
    this.#publish()
  }

  #state(): GuestState {
    return { guestNs: this.#guestNs, serviceNs: this.#serviceNs, executed: this.#operations.executed, sleptNs: this.#processes.map(({ sleptNs }) => sleptNs), deferred: [...this.#waiting.deferred, ...this.#deferredElsewhere], released: releasedRanges(this.#shared) }
  }

  /** Operations that waited there are made here, or wait again, before anything else. */
  #restore(state: GuestState): void {
    this.#guestNs = state.guestNs
    this.#serviceNs = state.serviceNs
    this.#isCurrent = false
    this.#stun.wakeAll()
    for (const [index, process] of this.#processes.entries()) process.sleptNs = state.sleptNs[index] ?? 0
    this.#waiting.forget()
    this.#released.restore(state)
    this.#operations.restore(state.executed, state.deferred)
    this.#clock.forget()
    this.#deferredElsewhere = state.deferred
  }

  #moment(): { readonly guestNs: number; readonly sleptNs: readonly number[] } {
    return { guestNs: this.#guestNs, sleptNs: this.#processes.map(({ sleptNs }) => sleptNs) }
  }

  #tell(note: GuestNote): void {
    this.#mail.postMessage(note)
  }

  #answer<K extends keyof Answers>(_kind: K, id: number, body: Answers[K]): void {
    this.#tell({ kind: 'answer', id, body })
  }
}

/** As long as it may be with few takings in it. */
function stepFor(streams: readonly OperationStream[]): number {
  const takingsPerNs = streams.reduce((sum, stream) => sum + (stream.does === 'take' ? stream.countAt(1e9) / 1e9 : 0), 0)
  return Math.min(stepNs, takingsPerStep / takingsPerNs)
}
