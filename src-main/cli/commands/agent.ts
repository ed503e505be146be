/**
 * `godwit agent`: an agent on this machine for labs on others, and what proves who may connect to it.
 *
 *     godwit agent init                     on the machine of the lab: an authority, and a certificate of its own
 *     godwit agent issue lab-2 --out lab-2  a certificate for another machine; its folder is copied there
 *     godwit agent listen --host 0.0.0.0    on the other machine: the agent
 *     godwit agent status lab-2:7300        does it answer?
 */

import { hostname, userInfo } from 'node:os'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { readHostAddress, showHostAddress } from '#shared/scenario/suite-hosts.ts'
import { formatQuantity, parseQuantity } from '#shared/units/quantity.ts'
import { defaultCredentialsFolder } from '../../config-folder.ts'
import type { Credentials } from '../../agent/transport/contract.ts'
import { isLoopback } from '../../loopback.ts'
import { type Connect, credentialsIn } from '../../lab/agents/access.ts'
import { askStatus } from '../../lab/agents/ask-status.ts'
import { watchInterruption } from '../interruption.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'

/** The default credentials folder, as it is called on another machine. */
const folderThere = '~/.config/godwit/agent'

interface JsonOption {
  /** One JSON document instead of sentences. */
  readonly json?: boolean
}

export interface AgentInitOptions extends JsonOption {
  readonly folder?: string
  /** Of this machine; default: its host name. */
  readonly name?: string
}

export interface AgentIssueOptions extends JsonOption {
  /** The folder of the authority. */
  readonly folder?: string
  readonly out: string
}

export interface AgentKeyOptions extends JsonOption {
  readonly folder?: string
  /** Who the key belongs to, as both sides call it. */
  readonly identity?: string
}

export interface AgentListenOptions extends JsonOption {
  readonly host: string
  readonly port: number
  readonly credentials?: string
  /** Memory that guests may take, such as 8GiB. */
  readonly memory?: string
  readonly allowFaults?: boolean
  /** For tests: what ends the agent beside Ctrl-C. */
  readonly signal?: AbortSignal
}

export interface AgentStatusOptions extends JsonOption {
  readonly credentials?: string
  readonly timeoutMs?: number
  readonly connect?: Connect
}

export async function runAgentInit({ folder = defaultCredentialsFolder(), name, json }: AgentInitOptions, io: CliIo): Promise<ExitStatus> {
  const { initCredentials } = await import('../../agent/transport/credentials.ts')
  const subject = name ?? hostname()
  await initCredentials(folder, { name: subject })
  if (json === true) return printJson({ folder, name: subject, kind: 'certificate' }, io)
  io.out(`"${folder}" now holds an authority of your own, and a certificate for "${subject}"\n`)
  io.err(`for each other machine: godwit agent issue NAME --out FOLDER, copy FOLDER to ${folderThere} there, and start godwit agent listen --host ADDRESS\nkeep the authority's key to yourself: who has it can make a certificate that every agent of yours lets in\n`)
  return exitStatus.success
}

export async function runAgentIssue(name: string, { folder = defaultCredentialsFolder(), out, json }: AgentIssueOptions, io: CliIo): Promise<ExitStatus> {
  const { issue } = await import('../../agent/transport/credentials.ts')
  await issue(folder, out, { name })
  if (json === true) return printJson({ folder: out, name, kind: 'certificate' }, io)
  io.out(`"${out}" now holds a certificate for "${name}"\n`)
  io.err(`copy the folder to ${folderThere} on that machine, over a connection that you trust, then delete it here; start the agent there with godwit agent listen --host ADDRESS\n`)
  return exitStatus.success
}

export async function runAgentKey({ folder = defaultCredentialsFolder(), identity = userInfo().username, json }: AgentKeyOptions, io: CliIo): Promise<ExitStatus> {
  const { makeKey } = await import('../../agent/transport/credentials.ts')
  await makeKey(folder, identity)
  if (json === true) return printJson({ folder, identity, kind: 'psk' }, io)
  io.out(`"${folder}" now holds a key for "${identity}"\n`)
  io.err(`copy the folder to ${folderThere} on each other machine, over a connection that you trust: all of them use the same key\n`)
  return exitStatus.success
}

/** Serves until it is interrupted. */
export async function runAgentListen(options: AgentListenOptions, io: CliIo): Promise<ExitStatus> {
  const { host, port, credentials: folder = defaultCredentialsFolder(), memory, allowFaults = false, json, signal } = options
  const memoryLimitBytes = memory === undefined ? undefined : bytesOf(memory)
  const credentials = await credentialsFrom(folder, io)
  const { startAgent } = await import('../../agent/host-agent.ts')
  const interruption = watchInterruption(() => io.err('stopping; guests on this machine end, their migrations fail. Press Ctrl-C again to end at once\n'))
  try {
    const agent = await startAgent({ host, port, credentials, memoryLimitBytes, allowFaults })
    try {
      const address = showHostAddress({ host, port: agent.port })
      if (json === true) io.out(`${JSON.stringify({ host, port: agent.port, credentials: credentials.kind, memoryLimitBytes: memoryLimitBytes ?? null, allowFaults })}\n`)
      else io.out(`listening on ${address} (${credentials.kind})\n`)
      if (allowFaults) io.err('--allow-faults: a lab may kill this agent\n')
      if (!isLoopback(host)) io.err(`other machines can connect if they prove themselves by ${credentials.kind === 'certificate' ? 'a certificate of the same authority' : 'the same key'}\n`)
      io.err(`${memoryLimitBytes === undefined ? 'guests may take the memory that is free' : `guests may take ${formatQuantity(memoryLimitBytes, 'bytes')}`}; Ctrl-C ends the agent\n`)
      await ended([interruption.signal, ...(signal === undefined ? [] : [signal])])
    } finally {
      await agent.close()
    }
  } finally {
    interruption.close()
  }
  return exitStatus.success
}

export async function runAgentStatus(written: string, options: AgentStatusOptions, io: CliIo): Promise<ExitStatus> {
  const { credentials: folder = defaultCredentialsFolder(), json, timeoutMs, connect } = options
  const read = readHostAddress(written)
  if (!read.ok) throw new GodwitError('agent.address', `"${written}": ${read.problem}`)
  const credentials = await credentialsFrom(folder, io)
  try {
    const facts = await askStatus({ ...read.address, credentials }, { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(connect === undefined ? {} : { connect }) })
    if (json === true) return printJson({ ok: true, address: written, ...facts }, io)
    const { agent, os, memoryBytes, freeBytes, roundTripMs, credentials: kind, sessions } = facts
    const show = (bytes: number): string => formatQuantity(Math.max(0, Math.round(bytes)), 'bytes')
    const rows: ReadonlyArray<readonly [string, string]> = [
      ['Agent', agent],
      ['System', os],
      ['Memory', `${show(memoryBytes)}, ${show(freeBytes)} free for guests`],
      ['Round trip', `${roundTripMs.toFixed(2)} ms`],
      ['Credentials', kind],
      ['Guests', sessions.length === 0 ? 'none' : sessions.map(({ session, role, guest }) => `${session} (${role}, ${guest})`).join(', ')],
    ]
    io.out(rows.map(([label, text]) => `${label.padEnd(13)}${text}\n`).join(''))
    return exitStatus.success
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error
    // Nothing is wrong with what was asked: the answer is that there is no answer.
    if (json === true) printJson({ ok: false, address: written, code: error.code, message: error.message }, io)
    else io.err(`godwit: ${error.message}\n`)
    return exitStatus.runFailed
  }
}

async function credentialsFrom(folder: string, io: CliIo): Promise<Credentials> {
  const { credentials, warnings } = await credentialsIn(folder)
  for (const warning of warnings) io.err(`warning: ${warning}\n`)
  return credentials
}

function printJson(document: Readonly<Record<string, unknown>>, io: CliIo): ExitStatus {
  io.out(`${JSON.stringify(document, null, 2)}\n`)
  return exitStatus.success
}

function bytesOf(text: string): number {
  const parsed = parseQuantity(text, 'bytes')
  if (!parsed.ok) throw new GodwitError('agent.memory', `--memory: ${parsed.problem}`)
  if (parsed.value > 0) return parsed.value
  throw new GodwitError('agent.memory', '--memory: an agent without memory can hold no guest; write for example 8 GiB')
}

function ended(signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals])
  return any.aborted ? Promise.resolve() : new Promise((resolve) => any.addEventListener('abort', () => resolve(), { once: true }))
}
