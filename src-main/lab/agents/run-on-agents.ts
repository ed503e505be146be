/**
 * One run on two agents: prepare the guest, migrate it, look at it from outside all the while, and see in the end that it
 * is where the record says, once, with the memory that it must have. What contradicts that makes the run invalid.
 */

import { randomUUID } from 'node:crypto'
import { emptyStats } from '#shared/model/empty-stats.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Measured, MigrationStats, RunProgress } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { writtenScenario } from '#shared/scenario/written.ts'
import { type AgentClient, connectAgent } from '../../agent/client.ts'
import type { GuestStatus } from '../../agent/control-session.ts'
import type { Verification } from '../../agent/guest/contract.ts'
import type { AgentAddress } from '../../agent/sessions.ts'
import { Probe } from './probe.ts'

export interface HostInUse {
  readonly address: AgentAddress
  /** Kills the agent as a power cut would. */
  readonly kill: () => Promise<void>
}

export interface AgentsRun {
  readonly scenario: Scenario
  readonly seed: number
  readonly source: HostInUse
  readonly destination: HostInUse
  readonly isShaped: boolean
  /** Asked often; true: show how it goes. */
  readonly wantsProgress?: () => boolean
  readonly onProgress?: (progress: RunProgress) => void
}

/** For so long the guest runs before and after, to see what it does undisturbed (lab). */
const undisturbedMs = 300
const progressEveryMs = 100

export async function runOnAgents(run: AgentsRun): Promise<MigrationStats> {
  const session = randomUUID()
  let lastProgress: RunProgress | null = null
  const kills = new Map<'source' | 'destination', Promise<void>>()
  const source = await connectAgent({
    ...run.source.address,
    onEvent: (event, body) => {
      if (event !== 'crash') return
      const { host } = body as { readonly host: 'source' | 'destination' }
      kills.set(host, run[host].kill())
    },
  })
  const opened: AgentClient[] = [source]
  let probe: Probe | null = null
  try {
    const destination = await connectAgent(run.destination.address)
    opened.push(destination)
    const { host, port } = run.destination.address
    const guest = { session, scenario: writtenScenario(run.scenario), seed: run.seed }
    await destination.order('expect', guest)
    await source.order('prepare', { ...guest, destination: { host, port }, isShaped: run.isShaped })
    probe = await Probe.begin(session, [run.source.address, run.destination.address])
    const before = await paceOf(source, session)
    probe.reset()

    const mayDie = run.scenario.faults.some(({ kind }) => kind === 'source-crash')
    const watching = setInterval(() => {
      if (!mayDie && run.wantsProgress?.() !== true) return
      void source.order('progress', { session }).then(
        (progress) => {
          lastProgress = (progress as RunProgress | null) ?? lastProgress
          if (lastProgress !== null && run.wantsProgress?.() === true) run.onProgress?.(lastProgress)
        },
        () => undefined,
      )
    }, progressEveryMs)
    const migrated = await migrate(source, session).finally(() => clearInterval(watching))
    await Promise.all(kills.values())

    const told = migrated?.stats ?? (await afterSourceCrash(run.scenario, lastProgress, destination, session))
    const stats = kills.has('destination') ? lostIfThere(told) : await foundIfThere(told, destination, session)
    const holder = stats.outcome === 'completed' ? destination : stats.outcome === 'lost' ? null : source
    const after = holder === null ? null : await paceOf(holder, session)
    const serviceGapMs = probe.serviceGapMs
    const [atSource, atDestination] = await Promise.all([statusAt(source, session), statusAt(destination, session)])
    const misplaced = placeProblem(stats.outcome, atSource, atDestination)
    const verification = holder === null ? null : ((await holder.order('verify', { session })) as Verification)
    const measured: Measured = {
      clockOffsetMs: (migrated?.clocks.offsetNs ?? 0) / 1e6,
      roundTripMs: (migrated?.clocks.roundTripNs ?? 0) / 1e6,
      serviceGapMs: serviceGapMs ?? 0,
      operationsPerSecond: { before: before.operationsPerSecond, during: duringOf(stats, before, after), after: after?.operationsPerSecond ?? 0 },
      serviceLevelBefore: before.serviceLevel,
      serviceLevelAfter: after?.serviceLevel ?? 0,
      comparedPages: verification?.comparedPages ?? 0,
      differingPages: verification?.differingPages ?? 0,
      transport: run.source.address.credentials.kind,
    }
    return judged({ ...stats, measured }, misplaced, verification)
  } finally {
    await probe?.end()
    await Promise.allSettled(opened.map((client) => client.order('forget', { session })))
    await Promise.allSettled(opened.map((client) => client.close()))
  }
}

interface Migrated {
  readonly stats: MigrationStats
  readonly clocks: { readonly offsetNs: number; readonly roundTripNs: number }
}

/** Null: the source is gone. */
async function migrate(source: AgentClient, session: string): Promise<Migrated | null> {
  const answer = source.order('migrate', { session }) as Promise<Migrated>
  const gone = Symbol('gone')
  const first = await Promise.race([answer.catch((error: unknown) => (isGone(error) ? gone : Promise.reject(error as Error))), source.closed.then(() => gone)])
  return first === gone ? null : (first as Migrated)
}

function isGone(error: unknown): boolean {
  return !(error instanceof GodwitError) || error.code === 'agent.gone'
}

/** The source was killed: what is known is what it told until then, and what the destination has. */
async function afterSourceCrash(scenario: Scenario, progress: RunProgress | null, destination: AgentClient, session: string): Promise<MigrationStats> {
  const state = await receptionAt(destination, session)
  const isThere = state === 'done'
  const why = state === 'running' ? 'parts of the guest were still there' : 'the guest was there'
  const { iterations, timeline, transferredBytes, majorFaults, minorFaults, elapsedMs } = progress ?? { ...emptyStats, elapsedMs: 0 }
  return {
    ...emptyStats,
    outcome: isThere ? 'completed' : 'lost',
    reason: isThere ? null : { code: 'source-crash', message: `the source crashed while ${why}; the guest is lost` },
    totalBytes: scenario.guest.memory,
    pageBytes: scenario.guest.pageSize,
    totalMs: elapsedMs,
    transferredBytes,
    precopyBytes: transferredBytes,
    bytesByKind: { ...emptyStats.bytesByKind, other: transferredBytes },
    majorFaults,
    minorFaults,
    iterations,
    iterationCount: iterations.length,
    timeline,
    faultsHit: 1,
    fingerprint: 'measured',
  }
}

/** How far the destination got. */
async function receptionAt(destination: AgentClient, session: string): Promise<string | undefined> {
  const { sessions } = (await destination.order('status', {})) as { readonly sessions: ReadonlyArray<{ readonly session: string; readonly state: string }> }
  return sessions.find((one) => one.session === session)?.state
}

/** The destination was killed when the source had just seen the migration end. */
function lostIfThere(stats: MigrationStats): MigrationStats {
  if (stats.outcome !== 'completed') return stats
  return { ...stats, outcome: 'lost', reason: { code: 'destination-crash', message: 'the destination crashed while the guest was there; the guest is lost' } }
}

/** A source that never heard whether its commitment came must give the guest up; the lab can ask the destination. */
async function foundIfThere(stats: MigrationStats, destination: AgentClient, session: string): Promise<MigrationStats> {
  if (stats.outcome !== 'lost' || (await receptionAt(destination, session)) !== 'done') return stats
  return { ...stats, outcome: 'completed', reason: null }
}

interface Pace {
  readonly operationsPerSecond: number
  /** Work done against undisturbed. */
  readonly serviceLevel: number
  readonly operations: number
}

/** What the guest does in a while on a host. */
async function paceOf(client: AgentClient, session: string): Promise<Pace> {
  const first = (await client.order('guest', { session })) as GuestStatus
  await new Promise((resolve) => setTimeout(resolve, undisturbedMs))
  const second = (await client.order('guest', { session })) as GuestStatus
  const ns = second.atNs - first.atNs
  return { operationsPerSecond: ((second.operations - first.operations) * 1e9) / ns, serviceLevel: (second.serviceNs - first.serviceNs) / ns, operations: second.operations }
}

/** Between the two looks, less what the second look itself took. */
function duringOf({ totalMs }: MigrationStats, before: Pace, after: Pace | null): number {
  if (after === null || totalMs === 0) return 0
  const done = after.operations - before.operations - (after.operationsPerSecond * undisturbedMs) / 1e3
  return Math.max(0, done) / (totalMs / 1e3)
}

async function statusAt(client: AgentClient, session: string): Promise<GuestStatus['guest']> {
  try {
    return ((await client.order('guest', { session })) as GuestStatus).guest
  } catch {
    return 'none'
  }
}

/** The guest runs in one place, and that is where the outcome says. */
function placeProblem(outcome: MigrationStats['outcome'], source: GuestStatus['guest'], destination: GuestStatus['guest']): string | null {
  const isAt = { source: source === 'running', destination: destination === 'running' }
  if (isAt.source && isAt.destination) return 'the guest runs on both hosts'
  if (outcome === 'completed' && !isAt.destination) return 'the migration is complete and the guest does not run on the destination'
  if ((outcome === 'failed' || outcome === 'cancelled') && !isAt.source) return 'the migration failed and the guest does not run at the source'
  if (outcome === 'lost' && isAt.source) return 'the guest is said to be lost and runs at the source'
  return null
}

function judged(stats: MigrationStats, misplaced: string | null, verification: Verification | null): MigrationStats {
  if (misplaced !== null) return { ...stats, outcome: 'invalid', reason: { code: 'guest-misplaced', message: `${misplaced}; please report this` } }
  if (verification === null || verification.differingPages === 0) return stats
  const { differingPages, comparedPages, examples } = verification
  const message = `${differingPages} of ${comparedPages} pages differ from what the guest must hold (${examples.map((page) => `page ${page}`).join(', ')}); the result says nothing; please report this`
  return { ...stats, outcome: 'invalid', reason: { code: 'memory-differs', message } }
}
