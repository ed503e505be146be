/** One migration from the source agent's side: its guest, the strategy that is driven, and the record when it has ended. */

import { ScanOrder } from '#shared/migration/memory/scan.ts'
import { historyFor } from '#shared/migration/policies/page-order.ts'
import { strategies } from '#shared/migration/strategies/index.ts'
import { type MigrationContext, type MigrationEnd, untilEnd } from '#shared/migration/strategies/stages.ts'
import { emptyStats } from '#shared/model/empty-stats.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { MigrationStats, RunProgress } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { FrameSink } from '#shared/wire/frame-reader.ts'
import type { HostedGuest } from '../guest/contract.ts'
import { hostGuest } from '../guest/host-guest.ts'
import { imitatedLink, limitsOf } from '../links.ts'
import { PageCoder } from '../pages/page-coder.ts'
import type { AgentAddress } from '../sessions.ts'
import { AgentWorld } from './agent-world.ts'
import { Connections, type Failure } from './connections.ts'
import { Departed } from './departed.ts'
import { Drive } from './drive.ts'
import { PagesSender } from './pages-sender.ts'
import { PlannedFaults } from './planned-faults.ts'

export interface SourceRunOptions {
  readonly session: string
  readonly scenario: Scenario
  readonly seed: number
  readonly destination: AgentAddress
  /** Imitate the scenario's link; otherwise the network is used as it is. */
  readonly isShaped: boolean
  readonly tracesFolder: string | undefined
  /** A failure of the scenario: this host is to be killed now. */
  readonly onCrash: (host: 'source' | 'destination') => void
}

/** Somebody asked for the end; the guest goes on at the source. */
class Cancelled extends Error {}

export class SourceRun {
  readonly guest: HostedGuest
  readonly #options: SourceRunOptions
  #world: AgentWorld | null = null
  #drive: Drive<MigrationEnd> | null = null
  #connections: Connections | null = null
  #offset = { offsetNs: 0, roundTripNs: 0 }

  private constructor(options: SourceRunOptions, guest: HostedGuest) {
    this.#options = options
    this.guest = guest
  }

  /** Makes the guest and starts it; nothing of the migration has begun. */
  static async prepare(options: SourceRunOptions): Promise<SourceRun> {
    const { scenario, seed, tracesFolder } = options
    const guest = await hostGuest({ scenario, seed, memory: 'whole', tracesFolder })
    guest.start()
    return new SourceRun(options, guest)
  }

  /** Clock of the destination minus ours, and the round trip by which it was found. */
  get clocks(): { readonly offsetNs: number; readonly roundTripNs: number } {
    return this.#offset
  }

  get progress(): RunProgress | null {
    const world = this.#world
    if (world === null) return null
    const { guest } = this.#options.scenario
    const elapsedNs = world.now()
    return { totalBytes: guest.memory, pageBytes: guest.pageSize, elapsedMs: elapsedNs / 1e6, ...world.soFar, ...world.recorder.snapshot(elapsedNs) }
  }

  /** Ends the migration where it stands, if the guest is still at the source. */
  cancel(): void {
    if (this.#world?.placeOfGuest() === 'source') this.#drive?.interrupt(new Cancelled('the migration was cancelled'))
  }

  /** Lets everything go, wherever it stands: nobody waits for the record any more. */
  abandon(): void {
    this.#drive?.stop()
    this.#connections?.destroy()
  }

  /** Migrates. Resolves with the record whatever became of it; rejects only if this program is at fault. */
  async migrate(): Promise<MigrationStats> {
    const { scenario, seed, session, destination, isShaped } = this.#options
    const { guest } = this
    const link = isShaped ? imitatedLink(scenario, seed, 'to the destination') : null
    link?.setGuestDemand(scenario.guest.traffic)
    const departed = new Departed(guest, () => connections.offsetNs)
    let connections: Connections
    try {
      connections = await Connections.open({
        session,
        scenario,
        destination,
        link,
        limits: limitsOf(scenario),
        sink: sinkOf(departed, (page) => this.#world?.requests.add(page)),
        onLost: (failure) => this.#fail(failure),
      })
    } catch (error) {
      return this.#neverBegan(error)
    }
    this.#connections = connections
    this.#offset = connections
    const coder = new PageCoder(scenario, guest.memory)
    const sender = new PagesSender(connections, coder, scenario)
    const world: AgentWorld = new AgentWorld({ scenario, seed, guest, connections, sender, link, departed, onStage: (stage) => faults.enter(stage) })
    const faults = new PlannedFaults(scenario, { setDark: (isDark, forEver) => connections.setDark(isDark, forEver), crash: this.#options.onCrash })
    this.#world = world
    try {
      const end = await this.#run(world, scenario)
      const stats = statsOf({ scenario, world, end, faultsHit: faults.hit })
      await connections.close()
      return stats
    } finally {
      faults.end()
      connections.destroy()
      await coder.close()
    }
  }

  async #run(world: AgentWorld, scenario: Scenario): Promise<MigrationEnd | { readonly outcome: 'cancelled' }> {
    const { strategy } = scenario
    const context: MigrationContext = {
      world,
      recorder: world.recorder,
      order: new ScanOrder(strategy.scan === 'permuted' ? 'permuted' : 'linear', world.pageCount),
      history: historyFor(strategy, world.pageCount),
      batchPages: strategy.batch,
    }
    this.#drive = new Drive(untilEnd(context, strategies[strategy.kind](context, scenario)))
    try {
      return await this.#drive.result
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error
      await new Drive(world.resumeAtSource()).result
      return { outcome: 'cancelled' }
    }
  }

  /** Throws a failure into the strategy where it waits. */
  #fail(failure: Failure): void {
    this.#drive?.interrupt(failure)
  }

  /** The destination could not be reached, or would not talk: the guest never noticed. */
  #neverBegan(error: unknown): MigrationStats {
    if (!(error instanceof GodwitError)) throw error
    const { guest } = this.#options.scenario
    return {
      ...emptyStats,
      outcome: 'failed',
      reason: { code: error.code, message: `${error.message}; the guest goes on at the source` },
      totalBytes: guest.memory,
      pageBytes: guest.pageSize,
      fingerprint: 'measured',
    }
  }
}

function sinkOf(departed: Departed, request: (page: number) => void): FrameSink {
  return {
    message: (message) => {
      if (message.kind === 'life') departed.noteLife(message)
      else if (message.kind === 'checkpoint') departed.completeCheckpoint(message)
    },
    target: (page, purpose) => departed.target(page, purpose),
    coded: () => {
      throw new GodwitError('wire.unexpected', 'the destination sent coded pages; what comes back is plain')
    },
    pages: () => undefined,
    bitmap: (words) => departed.noteBitmap(words),
    request,
    state: (json, bytes) => departed.noteState(json, bytes),
  }
}

interface Ended {
  readonly scenario: Scenario
  readonly world: AgentWorld
  readonly end: MigrationEnd | { readonly outcome: 'cancelled' }
  readonly faultsHit: number
}

function statsOf({ scenario, world, end, faultsHit }: Ended): MigrationStats {
  const totalMs = world.now() / 1e6
  const timeline = world.recorder.finish()
  const { iterations } = world.recorder
  const summary = world.summary()
  return {
    ...emptyStats,
    ...reasonOf(end),
    totalBytes: scenario.guest.memory,
    pageBytes: scenario.guest.pageSize,
    totalMs,
    ...summary,
    faultsHit,
    normalPages: summary.pagesSent - summary.zeroPages,
    skippedPages: iterations.reduce((sum, row) => sum + row.skippedPages, 0),
    iterationCount: iterations.filter((row) => row.phase === 'precopy').length,
    throughputBitsPerSecond: totalMs === 0 ? 0 : (summary.transferredBytes * 8e3) / totalMs,
    iterations,
    timeline,
    fingerprint: 'measured',
  }
}

function reasonOf(end: Ended['end']): Pick<MigrationStats, 'outcome' | 'reason' | 'stopRule'> {
  if (end.outcome === 'cancelled') return { outcome: 'cancelled', reason: { code: 'run.cancelled', message: 'the migration was cancelled; the guest goes on at the source' }, stopRule: null }
  if (end.outcome === 'completed') return { outcome: 'completed', reason: null, stopRule: end.stopRule }
  return { outcome: end.outcome, reason: { code: end.code, message: end.message }, stopRule: end.stopRule }
}

