/**
 * The simulator's answer to a strategy: the same requests as on a real host, in virtual time. What is yielded on the way
 * are the kernel's waits.
 *
 * The world keeps its own account of which pages the destination does not hold (`#stale`), so that a strategy that
 * forgets a page is found out at commitment instead of being reported as a success.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import type { MemoryMapRecorder } from '../migration/memory-map.ts'
import { TokenBucket } from '../migration/policies/token-bucket.ts'
import { downtimeParts, MigrationRecorder } from '../migration/recorder.ts'
import type { DirtyLog, Reservation, SentBatch, SourceWorld, Stage, Step } from '../migration/world.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { DowntimeParts } from '../model/migration-stats.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type TrackingCosts, trackingCosts } from '../scenario/tracking-mechanisms.ts'
import { formatQuantity } from '../units/quantity.ts'
import type { SimGuest } from './guests/guest.ts'
import { Fingerprint } from './kernel/fingerprint.ts'
import type { Kernel, Process } from './kernel/kernel.ts'
import { hashedUniform, streamSeed } from './kernel/streams.ts'
import type { Link } from './network/link.ts'

/** Bytes of a page of zeros sent as a marker: an eight-byte header and one byte (QEMU, verified). */
const zeroMarkerBytes = 9

export interface SimWorldParts {
  readonly kernel: Kernel
  readonly guest: SimGuest
  readonly link: Link
  readonly scenario: Scenario
  readonly seed: number
  /** Called at the beginning of each stage; failures that wait for one are planned there. */
  readonly onStage: (stage: Stage) => void
  /** Called after each batch; what it throws ends the simulation. */
  readonly onBatch: () => void
  /** Films the address space, if somebody wants to look at it. */
  readonly memoryMap: MemoryMapRecorder | null
}

/** The instants of the downtime in their order. */
const instantNames = ['pauseNs', 'suspendedNs', 'copiedNs', 'stateSentNs', 'committedNs', 'resumedNs'] as const
type Instant = (typeof instantNames)[number]

export class SimWorld implements SourceWorld {
  readonly pageCount: number
  readonly pageBytes: number
  readonly dirtyLog: DirtyLog
  readonly recorder: MigrationRecorder
  readonly fingerprint = new Fingerprint()

  readonly #parts: SimWorldParts
  readonly #costs: TrackingCosts
  readonly #bucket: TokenBucket
  /** Pages whose content at the destination is missing or older than the last clean. */
  readonly #stale: Bitmap
  readonly #zeroSeed: number
  readonly #mapSeed: number
  /** Nanoseconds from the start; those not reached yet stand at the last one reached, or where the migration broke off. */
  readonly #instants: Record<Instant, number> = { pauseNs: 0, suspendedNs: 0, copiedNs: 0, stateSentNs: 0, committedNs: 0, resumedNs: 0 }
  #reached = -1
  #sentBytes = 0
  #downtimeBytes = 0
  #pagesSent = 0
  #zeroPages = 0
  #remainingBytes: number
  #setupNs = 0
  #throttleShare = 0
  #iteration = 0
  #guestTrafficBitsPerSecond = 0
  #trafficMark = { timeNs: 0, bits: 0 }
  #committed = false

  constructor(parts: SimWorldParts) {
    const { guest, strategy, tracking } = parts.scenario
    this.#parts = parts
    this.pageBytes = guest.pageSize
    this.pageCount = guest.memory / guest.pageSize
    this.#remainingBytes = guest.memory
    this.#costs = trackingCosts(tracking)
    this.#bucket = new TokenBucket(strategy.burst)
    this.#stale = new Bitmap(this.pageCount)
    this.#stale.addRange(0, this.pageCount)
    this.#zeroSeed = streamSeed(parts.seed, 'zero pages')
    this.#mapSeed = streamSeed(parts.seed, 'unmapped pages')
    this.dirtyLog = this.#makeDirtyLog()
    this.recorder = new MigrationRecorder(() => this.#totals())
    this.recorder.beginPhase('setup')
  }

  /** True once the source has acknowledged the destination's image; a failure of the link changes nothing any more. */
  get committed(): boolean {
    return this.#committed
  }

  now(): number {
    return this.#parts.kernel.now
  }

  enter(stage: Stage, iteration?: number): void {
    if (stage !== 'reservation' && stage !== 'commitment') this.recorder.beginPhase(stage, iteration)
    if (iteration === 1 || (stage === 'stop-and-copy' && iteration === 0)) this.#measureGuestTraffic()
    if (stage === 'precopy' && iteration === 0) this.#trafficMark = { timeNs: this.now(), bits: this.#parts.link.guestBits() }
    this.#iteration = iteration ?? this.#iteration
    this.#note(stage)
    if (stage !== 'precopy' || iteration === 0) this.#parts.onStage(stage)
  }

  *reserve(): Step<Reservation> {
    const { scenario } = this.#parts
    const free = scenario.destination.freeMemory
    yield* this.#message()
    yield* this.#message()
    this.#setupNs = this.now()
    if (free === null || scenario.guest.memory <= free) return { granted: true }
    const show = (bytes: number): string => formatQuantity(bytes, 'bytes')
    return { granted: false, reason: `the destination has ${show(free)} free and the guest needs ${show(scenario.guest.memory)}; the guest goes on at the source` }
  }

  isMapped(page: number): boolean {
    const share = this.#parts.scenario.guest.unmapped
    return share === 0 || hashedUniform(this.#mapSeed, page, this.#iteration) >= share
  }

  limitRate(bitsPerSecond: number | null): void {
    this.#bucket.setRate(bitsPerSecond, this.now())
  }

  throttle(share: number): void {
    if (share === this.#throttleShare) return
    this.#guestNow().throttle(share)
    this.#throttleShare = Math.max(this.#throttleShare, share)
  }

  noteRemaining(bytes: number): void {
    this.#remainingBytes = bytes
  }

  *sendPages(pages: Int32Array, count: number): Step<SentBatch> {
    const { scenario } = this.#parts
    let zeroPages = 0
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      this.#stale.remove(page)
      if (this.#isZero(page)) zeroPages++
    }
    if (scenario.optimisations.zeroPages === 'off') zeroPages = 0
    const content = (count - zeroPages) * this.pageBytes + zeroPages * zeroMarkerBytes
    const bytes = content + count * scenario.link.perPage + scenario.link.perBatch
    this.fingerprint.addPages(pages, count)
    this.#pagesSent += count
    this.#zeroPages += zeroPages
    if (scenario.link.batchTime > 0) yield scenario.link.batchTime
    yield* this.#carry(bytes, this.#bucket.take(bytes, this.now()))
    this.recorder.sample(this.now())
    this.#parts.memoryMap?.noteSent(pages, count)
    this.#parts.memoryMap?.sample(this.now(), (page) => this.dirtyLog.peek(page))
    this.#note('sent')
    this.#parts.onBatch()
    return { bytes, zeroPages }
  }

  *suspend(): Step<void> {
    const { guest, link, scenario } = this.#parts
    this.#guestNow()
    this.#mark('pauseNs')
    guest.suspend()
    link.setGuestDemand(0)
    yield scenario.guest.suspendTime
    this.#mark('suspendedNs')
    this.#note('suspended')
  }

  *sendDeviceState(): Step<void> {
    this.#mark('copiedNs')
    const bytes = this.#parts.scenario.guest.deviceState
    yield* this.#carry(bytes, this.#bucket.take(bytes, this.now()))
    this.#mark('stateSentNs')
  }

  *commit(): Step<void> {
    // The last byte arrives, the destination says that it holds everything, the source acknowledges.
    yield* this.#message()
    this.#checkImage()
    yield* this.#message()
    yield* this.#parts.link.ready()
    this.#committed = true
    yield this.#parts.scenario.link.latency
    this.#mark('committedNs')
    this.#note('committed')
  }

  *activate(): Step<void> {
    yield this.#parts.scenario.guest.resumeTime
    this.#resumeGuest()
    // The unsolicited ARP reply: from its arrival on, clients reach the guest at its new place.
    yield this.#parts.scenario.link.latency
    this.#note('activated')
  }

  *resumeAtSource(): Step<void> {
    const { guest, scenario } = this.#parts
    this.throttle(0)
    if (!guest.running) {
      // What was waited for when the migration broke off has had the time until now.
      this.#setInstants(this.#reached + 1)
      yield scenario.guest.resumeTime
      this.#resumeGuest()
    }
    guest.stopTracking()
    this.#note('resumed at source')
  }

  /** What the record says beside rows and timeline. */
  summary(): {
    readonly setupMs: number
    readonly transferredBytes: number
    readonly downtimeBytes: number
    readonly pagesSent: number
    readonly zeroPages: number
    readonly throttleShare: number
    readonly guestTrafficBitsPerSecond: number
    readonly downtimeMs: number
    readonly downtimeParts: DowntimeParts
  } {
    return {
      setupMs: this.#setupNs / 1e6,
      transferredBytes: this.#sentBytes,
      downtimeBytes: this.#downtimeBytes,
      pagesSent: this.#pagesSent,
      zeroPages: this.#zeroPages,
      throttleShare: this.#throttleShare,
      guestTrafficBitsPerSecond: this.#guestTrafficBitsPerSecond,
      ...downtimeParts(this.#instants),
    }
  }

  #makeDirtyLog(): DirtyLog {
    const { kernel, guest, scenario } = this.#parts
    const costs = this.#costs
    const stale = this.#stale
    const guestNow = (): SimGuest => this.#guestNow()
    const note = (event: string): void => this.#note(event)
    const pageCount = this.pageCount
    let examinedAtNs = -1
    return {
      *start() {
        guestNow().startTracking()
      },
      *stop() {
        guestNow().stopTracking()
      },
      peek(page) {
        if (examinedAtNs !== kernel.now) {
          examinedAtNs = kernel.now
          guestNow()
        }
        return guest.isDirty(page)
      },
      *readAndClear(into) {
        into.clear()
        const dirty = guestNow().clean(into)
        stale.addAll(into)
        note('log read')
        yield scenario.tracking.readCost + costs.scanPerPageNs * pageCount + costs.cleanPerPageNs * dirty
        return dirty
      },
    }
  }

  /** The guest, brought to the present. */
  #guestNow(): SimGuest {
    const { guest, kernel } = this.#parts
    guest.advance(kernel.now)
    return guest
  }

  #resumeGuest(): void {
    const { guest, link, scenario } = this.#parts
    this.#guestNow().resume()
    guest.stopTracking()
    guest.throttle(0)
    link.setGuestDemand(scenario.guest.traffic)
    this.#mark('resumedNs')
  }

  /** A control message: leaves when the link is up and takes the latency. */
  *#message(): Process<void> {
    yield* this.#parts.link.ready()
    yield this.#parts.scenario.link.latency
  }

  /** Sends bytes, stretched over at least `stretchNs`. */
  *#carry(bytes: number, stretchNs: number): Process<void> {
    yield* this.#parts.link.carry(bytes, stretchNs === 0 ? Infinity : (bytes * 8e9) / stretchNs)
    this.#sentBytes += bytes
    if (!this.#parts.guest.running) this.#downtimeBytes += bytes
  }

  #mark(instant: Instant): void {
    this.#reached = instantNames.indexOf(instant)
    this.#setInstants(this.#reached)
  }

  /** Sets the instants from this one on to now. */
  #setInstants(first: number): void {
    for (const name of instantNames.slice(first)) this.#instants[name] = this.now()
  }

  #measureGuestTraffic(): void {
    const ns = this.now() - this.#trafficMark.timeNs
    const bits = this.#parts.link.guestBits() - this.#trafficMark.bits
    this.#guestTrafficBitsPerSecond = ns === 0 ? 0 : (bits * 1e9) / ns
  }

  /** A page outside all working sets may hold only zeros; one inside is written sooner or later. */
  #isZero(page: number): boolean {
    const { guest, scenario } = this.#parts
    const share = scenario.guest.zeroPages
    return share > 0 && !guest.isWritable(page) && hashedUniform(this.#zeroSeed, page, 0) < share
  }

  #checkImage(): void {
    const dirty = this.#parts.guest.clean(this.#stale)
    const missing = this.#stale.count()
    if (missing === 0) return
    throw new GodwitError('simulation.incomplete', `the strategy committed with ${missing} pages missing at the destination, ${dirty} of them dirty; this is a fault of the strategy`)
  }

  #totals(): { timeNs: number; sentBytes: number; workNs: number; dirtiedPages: number; remainingBytes: number } {
    const guest = this.#guestNow()
    return { timeNs: this.now(), sentBytes: this.#sentBytes, workNs: guest.workNs, dirtiedPages: guest.dirtiedPages, remainingBytes: this.#remainingBytes }
  }

  #note(event: string): void {
    this.fingerprint.addText(event)
    this.fingerprint.add(this.now())
    this.fingerprint.add(this.#sentBytes)
  }
}
