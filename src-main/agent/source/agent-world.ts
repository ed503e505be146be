/**
 * The source agent's answer to a strategy: the same requests as in the simulator, with real memory, real sockets and the
 * real clock. What is yielded on the way are promises (`drive.ts`).
 *
 * Like the simulator, the world keeps its own account of which pages the destination does not hold (`PageAccount`), so that
 * a strategy that forgets a page is found out.
 */

import { Instants, type Instant } from '#shared/migration/instants.ts'
import type { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { TokenBucket } from '#shared/migration/policies/token-bucket.ts'
import { MigrationRecorder, type Totals } from '#shared/migration/recorder.ts'
import { ConnectionLost, type DirtyLog, type Purpose, type Reservation, type SentBatch, type SourceWorld, type Stage, type Step } from '#shared/migration/world.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { writtenScenario } from '#shared/scenario/written.ts'
import { hashedUniform, streamSeed } from '#shared/sim/kernel/streams.ts'
import { bitmapFrame, stateFrame } from '#shared/wire/frame-writer.ts'
import type { FaultReport } from '#shared/wire/messages.ts'
import { nowNs, sleep, sleepUntil } from '../clock.ts'
import type { HostedGuest } from '../guest/contract.ts'
import type { ShapedLink } from '../transport/shaped-link.ts'
import { agentDirtyLog } from './agent-dirty-log.ts'
import type { Connections } from './connections.ts'
import { both, until } from './drive.ts'
import { PageAccount } from './page-account.ts'
import type { PagesSender } from './pages-sender.ts'
import { Requests } from './requests.ts'
import type { Departed } from './departed.ts'

export interface AgentWorldParts {
  readonly scenario: Scenario
  readonly seed: number
  readonly guest: HostedGuest
  readonly connections: Connections
  readonly sender: PagesSender
  /** The imitated link; null: there is none. */
  readonly link: ShapedLink | null
  /** What the destination tells of the guest that has left. */
  readonly departed: Departed
  readonly onStage: (stage: Stage) => void
}

export class AgentWorld implements SourceWorld {
  readonly pageCount: number
  readonly pageBytes: number
  readonly dirtyLog: DirtyLog
  readonly disk = null
  readonly savedState = { isShared: false, save: refuseFiles, moveConfiguration: refuseFiles, restore: refuseFiles }
  readonly recorder: MigrationRecorder
  readonly requests = new Requests()
  readonly #parts: AgentWorldParts
  readonly #startNs = nowNs()
  readonly #serviceAtStartNs: number
  readonly #bucket: TokenBucket
  readonly #instants = new Instants()
  readonly #mapSeed: number
  /** Can the guest give memory back at all? Asked of every page. */
  readonly #givesBack: boolean
  readonly #pages: PageAccount
  readonly #bytes = { precopy: 0, downtime: 0, postcopy: 0 }
  #accountedBytes = 0
  #remainingBytes: number
  #iteration = 0
  #setupNs = 0
  #pagesSent = 0
  #zeroPages = 0
  #throttleShare = 0
  #bitmapSent = false
  /** `leaving`: the destination was told to start the guest, and may have. */
  #place: 'source' | 'leaving' | 'destination' = 'source'
  #hasAll = false
  #waitedNs = 0
  #traffic = { fromNs: 0, fromBits: 0, bitsPerSecond: 0 }
  #rollback = { workNs: 0, outageNs: 0 }
  #report: FaultReport | null = null
  #destinationCpuMs = 0

  constructor(parts: AgentWorldParts) {
    const { scenario, seed, guest } = parts
    this.#parts = parts
    this.#serviceAtStartNs = guest.serviceNs
    this.pageCount = guest.pageCount
    this.pageBytes = guest.pageBytes
    this.#remainingBytes = scenario.guest.memory
    this.#bucket = new TokenBucket(scenario.strategy.burst)
    this.#givesBack = scenario.balloon.kind !== 'none' || scenario.balloon.releasePageCache
    this.#mapSeed = streamSeed(seed, 'unmapped pages')
    this.#pages = new PageAccount(guest)
    this.dirtyLog = agentDirtyLog(guest, scenario, (dirty, costNs) => {
      this.#pages.noteWritten(dirty)
      parts.sender.addSourceWork(costNs)
    })
    this.recorder = new MigrationRecorder(() => this.#totals(), () => this.#report?.record ?? undefined)
    this.recorder.beginPhase('setup')
  }

  get soFar(): { readonly transferredBytes: number; readonly majorFaults: number; readonly minorFaults: number } {
    const { departed, connections } = this.#parts
    return { transferredBytes: connections.sentBytes, majorFaults: departed.majorFaults, minorFaults: departed.minorFaults }
  }

  now(): number {
    return nowNs() - this.#startNs
  }

  enter(stage: Stage, iteration?: number): void {
    const { link, onStage, guest } = this.#parts
    if (stage !== 'reservation' && stage !== 'commitment') this.recorder.beginPhase(asPhase(stage), iteration)
    if (link !== null && (iteration === 1 || (stage === 'stop-and-copy' && iteration === 0))) this.#measureTraffic(link)
    if (stage === 'precopy' && iteration === 0) {
      if (this.#parts.scenario.optimisations.stun) guest.watchProcesses()
      if (link !== null) this.#traffic = { fromNs: this.now(), fromBits: link.guestBits, bitsPerSecond: 0 }
    }
    this.#iteration = iteration ?? this.#iteration
    onStage(stage)
  }

  *reserve(): Step<Reservation> {
    const { connections, scenario, seed, link } = this.#parts
    const question = { kind: 'reserve', scenario: writtenScenario(scenario), seed, shaped: link !== null, channels: connections.channelCount } as const
    try {
      yield* until(connections.ask(question, 'reserved'))
    } catch (error) {
      if (error instanceof GodwitError && error.code === 'reservation-refused') return { granted: false, reason: error.message }
      throw error
    }
    yield* until(connections.openData())
    this.#setupNs = this.now()
    return { granted: true }
  }

  isMapped(page: number): boolean {
    const share = this.#parts.scenario.guest.unmapped
    return share === 0 || hashedUniform(this.#mapSeed, page, this.#iteration) >= share
  }

  isReleased(page: number): boolean {
    return this.#givesBack && this.#parts.guest.isReleased(page)
  }

  limitRate(bitsPerSecond: number | null): void {
    this.#bucket.setRate(bitsPerSecond, this.now())
  }

  throttle(share: number): void {
    this.#parts.guest.throttle(share)
    this.#throttleShare = Math.max(this.#throttleShare, share)
  }

  limitDirtying(): void {
    this.#parts.guest.limitDirtying(true)
  }

  noteRemaining(bytes: number): void {
    this.#remainingBytes = bytes
  }

  *sendPages(pages: Int32Array, count: number, purpose: Purpose = 'copy'): Step<SentBatch> {
    const { sender, guest } = this.#parts
    this.#pages.noteSent(pages, count, purpose === 'copy')
    const isLimited = purpose === 'copy' || purpose === 'push'
    const context = { purpose, iteration: this.#iteration, isLast: !guest.isRunning }
    const limit = (bytes: number): number => (isLimited ? this.#bucket.take(bytes, this.now()) : 0)
    const { bytes, zeroPages } = yield* until(sender.send(pages, count, context, limit))
    this.#account()
    this.#pagesSent += count
    this.#zeroPages += zeroPages
    this.recorder.sample(this.now())
    return { bytes, zeroPages }
  }

  *sendDirtyBitmap(): Step<void> {
    const frame = bitmapFrame(this.#pages.stale)
    const stretchNs = this.#bucket.take(frame.byteLength, this.now())
    yield this.#parts.connections.sendFrame([frame], paced(frame.byteLength, stretchNs))
    this.#bitmapSent = true
    this.#account()
  }

  *suspend(): Step<void> {
    const { guest, scenario, link } = this.#parts
    this.#account()
    this.#mark('pauseNs')
    const dueNs = nowNs() + scenario.guest.suspendTime
    yield guest.stop()
    guest.limitDirtying(false)
    link?.setGuestDemand(0)
    yield sleepUntil(dueNs)
    this.#mark('suspendedNs')
  }

  *copyToShadowBuffer(pages: number): Step<void> {
    yield sleep((pages * this.pageBytes * 8e9) / this.#parts.scenario.strategy.shadowCopyRate)
  }

  *sendDeviceState(): Step<void> {
    const { guest, scenario, connections } = this.#parts
    this.#mark('copiedNs')
    const frame = stateFrame(guest.state(), scenario.guest.deviceState)
    yield connections.sendFrame([frame], paced(frame.byteLength, this.#bucket.take(frame.byteLength, this.now())))
    this.#account()
    this.#mark('stateSentNs')
  }

  *commit(): Step<void> {
    const { connections } = this.#parts
    const finished = connections.ask({ kind: 'finish', batches: connections.batches }, 'finished')
    // While the destination looks, so do we.
    if (this.#place === 'source') this.#checkAllSent()
    const { missing } = yield* until(finished)
    if (missing > 0) throw new GodwitError('agent.incomplete', `the strategy committed with ${missing} pages missing at the destination; this is a fault of the strategy`)
    const hadLeft = this.#place !== 'source'
    this.#place = 'destination'
    this.#hasAll = hadLeft
    const reported = connections.expect('report')
    yield connections.send({ kind: 'commit' })
    if (!hadLeft) return
    this.#account()
    const { faults, cpuMs } = yield* until(reported)
    this.#report = onOurClock(faults, this.#instants.at('resumedNs'))
    this.#destinationCpuMs = cpuMs
  }

  *activate(): Step<void> {
    const { connections, departed, scenario } = this.#parts
    const isCommitted = this.#place === 'destination'
    if (!isCommitted) {
      // Pages that were sent and written again are old there, and only the source knows which.
      if (!this.#bitmapSent && this.#pages.isAnyOld()) yield* this.sendDirtyBitmap()
      this.#place = 'leaving'
      yield connections.send({ kind: 'activate', batches: connections.batches })
    }
    const { readyNs, resumedNs } = yield* this.#activated(isCommitted)
    this.#account()
    this.#markAt('committedNs', readyNs - connections.offsetNs - this.#startNs)
    this.#markAt('resumedNs', resumedNs - connections.offsetNs - this.#startNs)
    departed.begin(resumedNs - connections.offsetNs)
    if (isCommitted) this.#hasAll = true
    yield sleep(scenario.link.latency)
  }

  placeOfGuest(): 'source' | 'both' | 'destination' {
    // Between commitment and the word that the guest runs there, it can go on at neither without the other.
    if (this.#place === 'source') return 'source'
    return this.#hasAll ? 'destination' : 'both'
  }

  takeRequests(): readonly number[] {
    return this.requests.take()
  }

  awaitRequest(limitNs: number | null): Step<void> {
    return this.requests.await(limitNs)
  }

  awaitNextRequest(limitNs: number | null): Step<void> {
    return this.requests.awaitNext(limitNs)
  }

  wake(): void {
    this.requests.wake()
  }

  both(first: Step<void>, second: Step<void>): Step<void> {
    return both(first, second)
  }

  *reconnect(missing: Bitmap): Step<void> {
    const lostNs = this.now()
    let isOver = false
    try {
      yield* until(this.#resumeSession(missing, () => isOver))
    } finally {
      isOver = true
      this.#waitedNs += this.now() - lostNs
    }
  }

  *resumeAtSource(): Step<void> {
    const { guest, connections, scenario, link } = this.#parts
    guest.wakeAll()
    guest.throttle(0)
    guest.limitDirtying(false)
    if (!guest.isRunning) {
      this.#instants.breakOff(this.now())
      yield sleep(scenario.guest.resumeTime)
      guest.start()
      link?.setGuestDemand(scenario.guest.traffic)
      this.#mark('resumedNs')
    }
    guest.setMigrationShare(0)
    guest.stopTracking()
    this.#place = 'source'
    connections.destroy()
  }

  keepCheckpoints(): void {
    // The destination knows from the scenario; what it sends back is kept by `departed`.
  }

  *rollBack(): Step<boolean> {
    const { departed, scenario, guest } = this.#parts
    const saved = departed.checkpoint
    if (!scenario.strategy.checkpoint || saved === null || this.#hasAll) return false
    const crashedNs = this.now()
    yield* this.awaitSilence()
    yield sleep(scenario.guest.resumeTime)
    this.#rollback.workNs = Math.max(0, departed.serviceNs(nowNs()) - saved.serviceNs)
    guest.restore(saved)
    guest.start()
    guest.stopTracking()
    this.#place = 'source'
    this.#rollback.outageNs = this.now() - crashedNs
    return true
  }

  /** A host whose door is shut needs no waiting for. */
  *awaitSilence(): Step<void> {
    yield Promise.resolve()
  }

  /** What the record says beside rows and timeline. */
  summary() {
    const { connections, departed, sender, guest, scenario } = this.#parts
    this.#account()
    const report = this.#report
    return {
      setupMs: this.#setupNs / 1e6,
      transferredBytes: connections.sentBytes,
      precopyBytes: this.#bytes.precopy,
      downtimeBytes: this.#bytes.downtime,
      postcopyBytes: this.#bytes.postcopy,
      pagesSent: this.#pagesSent,
      zeroPages: this.#zeroPages,
      pausedMs: this.#waitedNs / 1e6,
      rolledBackMs: this.#rollback.workNs / 1e6,
      rollbackOutageMs: this.#rollback.outageNs / 1e6,
      ...departed.checkpoints,
      ...sender.summary(connections.sentBytes),
      destinationCpuMs: this.#destinationCpuMs,
      ...(report === null ? { majorFaults: departed.majorFaults, minorFaults: departed.minorFaults } : withoutRecord(report)),
      postcopyRequests: this.requests.count,
      releasedPages: this.#pages.countReleased(),
      balloonLostMs: guest.balloonLostMs,
      cacheLostMs: guest.cacheLostMs,
      stunnedProcesses: guest.stunnedProcesses,
      cpuThrottlePercent: this.#throttleShare * 100,
      guestTrafficBitsPerSecond: scenario.guest.traffic === 0 ? 0 : this.#traffic.bitsPerSecond,
      ...this.#instants.downtime(),
      ...this.#instants.lost(this.#lostNs()),
    }
  }

  /** Work that the guest has done so far, wherever it runs, nanoseconds since the migration began. */
  #serviceNs(): number {
    const { guest, departed } = this.#parts
    return this.#place === 'source' || !departed.hasBegun ? guest.serviceNs : departed.serviceNs(nowNs())
  }

  #lostNs(): number {
    return Math.max(0, this.now() - (this.#serviceNs() - this.#serviceAtStartNs) + this.#rollback.workNs)
  }

  /** Finds out a strategy that forgot something, while the guest stands still. */
  #checkAllSent(): void {
    const missing = this.#pages.countForgotten()
    if (missing > 0) throw new GodwitError('agent.incomplete', `the strategy committed with ${missing} pages missing at the destination; this is a fault of the strategy`)
  }

  /** Waits until the guest runs there. Committed, it can go on nowhere else, so a lost connection is made anew for it. */
  *#activated(isCommitted: boolean): Step<{ readonly readyNs: number; readonly resumedNs: number }> {
    const { connections } = this.#parts
    for (let expected = connections.expect('activated'); ; ) {
      try {
        return yield* until(expected)
      } catch (cause) {
        if (!isCommitted || !(cause instanceof ConnectionLost)) throw cause
        let isOver = false
        setTimeout(() => (isOver = true), (3 * this.#parts.scenario.link.timeout) / 1e6).unref()
        const isBack = yield* until(connections.reopen(() => isOver))
        if (!isBack) throw cause
        expected = connections.expect('activated')
        yield connections.send({ kind: 'commit' })
      }
    }
  }

  async #resumeSession(missing: Bitmap, isOver: () => boolean): Promise<void> {
    const { connections, departed } = this.#parts
    this.requests.clear()
    departed.forgetStaged()
    if (!(await connections.reopen(isOver))) return
    const bitmap = departed.expectBitmap()
    await connections.send({ kind: 'resume' })
    const words = await bitmap
    missing.clear()
    missing.words.set(words)
  }

  /** Puts the bytes sent since the last time to the account of where the guest is. */
  #account(): void {
    const { connections, guest } = this.#parts
    const sentBytes = connections.sentBytes
    const since = sentBytes - this.#accountedBytes
    this.#accountedBytes = sentBytes
    if (this.#parts.departed.hasBegun) this.#bytes.postcopy += since
    else if (this.#place === 'source' && guest.isRunning) this.#bytes.precopy += since
    else this.#bytes.downtime += since
  }

  #measureTraffic(link: ShapedLink): void {
    const { fromNs, fromBits } = this.#traffic
    const ns = this.now() - fromNs
    this.#traffic.bitsPerSecond = ns === 0 ? 0 : ((link.guestBits - fromBits) * 1e9) / ns
  }

  #mark(instant: Instant): void {
    this.#instants.mark(instant, this.now(), this.#lostNs())
  }

  /** What happened at the destination while the guest stood still: all of that time was lost. */
  #markAt(instant: Instant, atNs: number): void {
    const behindNs = this.now() - atNs
    this.#instants.mark(instant, atNs, Math.max(0, this.#lostNs() - behindNs))
  }

  #totals(): Totals {
    const { connections, guest } = this.#parts
    const balloonPages = guest.balloonPages
    return {
      timeNs: this.now(),
      sentBytes: connections.sentBytes,
      workNs: this.#serviceNs() - this.#serviceAtStartNs,
      dirtiedPages: guest.writeFaults,
      remainingBytes: this.#remainingBytes,
      ...(balloonPages === null ? {} : { balloonBytes: balloonPages * this.pageBytes }),
    }
  }
}

function asPhase(stage: Stage): Parameters<MigrationRecorder['beginPhase']>[0] {
  if (stage === 'reservation' || stage === 'commitment') throw new Error(`${stage} has no span of its own`)
  return stage
}

// The suite refuses a strategy with files before an agent sees it.
function* refuseFiles(): Step<void> {
  throw new GodwitError('agent.unsupported', 'agents migrate memory only; choose another strategy than cold')
}

/** The rate that stretches these bytes over a time. */
function paced(bytes: number, stretchNs: number): { readonly rate?: number } {
  return stretchNs === 0 ? {} : { rate: (bytes * 8e9) / stretchNs }
}

function onOurClock(faults: FaultReport, resumedNs: number): FaultReport {
  const { record } = faults
  return record === null ? faults : { ...faults, record: { ...record, timeMs: record.timeMs.map((ms) => ms + resumedNs / 1e6) } }
}

function withoutRecord({ record: _record, ...counts }: FaultReport): Omit<FaultReport, 'record'> {
  return counts
}
