/**
 * A host agent: it holds guests, sends them away and takes them in. Peers and the lab come over the same door; what they
 * may do depends on the role that they ask for in their hello.
 */

import { freemem, totalmem, type, release, arch } from 'node:os'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { formatQuantity } from '#shared/units/quantity.ts'
import type { FrameLimits } from '#shared/wire/frames.ts'
import { type Message, wireVersion } from '#shared/wire/messages.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { ControlSession } from './control-session.ts'
import { Reception } from './destination/reception.ts'
import type { HostedGuest } from './guest/contract.ts'
import { hostGuest } from './guest/host-guest.ts'
import { giveMemoryBack } from './give-memory-back.ts'
import { firstLimits, imitatedLink, limitsOf } from './links.ts'
import { readScenario } from './read-scenario.ts'
import { capabilities, onlyMessages, versionProblem } from './sessions.ts'
import type { SourceRun } from './source/source-run.ts'
import type { AgentConnection, Credentials } from './transport/contract.ts'
import { listenForPeers } from './transport/listen.ts'

export interface AgentOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly credentials: Credentials
  /** Memory that guests may take; default: what is free. */
  readonly memoryLimitBytes?: number | undefined
  /** Let the lab kill this process, for scenarios with a crash. */
  readonly allowFaults?: boolean | undefined
  readonly tracesFolder?: string | undefined
}

/** What becomes of one run on this host. */
export interface Session {
  readonly session: string
  role: 'source' | 'destination'
  guest: HostedGuest | null
  run: SourceRun | null
  reception: Reception | null
}

type Hello = Extract<Message, { kind: 'hello' }>

const touchedAtOnce = 64 << 20
/** A peer that was welcomed has this long to say what it wants. */
const helloTimeoutMs = 5000

export class HostAgent {
  readonly options: AgentOptions
  readonly #sessions = new Map<string, Session>()
  /** Guests that are to come, by run. */
  readonly #expected = new Map<string, HostedGuest>()
  /** What may come in the migration of each. */
  readonly #limits = new Map<string, FrameLimits>()
  readonly #connections = new Set<AgentConnection>()
  #taken = 0

  constructor(options: AgentOptions) {
    this.options = options
  }

  get name(): string {
    return `godwit ${packageJson.version}`
  }

  /** For the lab: what this host is and does. */
  status(): Record<string, unknown> {
    return {
      agent: this.name,
      version: packageJson.version,
      protocol: wireVersion,
      node: process.version,
      pid: process.pid,
      os: `${type()} ${release()} ${arch()}`,
      memoryBytes: totalmem(),
      freeBytes: this.#freeBytes(),
      credentials: this.options.credentials.kind,
      capabilities,
      sessions: [...this.#sessions.values()].map(({ session, role, guest, reception }) => ({ session, role, guest: guest === null ? 'none' : guest.isRunning ? 'running' : 'stopped', state: reception?.state ?? 'source' })),
    }
  }

  find(session: string): Session | undefined {
    return this.#sessions.get(session)
  }

  add(session: Session): void {
    if (this.#sessions.has(session.session)) throw new GodwitError('agent.session', `the run ${session.session} is going on here already`)
    this.#sessions.set(session.session, session)
  }

  /** Ends what is left of a run here, and gives its memory back. */
  async forget(name: string): Promise<void> {
    const session = this.#sessions.get(name)
    const guest = session?.guest ?? this.#expected.get(name) ?? null
    this.#sessions.delete(name)
    this.#expected.delete(name)
    this.#limits.delete(name)
    session?.run?.abandon()
    session?.reception?.end()
    if (session !== undefined) session.guest = null
    if (guest === null) return
    this.#taken -= guest.memory.byteLength
    await guest.close()
    giveMemoryBack()
  }

  /** The lab says that a guest will come; its memory is made ready. Whether there is room is said at its reservation. */
  async expect(session: string, scenario: Scenario, seed: number): Promise<void> {
    if (this.#freeBytes() < scenario.guest.memory) return
    this.#expected.set(session, await this.withRoom(scenario.guest.memory, () => this.#emptyGuest(scenario, seed)))
  }

  /** Makes something that takes this much memory, until it is forgotten; refuses if there is no room, with the numbers. */
  async withRoom<Made>(bytes: number, make: () => Promise<Made>): Promise<Made> {
    const freeBytes = this.#freeBytes()
    const show = (some: number): string => formatQuantity(Math.max(0, some), 'bytes')
    if (bytes > freeBytes) throw new GodwitError('agent.no-room', `this host has ${show(freeBytes)} free for guests and the guest needs ${show(bytes)}; choose a smaller guest, or give the agent more with --memory`)
    this.#taken += bytes
    try {
      return await make()
    } catch (error) {
      this.#taken -= bytes
      throw error
    }
  }

  accept(connection: AgentConnection): void {
    this.#connections.add(connection)
    const timer = setTimeout(() => connection.destroy(new GodwitError('agent.silent', 'a peer did not say what it wants')), helloTimeoutMs)
    void connection.closed.then(() => {
      clearTimeout(timer)
      this.#connections.delete(connection)
    })
    connection.setLimits(firstLimits)
    connection.receive(
      onlyMessages((message) => {
        clearTimeout(timer)
        if (message.kind === 'hello') this.#welcome(connection, message).catch((error: unknown) => refuse(connection, error))
        else connection.destroy(new GodwitError('wire.unexpected', `a peer began with "${message.kind}" instead of hello`))
      }),
    )
  }

  async close(): Promise<void> {
    for (const session of [...this.#sessions.keys(), ...this.#expected.keys()]) await this.forget(session)
    for (const connection of this.#connections) connection.destroy()
  }

  #freeBytes(): number {
    const { memoryLimitBytes } = this.options
    return memoryLimitBytes === undefined ? freemem() : memoryLimitBytes - this.#taken
  }

  async #welcome(connection: AgentConnection, hello: Hello): Promise<void> {
    const problem = versionProblem(hello)
    if (problem !== null) throw new GodwitError(problem.code, problem.message)
    const welcome = (): Promise<void> => connection.message({ kind: 'welcome', version: wireVersion, agent: this.name, capabilities: [...capabilities] })
    if (hello.role === 'control') {
      new ControlSession(this, connection)
      return welcome()
    }
    const reception = this.#sessions.get(hello.session)?.reception ?? null
    if (reception !== null) connection.setLimits(this.#limits.get(hello.session) ?? firstLimits)
    if (hello.role === 'data') {
      if (reception === null) throw new GodwitError('agent.session', `no run ${hello.session} is expected here`)
      reception.attachData(connection, hello.channel)
    } else if (reception !== null) {
      reception.attach(connection)
    } else {
      connection.receive(onlyMessages((message) => void this.#reserve(connection, hello, message).catch((error: unknown) => refuse(connection, error))))
    }
    return welcome()
  }

  /** A source asks for room. */
  async #reserve(connection: AgentConnection, { session }: Hello, message: Message): Promise<void> {
    if (message.kind !== 'reserve') throw new GodwitError('wire.unexpected', `"${message.kind}" came before a reservation`)
    const scenario = readScenario(message.scenario)
    const { memory } = scenario.guest
    const { freeMemory } = scenario.destination
    const show = (bytes: number): string => formatQuantity(bytes, 'bytes')
    if (freeMemory !== null && memory > freeMemory) throw new GodwitError('reservation-refused', `the destination has ${show(freeMemory)} free and the guest needs ${show(memory)}; the guest goes on at the source`)
    const channels = scenario.optimisations.channels + (scenario.strategy.preempt ? 1 : 0)
    if (message.channels !== channels) throw new GodwitError('wire.unexpected', `${message.channels} connections for pages are announced and the scenario has ${channels}`)
    const guest = await this.#roomFor(session, scenario, message.seed)
    const link = message.shaped ? imitatedLink(scenario, message.seed, 'to the source') : null
    const reception = new Reception({ scenario, guest, link, channels: message.channels })
    this.add({ session, role: 'destination', guest, run: null, reception })
    this.#limits.set(session, limitsOf(scenario))
    connection.setLimits(limitsOf(scenario))
    reception.attach(connection)
    await connection.message({ kind: 'reserved' })
  }

  /** Memory that was made ready for this run, or that is made now. */
  async #roomFor(session: string, scenario: Scenario, seed: number): Promise<HostedGuest> {
    const ready = this.#expected.get(session)
    if (ready !== undefined && ready.memory.byteLength === scenario.guest.memory && ready.pageBytes === scenario.guest.pageSize) {
      this.#expected.delete(session)
      return ready
    }
    if (ready !== undefined) throw new GodwitError('agent.scenario', 'the guest that asks for room is not of the size that the lab announced; both were to have the same scenario')
    try {
      return await this.withRoom(scenario.guest.memory, () => this.#emptyGuest(scenario, seed))
    } catch (error) {
      throw error instanceof GodwitError ? new GodwitError('reservation-refused', `${error.message}; the guest goes on at the source`) : error
    }
  }

  /** The first touch of a page costs more than a copy of its content, and is to be no part of a migration. */
  async #emptyGuest(scenario: Scenario, seed: number): Promise<HostedGuest> {
    const guest = await hostGuest({ scenario, seed, memory: 'empty', tracesFolder: this.options.tracesFolder })
    for (let from = 0; from < guest.memory.byteLength; from += touchedAtOnce) {
      guest.memory.fill(0, from, from + touchedAtOnce)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return guest
  }
}

function refuse(connection: AgentConnection, error: unknown): void {
  const { code, message } = error instanceof GodwitError ? error : new GodwitError('agent.fault', error instanceof Error ? error.message : String(error))
  connection.message({ kind: 'refuse', code, message }).then(
    () => connection.end(),
    () => connection.destroy(),
  )
}

/** Opens an agent's door. Rejects with a GodwitError if it cannot: the port is in use, or the host is open without keys. */
export async function startAgent(options: AgentOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const agent = new HostAgent(options)
  const door = await listenForPeers(options, (connection) => agent.accept(connection))
  return {
    port: door.port,
    close: async () => {
      await agent.close()
      await door.close()
    },
  }
}
