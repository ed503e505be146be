/**
 * The simulator's answer to a strategy: the same requests as on a real host, in virtual time. What is yielded on the way
 * are the kernel's waits.
 *
 * The world keeps its own account of which pages the destination does not hold (`DestinationSide.stale`), so that a strategy that
 * forgets a page is found out at commitment instead of being reported as a success.
 */

import { type Instant, Instants } from '../migration/instants.ts'
import type { Bitmap } from '../migration/memory/bitmap.ts'
import type { MemoryMapRecorder, PageLook } from '../migration/memory-map.ts'
import { MigrationRecorder } from '../migration/recorder.ts'
import { type DirtyLog, HostCrashed, type Purpose, type Reservation, type SentBatch, type SourceWorld, type Stage, type Step } from '../migration/world.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { MigrationStats } from '../model/migration-stats.ts'
import { migrationTrackingCosts } from '../scenario/tracking-mechanisms.ts'
import type { TraceLibrary } from '../trace/library.ts'
import { formatQuantity } from '../units/quantity.ts'
import { Connection } from './connection.ts'
import type { DestinationRoom } from './destination-room.ts'
import { DestinationSide } from './destination-side.ts'
import type { Failure } from './failures.ts'
import { SimDisk } from './disk.ts'
import { DataPath } from './data-path.ts'
import { Fingerprint } from './kernel/fingerprint.ts'
import { both } from './kernel/both.ts'
import type { Process } from './kernel/kernel.ts'
import { ReverseCheckpoints } from './reverse-checkpoints.ts'
import { RunningGuest, type RunningGuestParts } from './running-guest.ts'
import { SimSavedState } from './saved-state.ts'
import { SimDirtyLog } from './sim-dirty-log.ts'

export interface SimWorldParts extends RunningGuestParts {
  readonly room: DestinationRoom
  /** Called at the beginning of each stage; failures that wait for one are planned there. */
  readonly onStage: (stage: Stage) => void
  /** Called after each batch; what it throws ends the simulation. */
  readonly onBatch: () => void
  /** Films the address space, if somebody wants to look at it. */
  readonly memoryMap: MemoryMapRecorder | null
  /** Where traces are found; undefined: only those that come with Godwit. */
  readonly traces: TraceLibrary | undefined
}

export class SimWorld implements SourceWorld {
  readonly pageCount: number
  readonly pageBytes: number
  readonly dirtyLog: DirtyLog
  readonly disk: SimDisk | null
  readonly savedState: SimSavedState
  readonly recorder: MigrationRecorder
  readonly fingerprint = new Fingerprint()
  readonly #parts: SimWorldParts
  readonly #connection: Connection
  readonly #dataPath: DataPath
  readonly #destination: DestinationSide
  readonly #guest: RunningGuest
  readonly #instants = new Instants()
  #downtimeBytes = 0
  #pagesSent = 0
  #zeroPages = 0
  #remainingBytes: number
  #setupNs = 0
  #iteration = 0
  #committed = false
  #hasRoom = false
  #postcopyBytes = 0
  #checkpointIntervalNs: number | null = null
  #checkpoints: ReverseCheckpoints | null = null
  readonly #crashed = new Set<'source' | 'destination'>()
  #faultsHit = 0
  #waitedNs = 0
  #rollback = { workNs: 0, outageNs: 0 }

  constructor(parts: SimWorldParts) {
    const { guest } = parts.scenario
    this.#parts = parts
    this.pageBytes = guest.pageSize
    this.pageCount = guest.memory / guest.pageSize
    this.#remainingBytes = guest.memory
    this.#connection = new Connection(parts.kernel, parts.link, parts.scenario, parts.seed)
    const { kernel, scenario, seed, traces } = parts
    this.#guest = new RunningGuest(parts)
    this.#dataPath = new DataPath(scenario, seed, (page) => this.#guest.isZero(page))
    this.#destination = new DestinationSide({ kernel, guest: parts.guest, connection: this.#connection, scenario, seed, traces, released: this.#guest.released })
    this.dirtyLog = this.#makeDirtyLog()
    this.disk = parts.scenario.disk.kind === 'none' ? null : this.#makeDisk()
    this.#remainingBytes += this.disk?.bytes ?? 0
    this.savedState = this.#makeSavedState()
    this.recorder = new MigrationRecorder(() => this.#totals(), () => this.#destination.faults.record())
    this.recorder.beginPhase('setup')
  }

  /** What can be read at any time without bringing the guest to the present. */
  get soFar(): Pick<MigrationStats, 'transferredBytes' | 'majorFaults' | 'minorFaults'> {
    return { transferredBytes: this.#connection.sentBytes, ...this.#destination.faults.counts }
  }

  /** For the film of the address space. */
  get pageLook(): PageLook {
    return this.#destination.pageLook((page) => this.dirtyLog.peek(page))
  }

  /** Once the source has acknowledged the destination's image, only a crash of the destination matters; after one, nothing but one of the source. */
  isHitBy(cause: Failure): boolean {
    if (!(cause instanceof HostCrashed)) return !this.#committed && !this.#crashed.has('destination')
    return !this.#crashed.has(cause.host) && !(cause.host === 'source' && this.#committed)
  }

  /** The host stops, and the guest if it runs there. */
  crash(host: 'source' | 'destination'): void {
    const isThere = host === 'source' ? this.placeOfGuest() !== 'destination' : this.placeOfGuest() !== 'source'
    this.#crashed.add(host)
    if (isThere) {
      this.endCheckpoints()
      this.#destination.guest?.end()
      this.#guest.suspend()
      this.#instants.breakOff(this.now())
    }
    this.#note(`${host} crashed`)
  }

  noteFault(): void {
    this.#faultsHit++
  }

  endCheckpoints(): void {
    this.#checkpoints?.end()
  }

  /** Is room kept for this guest on the destination? */
  get hasRoom(): boolean {
    return this.#hasRoom
  }

  now(): number {
    return this.#parts.kernel.now
  }

  enter(stage: Stage, iteration?: number): void {
    if (stage !== 'reservation' && stage !== 'commitment') this.recorder.beginPhase(stage, iteration)
    if (iteration === 1 || (stage === 'stop-and-copy' && iteration === 0)) this.#guest.measureTraffic()
    if (stage === 'precopy' && iteration === 0) this.#guest.beginIterations()
    this.#iteration = iteration ?? this.#iteration
    this.#note(stage)
    if (stage !== 'precopy' || iteration === 0) this.#parts.onStage(stage)
  }

  *reserve(): Step<Reservation> {
    const { scenario, room } = this.#parts
    yield* this.#connection.message('there')
    yield* this.#connection.message('back')
    this.#setupNs = this.now()
    if (room.take(scenario.guest.memory)) {
      this.#hasRoom = true
      return { granted: true }
    }
    const free = room.freeBytes ?? 0
    const show = (bytes: number): string => formatQuantity(bytes, 'bytes')
    return { granted: false, reason: `the destination has ${show(free)} free and the guest needs ${show(scenario.guest.memory)}; the guest goes on at the source` }
  }

  isMapped(page: number): boolean {
    return this.#guest.isMapped(page, this.#iteration)
  }

  isReleased(page: number): boolean {
    // What the destination does not miss it has, or it is on its way, or was given back.
    if (this.#destination.guest !== null) return this.#guest.released !== null && !this.#destination.stale.has(page)
    return this.#guest.isReleased(page)
  }

  limitRate(bitsPerSecond: number | null): void {
    this.#connection.limitRate(bitsPerSecond)
  }

  throttle(share: number): void {
    this.#guest.throttle(share)
  }

  limitDirtying(): void {
    this.#guest.limitDirtying()
  }

  noteRemaining(bytes: number): void {
    this.#remainingBytes = bytes
  }

  *sendPages(pages: Int32Array, count: number, purpose: Purpose = 'copy'): Step<SentBatch> {
    const { stale } = this.#destination
    if (purpose === 'copy') for (let i = 0; i < count; i++) stale.remove(pages[i] ?? 0)
    const load = this.#dataPath.load(pages, count, { purpose, iteration: this.#iteration, isLast: !this.#guest.isRunning })
    const { bytes, zeroPages } = load
    this.fingerprint.addPages(pages, count)
    this.#pagesSent += count
    this.#zeroPages += zeroPages
    if (load.pauseNs > 0) yield load.pauseNs
    const limited = purpose === 'copy' || purpose === 'push'
    const travelling = purpose === 'copy' ? null : pages.slice(0, count)
    yield* this.#carry(bytes, Math.max(load.stretchNs, limited ? this.#connection.limitNs(bytes) : 0))
    this.#dataPath.carried(load)
    if (travelling !== null) this.#destination.deliver(travelling, purpose, load.decodeNs)
    else this.#destination.decodes(this.#connection.delayNs('there') + load.decodeNs, load.decodeNs)
    this.recorder.sample(this.now())
    this.#parts.memoryMap?.noteSent(pages, count, purpose)
    this.#parts.memoryMap?.sample(this.now(), this.pageLook)
    this.#note('sent')
    this.#parts.onBatch()
    return { bytes, zeroPages }
  }

  *sendDirtyBitmap(): Step<void> {
    const bytes = Math.ceil(this.pageCount / 8)
    yield* this.#carry(bytes, this.#connection.limitNs(bytes))
  }

  *suspend(): Step<void> {
    this.#mark('pauseNs')
    this.#guest.suspend()
    yield this.#parts.scenario.guest.suspendTime
    this.#mark('suspendedNs')
    this.#note('suspended')
  }

  *copyToShadowBuffer(pages: number): Step<void> {
    yield (pages * this.pageBytes * 8e9) / this.#parts.scenario.strategy.shadowCopyRate
    this.#note('copied aside')
  }

  *sendDeviceState(): Step<void> {
    this.#mark('copiedNs')
    const bytes = this.#parts.scenario.guest.deviceState
    yield* this.#carry(bytes, this.#connection.limitNs(bytes))
    this.#mark('stateSentNs')
  }

  *commit(): Step<void> {
    // The last byte arrives, the destination says that it holds everything, the source acknowledges.
    yield* this.#connection.message('there')
    yield* this.#destination.decoded()
    this.#checkImage()
    yield* this.#connection.message('back')
    yield* this.#parts.link.ready()
    this.#committed = true
    yield this.#connection.delayNs('there')
    this.endCheckpoints()
    if (this.#destination.guest === null) this.#mark('committedNs')
    else this.#destination.guest.end()
    this.#note('committed')
  }

  *activate(): Step<void> {
    if (!this.#committed) {
      yield* this.#connection.message('there')
      yield* this.#destination.decoded()
      this.#mark('committedNs')
    }
    yield this.#parts.scenario.guest.resumeTime
    this.#resumeGuest()
    if (!this.#committed) this.#startWithoutMemory()
    // The unsolicited ARP reply: from its arrival on, clients reach the guest at its new place.
    yield this.#parts.scenario.link.latency
    this.#note('activated')
  }

  placeOfGuest(): 'source' | 'both' | 'destination' {
    if (this.#destination.guest === null) return this.#committed ? 'destination' : 'source'
    return this.#destination.stale.isEmpty() ? 'destination' : 'both'
  }

  takeRequests(): readonly number[] {
    return this.#destination.takeRequests()
  }

  awaitRequest(limitNs: number | null): Step<void> {
    return this.#destination.awaitRequest(limitNs)
  }

  awaitNextRequest(limitNs: number | null): Step<void> {
    return this.#destination.awaitNextRequest(limitNs)
  }

  wake(): void {
    this.#destination.wake()
  }

  both(first: Step<void>, second: Step<void>): Step<void> {
    return both(this.#parts.kernel, first as Process<void>, second as Process<void>)
  }

  *reconnect(missing: Bitmap): Step<void> {
    this.#connection.renew()
    const lostAtNs = this.now()
    try {
      yield* this.#askAgain(missing)
    } finally {
      this.#waitedNs += this.now() - lostAtNs
    }
  }

  *#askAgain(missing: Bitmap): Step<void> {
    yield* this.#parts.link.ready()
    // The source offers to go on, the destination answers with a bitmap of the pages it has, and asks again for what it waits for.
    yield* this.#connection.message('there')
    yield* this.sendDirtyBitmap()
    yield* this.#connection.message('back')
    missing.clear()
    missing.addAll(this.#destination.stale)
    this.#destination.askAgain()
    this.#note('reconnected')
  }

  *resumeAtSource(): Step<void> {
    const { guest, scenario } = this.#parts
    this.#guest.relieve()
    if (!guest.running) {
      // What was waited for when the migration broke off has had the time until now.
      this.#instants.breakOff(this.now())
      yield* this.savedState.read()
      yield scenario.guest.resumeTime
      this.#resumeGuest()
    }
    // A migration inside the guest has taken its share until now.
    if (scenario.strategy.kind === 'self') this.#guest.now()
    guest.stopTracking()
    this.#note('resumed at source')
  }

  keepCheckpoints(intervalNs: number): void {
    this.#checkpointIntervalNs = intervalNs
  }

  *rollBack(): Step<boolean> {
    const checkpoints = this.#checkpoints
    if (checkpoints === null || this.#committed) return false
    const crashedAtNs = this.now()
    this.#destination.leave()
    this.#rollback.workNs = this.#guest.now().serviceNs - checkpoints.savedWorkNs
    yield* this.awaitSilence()
    yield this.#parts.scenario.guest.resumeTime
    this.#guest.resume()
    this.#rollback.outageNs = this.now() - crashedAtNs
    this.#note('rolled back')
    return true
  }

  *awaitSilence(): Step<void> {
    yield this.#parts.scenario.link.timeout
  }

  /** What the record says beside rows and timeline. */
  summary() {
    const { sentBytes } = this.#connection
    return {
      setupMs: this.#setupNs / 1e6,
      transferredBytes: sentBytes,
      precopyBytes: sentBytes - this.#downtimeBytes - this.#postcopyBytes,
      downtimeBytes: this.#downtimeBytes,
      postcopyBytes: this.#postcopyBytes,
      pagesSent: this.#pagesSent,
      zeroPages: this.#zeroPages,
      faultsHit: this.#faultsHit,
      pausedMs: this.#waitedNs / 1e6,
      rolledBackMs: this.#rollback.workNs / 1e6,
      rollbackOutageMs: this.#rollback.outageNs / 1e6,
      ...(this.#checkpoints?.summary ?? { checkpoints: 0, checkpointBytes: 0, checkpointStopMs: 0 }),
      ...this.#dataPath.summary(sentBytes),
      ...this.#destination.summary(),
      ...this.#guest.summary(),
      ...this.#instants.downtime(),
      ...this.#instants.lost(this.#lostNs()),
      ...this.savedState.summary(),
      ...(this.disk?.summary() ?? { diskBytes: 0, diskMs: 0 }),
    } satisfies Partial<MigrationStats>
  }

  #makeDirtyLog(): DirtyLog {
    const { scenario } = this.#parts
    return new SimDirtyLog({
      scenario,
      costs: migrationTrackingCosts(scenario),
      guestNow: () => this.#guest.now(),
      now: () => this.now(),
      onRead: (dirty, costNs) => {
        this.#destination.stale.addAll(dirty)
        this.#note('log read')
        this.#dataPath.addSourceWork(costNs)
      },
    })
  }

  #makeDisk(): SimDisk {
    const { scenario, seed } = this.#parts
    return new SimDisk({
      scenario,
      seed,
      guestNow: () => this.#guest.now(),
      carry: (bytes, stretchNs) => this.#carry(bytes, stretchNs),
      now: () => this.now(),
      onChunk: (missingBytes) => {
        this.#remainingBytes = scenario.guest.memory + missingBytes
        this.recorder.sample(this.now())
        this.#note('disk sent')
        this.#parts.onBatch()
      },
    })
  }

  #makeSavedState(): SimSavedState {
    const { scenario } = this.#parts
    return new SimSavedState({
      scenario,
      carry: (bytes) => this.#carry(bytes, this.#connection.limitNs(bytes)),
      now: () => this.now(),
      onSaved: () => {
        // The files hold all that was written until the guest was stopped: nothing of it is dirty any more.
        this.#guest.now().startTracking()
        this.#parts.guest.stopTracking()
        this.#mark('copiedNs')
        this.#note('saved')
      },
      onRestored: () => {
        if (scenario.storage.kind === 'shared') this.#destination.stale.clear()
        this.#note('restored')
      },
    })
  }

  #resumeGuest(): void {
    this.#guest.resume()
    this.#mark('resumedNs')
  }

  /** The guest runs on the destination without the pages that are stale there. */
  #startWithoutMemory(): void {
    const destination = this.#destination.start()
    if (this.#checkpointIntervalNs === null) return
    const { kernel, guest, link, scenario } = this.#parts
    const options = { scenario, connection: this.#connection, costs: migrationTrackingCosts(scenario), intervalNs: this.#checkpointIntervalNs, onEvent: (event: string) => this.#note(event) }
    this.#checkpoints = new ReverseCheckpoints({ kernel, guest, destination, link: link.reverse, ...options })
  }

  /** What the guest has lost so far, nanoseconds of undisturbed work. */
  #lostNs(): number {
    return this.now() - this.#guest.now().serviceNs + this.#rollback.workNs
  }

  /** Sends bytes, stretched over at least `stretchNs`. */
  *#carry(bytes: number, stretchNs: number): Process<void> {
    yield* this.#connection.carry(bytes, stretchNs)
    if (this.#destination.guest !== null) this.#postcopyBytes += bytes
    else if (!this.#guest.isRunning) this.#downtimeBytes += bytes
  }

  #mark(instant: Instant): void {
    this.#instants.mark(instant, this.now(), this.#lostNs())
  }

  /** Finds out a strategy that forgot something. */
  #checkImage(): void {
    const missing = this.#destination.countMissing()
    const missingBlocks = this.disk?.countMissing(this.#destination.guest === null) ?? 0
    const forgotten = missingBlocks > 0 ? `${missingBlocks} blocks of the disk` : `${missing} pages`
    if (missing + missingBlocks > 0) throw new GodwitError('simulation.incomplete', `the strategy committed with ${forgotten} missing at the destination; this is a fault of the strategy`)
  }

  #totals(): { timeNs: number; sentBytes: number; workNs: number; dirtiedPages: number; remainingBytes: number } {
    const guest = this.#guest.now()
    return { timeNs: this.now(), sentBytes: this.#connection.sentBytes, workNs: guest.serviceNs, dirtiedPages: guest.dirtiedPages, remainingBytes: this.#remainingBytes, ...this.#guest.balloon() }
  }

  #note(event: string): void {
    this.fingerprint.addText(event)
    this.fingerprint.add(this.now())
    this.fingerprint.add(this.#connection.sentBytes)
  }
}
