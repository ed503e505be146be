/** How a connection between agents begins, once both sides have proved who they are: hello, and welcome or refusal. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import { type Message, wireVersion } from '#shared/wire/messages.ts'
import type { AgentConnection, Credentials } from './transport/contract.ts'
import { dialPeer } from './transport/dial.ts'

export interface AgentAddress {
  readonly host: string
  readonly port: number
  readonly credentials: Credentials
}

type Hello = Extract<Message, { kind: 'hello' }>

/** What this version can do, told to each peer. */
export const capabilities: readonly string[] = ['pages', 'zero', 'delta', 'zlib', 'zstd', 'lz4', 'channels', 'postcopy', 'recover', 'checkpoints']

export interface Dial extends AgentAddress, Pick<Hello, 'role' | 'session' | 'channel'> {
  readonly timeoutNs: number
}

/** Connects to an agent and is welcomed, or rejects with a GodwitError that says why not. */
export async function dialAs({ role, session, channel, ...address }: Dial): Promise<{ readonly connection: AgentConnection; readonly agent: string }> {
  const connection = await dialPeer(address)
  const place = `${address.host}:${address.port}`
  const welcomed = new Promise<Message>((resolve, reject) => {
    connection.receive(onlyMessages(resolve))
    void connection.closed.then((error) => reject(error ?? new GodwitError('agent.refused', `the agent at ${place} ended the connection before it said welcome`)))
    setTimeout(() => reject(new GodwitError('agent.silent', `the agent at ${place} does not answer`)), address.timeoutNs / 1e6).unref()
  })
  try {
    await connection.message({ kind: 'hello', version: wireVersion, role, session, channel, agent: '', capabilities: [...capabilities] })
    const answer = await welcomed
    if (answer.kind === 'welcome') return { connection, agent: answer.agent }
    if (answer.kind === 'refuse') throw new GodwitError(answer.code, answer.message)
    throw new GodwitError('wire.unexpected', `the agent at ${place} answers with "${answer.kind}" instead of welcome`)
  } catch (error) {
    connection.destroy()
    throw error
  }
}

/** A hello of another version is refused with a sentence that says which side is to be updated. */
export function versionProblem({ version }: Hello): { readonly code: string; readonly message: string } | null {
  if (version === wireVersion) return null
  const older = version < wireVersion ? 'the peer' : 'this agent'
  return { code: 'agent.version', message: `the peer speaks version ${version} of the agents' protocol and this agent version ${wireVersion}; update ${older}` }
}

/** A sink for a stage in which nothing but messages may come. */
export function onlyMessages(message: (message: Message) => void) {
  const refuse = (): never => {
    throw new GodwitError('wire.unexpected', 'only messages are expected here')
  }
  return { message, target: refuse, coded: refuse, pages: refuse, bitmap: refuse, request: refuse, state: refuse }
}
