/** The lab's conversation with an agent: orders with their answers, and events that the agent tells by itself. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import * as z from 'zod'
import { nowNs } from './clock.ts'
import type { HostAgent, Session } from './host-agent.ts'
import { readScenario } from './read-scenario.ts'
import { onlyMessages } from './sessions.ts'
import { SourceRun } from './source/source-run.ts'
import type { AgentConnection } from './transport/contract.ts'

const named = z.strictObject({ session: z.string().min(1).max(200) })

const expectBody = z.strictObject({ ...named.shape, scenario: z.unknown(), seed: z.int().min(0) })

const prepareBody = z.strictObject({
  ...expectBody.shape,
  destination: z.strictObject({ host: z.string(), port: z.int().min(1).max(65535) }),
  isShaped: z.boolean(),
})

/** What the lab learns of a guest on a host. */
export interface GuestStatus {
  readonly guest: 'none' | 'running' | 'stopped'
  readonly atNs: number
  readonly beats: number
  readonly serviceNs: number
  readonly operations: number
}

type Handler = (body: unknown) => unknown

export class ControlSession {
  readonly #agent: HostAgent
  readonly #connection: AgentConnection
  /** Runs that this conversation began; they end with it. */
  readonly #began = new Set<string>()
  readonly #handlers: Readonly<Record<string, Handler>> = {
    status: () => this.#agent.status(),
    expect: (body) => this.#expect(body),
    prepare: (body) => this.#prepare(body),
    migrate: (body) => this.#migrate(body),
    cancel: (body) => this.#of(body)?.run?.cancel(),
    progress: (body) => this.#of(body)?.run?.progress ?? null,
    guest: (body) => guestStatus(this.#of(body)),
    verify: (body) => this.#verify(body),
    forget: (body) => this.#agent.forget(named.parse(body).session),
    crash: () => this.#crash(),
  }

  constructor(agent: HostAgent, connection: AgentConnection) {
    this.#agent = agent
    this.#connection = connection
    connection.receive(
      onlyMessages((message) => {
        if (message.kind === 'order') void this.#carryOut(message.id, message.order, message.body)
        else if (message.kind !== 'abort') throw new GodwitError('wire.unexpected', `"${message.kind}" is no order`)
      }),
    )
    void connection.closed.then(async () => {
      for (const session of this.#began) await this.#agent.forget(session)
    })
  }

  async #carryOut(id: number, order: string, body: unknown): Promise<void> {
    try {
      const handler = Object.hasOwn(this.#handlers, order) ? this.#handlers[order] : undefined
      if (handler === undefined) throw new GodwitError('agent.order', `this agent knows no order "${order}"; it may be older than the lab`)
      const answer: unknown = await handler(body)
      await this.#connection.message({ kind: 'answer', id, ok: true, body: answer ?? null })
    } catch (error) {
      const { code, message } = error instanceof GodwitError ? error : { code: 'agent.fault', message: error instanceof Error ? error.message : String(error) }
      // Nobody is left to be told if this fails.
      await this.#connection.message({ kind: 'answer', id, ok: false, body: { code, message } }).catch(() => undefined)
    }
  }

  #of(body: unknown): Session | undefined {
    return this.#agent.find(named.parse(body).session)
  }

  /** Makes room for a guest that is to come. */
  async #expect(body: unknown): Promise<null> {
    const { session, scenario, seed } = expectBody.parse(body)
    this.#began.add(session)
    await this.#agent.expect(session, readScenario(scenario), seed)
    return null
  }

  /** Makes the guest of a run and starts it. */
  async #prepare(body: unknown): Promise<null> {
    const { session, seed, destination, isShaped, ...rest } = prepareBody.parse(body)
    const scenario = readScenario(rest.scenario)
    const { credentials, tracesFolder } = this.#agent.options
    const onCrash = (host: 'source' | 'destination'): void => this.#tell('crash', { session, host })
    const options = { session, scenario, seed, destination: { ...destination, credentials }, isShaped, tracesFolder, onCrash }
    const run = await this.#agent.withRoom(scenario.guest.memory, () => SourceRun.prepare(options))
    this.#agent.add({ session, role: 'source', guest: run.guest, run, reception: null })
    this.#began.add(session)
    return null
  }

  async #migrate(body: unknown): Promise<{ readonly stats: MigrationStats; readonly clocks: SourceRun['clocks'] }> {
    const run = this.#of(body)?.run
    if (run === undefined || run === null) throw new GodwitError('agent.session', 'no such run was prepared here')
    const stats = await run.migrate()
    const { offsetNs, roundTripNs } = run.clocks
    return { stats, clocks: { offsetNs, roundTripNs } }
  }

  /** Stops the guest and compares its memory with a replay of all it did. */
  async #verify(body: unknown): Promise<unknown> {
    const guest = this.#of(body)?.guest
    if (guest === undefined || guest === null) throw new GodwitError('agent.session', 'there is no guest of this run here')
    await guest.stop()
    return guest.verify()
  }

  #crash(): never {
    if (this.#agent.options.allowFaults !== true) throw new GodwitError('agent.faults', 'this agent may not be killed by the lab; start it with --allow-faults')
    process.kill(process.pid, 'SIGKILL')
    throw new GodwitError('agent.faults', 'this agent could not kill itself')
  }

  #tell(event: string, body: unknown): void {
    void this.#connection.message({ kind: 'event', event, body }).catch(() => undefined)
  }
}

function guestStatus(session: Session | undefined): GuestStatus {
  const guest = session?.guest ?? null
  if (guest === null) return { guest: 'none', atNs: nowNs(), beats: 0, serviceNs: 0, operations: 0 }
  return { guest: guest.isRunning ? 'running' : 'stopped', atNs: nowNs(), beats: guest.beats, serviceNs: guest.serviceNs, operations: guest.operations }
}
