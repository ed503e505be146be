/**
 * Makes the operations of the workload in memory: reads, writes, takings. Which ones are due follows from guest time;
 * here they are made in the order of each stream.
 */

import type { OperationStream } from '#shared/sim/memory/operation-stream.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { GuestClock } from './guest-clock.ts'
import type { PageContent } from './page-content.ts'
import type { ReleasedPages } from './released-pages.ts'
import { addBit, controlWord, hasBit, type SharedGuest } from './shared-guest.ts'
import type { DirtyLimit, GuestProcess } from './slowing.ts'
import type { Operation, WaitingOperations } from './waiting-operations.ts'
import { WrittenValues } from './written-values.ts'

interface OperationParts {
  readonly scenario: Scenario
  readonly seed: number
  readonly shared: SharedGuest
  readonly streams: readonly OperationStream[]
  readonly processes: readonly GuestProcess[]
  readonly clock: GuestClock
  readonly waiting: WaitingOperations
  readonly released: ReleasedPages
  readonly content: PageContent
  readonly limit: DirtyLimit
}

/** Operations between two looks at the clock, and the time after which the guest's thread looks up from them (lab). */
const operationsPerLook = 64
const longestTurnNs = 1e6

export class Operations {
  readonly values: readonly WrittenValues[]
  readonly #parts: OperationParts
  readonly #present: Int32Array
  readonly #dirty: Int32Array
  readonly #vcpus: number
  /** Of each stream: operations made or waiting, and the guest time of the next, as its process counts it. */
  #executed: number[]
  #nextNs: Float64Array
  #operations = 0
  #writes = 0
  #writeFaults = 0

  constructor(parts: OperationParts) {
    this.#parts = parts
    this.#present = parts.shared.bits('present')
    this.#dirty = parts.shared.bits('dirty')
    this.#vcpus = parts.scenario.guest.vcpus
    this.values = parts.streams.map((_, index) => new WrittenValues(parts.seed, index, parts.shared.pageWords))
    this.#executed = parts.streams.map(() => 0)
    this.#nextNs = Float64Array.from(parts.streams, (stream) => stream.guestNsOf(0))
  }

  get executed(): readonly number[] {
    return [...this.#executed]
  }

  get writeFaults(): number {
    return this.#writeFaults
  }

  restore(executed: readonly number[], deferred: ReadonlyArray<readonly [number, number]>): void {
    const { streams } = this.#parts
    this.#executed = streams.map((_, index) => executed[index] ?? 0)
    this.#nextNs = Float64Array.from(streams, (stream, index) => stream.guestNsOf(this.#executed[index] ?? 0))
    this.#operations = this.#executed.reduce((sum, count) => sum + count, 0) - deferred.length
    this.#writes = streams.reduce((sum, stream, index) => sum + stream.writesAmong(this.#executed[index] ?? 0), 0)
    for (const [stream, k] of deferred) if (streams[stream]?.isWrite(k) === true) this.#writes--
    this.tell()
  }

  /** For the agent's thread. */
  tell(): void {
    const { shared } = this.#parts
    shared.setFigure('operations', this.#operations)
    shared.setFigure('writes', this.#writes)
    shared.setFigure('writeFaults', this.#writeFaults)
  }

  /** Takings that are due are made at once, even beyond the last context that a missing page blocks: the balloon goes by them. */
  makeTakings(guestNs: number): void {
    for (const [index, stream] of this.#parts.streams.entries()) {
      if (stream.does !== 'take') continue
      const due = stream.countAt(this.#ownNs(stream, guestNs))
      while ((this.#executed[index] ?? 0) < due) this.#makeNext(index)
    }
  }

  /** Makes what else is due, and says whether that is all: not if it takes long, the guest is to stop, or waits with all it has. */
  makeDue(guestNs: number): boolean {
    const { streams, clock, waiting } = this.#parts
    let look = 0
    const untilNs = clock.account() + longestTurnNs
    for (let index = 0; index < streams.length; index++) {
      const stream = streams[index]
      if (stream === undefined || stream.does === 'take') continue
      const ownNs = this.#ownNs(stream, guestNs)
      if ((this.#nextNs[index] ?? 0) > ownNs + 1) continue
      const due = stream.countAt(ownNs)
      while ((this.#executed[index] ?? 0) < due) {
        if (clock.isInterrupted || waiting.isAllBlocked) return false
        this.#makeNext(index)
        if (++look % operationsPerLook === 0 && clock.account() > untilNs) return false
      }
      this.#nextNs[index] = stream.guestNsOf(this.#executed[index] ?? 0)
    }
    return true
  }

  /** The guest time from now on until something is due, if nothing changes; Infinity: never. */
  nsUntilDue(guestNs: number): number {
    let leastNs = Infinity
    for (const [index, stream] of this.#parts.streams.entries()) {
      if (this.#isAsleep(stream)) continue
      const nextNs = stream.does === 'take' ? stream.guestNsOf(this.#executed[index] ?? 0) : (this.#nextNs[index] ?? Infinity)
      leastNs = Math.min(leastNs, nextNs - this.#ownNs(stream, guestNs))
    }
    return leastNs
  }

  /** An operation whose page has come. */
  perform(page: number, { stream: index, k }: Operation): void {
    const { streams, shared, waiting } = this.#parts
    const stream = streams[index]
    const drawn = this.values[index]
    if (stream === undefined || drawn === undefined) return
    waiting.touch(page)
    this.#operations++
    const place = page * shared.pageWords + drawn.word(k)
    if (stream.does === 'take') {
      this.#change(page, stream.process, () => this.#take(page, place, drawn.value(k)))
    } else if (stream.isWrite(k)) {
      this.#write(page, stream.process, place, drawn.value(k))
    } else {
      Atomics.load(shared.words, place)
      return
    }
    this.#writes++
  }

  /** A page of the page cache comes from the disk as it was. */
  readFromDisk(page: number): void {
    const { shared, content } = this.#parts
    this.#change(page, null, () => {
      content.fill(page, shared.words, page * shared.pageWords)
      Atomics.add(shared.words, page * shared.pageWords, 0)
    })
  }

  /** The page differs from what it was; charged if it was clean. True if it was. */
  noteWritten(page: number, process: number | null): boolean {
    const { shared, processes, clock, limit } = this.#parts
    if (Atomics.load(shared.control, controlWord.isTracked) === 0 || hasBit(this.#dirty, page)) return false
    addBit(this.#dirty, page)
    this.#writeFaults++
    const faulting = process === null ? undefined : processes[process]
    if (faulting !== undefined) faulting.writeFaults++
    if (limit.isOn) clock.oweSleep(limit.sleepNsPerPage)
    return true
  }

  /** Makes an operation that counts as executed already, or lets it wait for its page. */
  make(index: number, k: number): void {
    const page = this.#parts.streams[index]?.page(k)
    if (page === undefined) return
    if (hasBit(this.#present, page)) this.perform(page, { stream: index, k })
    else this.#parts.waiting.defer(page, { stream: index, k })
  }

  #makeNext(index: number): void {
    const k = this.#executed[index] ?? 0
    this.#executed[index] = k + 1
    this.make(index, k)
  }

  /** The hot path. */
  #write(page: number, process: number, place: number, value: number): void {
    const { shared } = this.#parts
    const paid = this.#payIfClean(page)
    Atomics.add(shared.words, place, value)
    if (this.noteWritten(page, process) && !paid) this.#payTrap()
  }

  #change(page: number, process: number | null, change: () => void): void {
    const paid = this.#payIfClean(page)
    change()
    if (this.noteWritten(page, process) && !paid) this.#payTrap()
  }

  #take(page: number, place: number, value: number): void {
    const { shared, released } = this.#parts
    const { words, pageWords } = shared
    released.take(page)
    words.fill(0, page * pageWords, (page + 1) * pageWords)
    Atomics.exchange(words, place, value)
  }

  /** The trap comes before the write. */
  #payIfClean(page: number): boolean {
    const { control } = this.#parts.shared
    if (Atomics.load(control, controlWord.isTracked) === 0 || hasBit(this.#dirty, page)) return false
    this.#payTrap()
    return true
  }

  #payTrap(): void {
    const { shared, clock } = this.#parts
    const costNs = shared.setting('writeFaultNs') / this.#vcpus
    if (costNs > 0) clock.pay(costNs)
  }

  #isAsleep({ process }: OperationStream): boolean {
    return this.#parts.processes[process]?.asleep === true
  }

  #ownNs({ process }: OperationStream, guestNs: number): number {
    return guestNs - (this.#parts.processes[process]?.sleptNs ?? 0)
  }
}
