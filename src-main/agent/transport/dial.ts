/** Connects to an agent; both sides prove who they are. Whatever goes wrong is told in a sentence, within the time given. */

import type { Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { acceptance, proofTimeoutMs, proveToken } from './authenticate.ts'
import { Connection } from './connection.ts'
import type { AgentConnection, Credentials } from './contract.ts'
import { isLoopback } from '../../loopback.ts'
import { diallerOptions, provedName } from './tls-options.ts'
import { WireSocket } from './wire-socket.ts'

export interface DialOptions {
  readonly host: string
  readonly port: number
  readonly credentials: Credentials
  /** To connect and prove it, altogether. */
  readonly timeoutNs: number
}

export async function dialPeer({ host, port, credentials, timeoutNs }: DialOptions): Promise<AgentConnection> {
  const place = `${host}:${port}`
  if (credentials.kind === 'token' && !isLoopback(host)) {
    throw new GodwitError('agent.open-host', `the agent at ${place} is on another machine, so the connection needs keys; make some with "godwit agent init"`)
  }
  const attempt: Attempt = { place, host, port, connected: false }
  const timeoutMs = Math.min(timeoutNs / 1e6, proofTimeoutMs)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(lateFault(attempt, timeoutMs)), timeoutMs)
  })
  try {
    return await Promise.race([credentials.kind === 'token' ? dialWithToken(attempt, credentials.token) : dialOverTls(attempt, credentials), late])
  } catch (error) {
    attempt.socket?.destroy()
    throw error instanceof GodwitError ? error : dialFault(error, attempt)
  } finally {
    clearTimeout(timer)
  }
}

interface Attempt {
  readonly place: string
  readonly host: string
  readonly port: number
  socket?: Socket
  /** Somebody listens there. */
  connected: boolean
}

async function dialWithToken(attempt: Attempt, token: string): Promise<AgentConnection> {
  const wire = WireSocket.connecting(attempt.host, attempt.port)
  attempt.socket = wire.socket
  await happened(wire.socket, 'connect')
  attempt.connected = true
  await proveToken(wire, token, attempt.place)
  return new Connection(wire, 'local')
}

async function dialOverTls(attempt: Attempt, credentials: Exclude<Credentials, { kind: 'token' }>): Promise<AgentConnection> {
  const { host, port, place } = attempt
  const socket: TLSSocket = connectTls({ ...diallerOptions(credentials), host, port })
  attempt.socket = socket
  socket.once('connect', () => (attempt.connected = true))
  socket.setNoDelay(true)
  await happened(socket, 'secureConnect')
  const wire = WireSocket.pushed(socket)
  const word = await wire.readExactly(acceptance.byteLength).catch((cause: unknown) => {
    // Its keys are good; ours are not good enough for it.
    throw notAuthenticated(place, cause)
  })
  if (!acceptance.equals(word)) throw notAnAgent(place)
  const peer = provedName(socket, credentials)
  if (peer === null) throw new GodwitError('agent.not-authenticated', `the certificate of the agent at ${place} names nobody; make one with "godwit agent issue"`)
  return new Connection(wire, peer)
}

/** Rejects if the socket closes before. */
function happened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(socket.errored ?? new Error('the peer ended the connection')))
    socket.once(event, () => resolve())
  })
}

const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL'])
/** What OpenSSL and BoringSSL say of bytes that are not TLS. */
const noTls = /WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE|UNKNOWN_PROTOCOL|UNEXPECTED_MESSAGE|HTTP_REQUEST|INVALID_RECORD|RECORD_LAYER/
/** What Node says when keys or certificates are not accepted on either side. */
const noKeys = /CERT|SIGNATURE|ISSUER|DEPTH_ZERO|SELF_SIGNED|ALERT|PSK|HANDSHAKE|DECRYPT|MAC/

function dialFault(error: unknown, attempt: Attempt): GodwitError {
  const { place } = attempt
  const { code = '', message } = error as NodeJS.ErrnoException
  const options = { cause: error }
  if (code === 'ECONNREFUSED') return new GodwitError('agent.refused-connection', `nobody listens at ${place}; start an agent there with "godwit agent listen", or check the port`, options)
  if (!attempt.connected || unreachable.has(code)) {
    return new GodwitError('agent.unreachable', `${place} cannot be reached (${code === '' ? message : code}); check the name, and that both machines are on the network`, options)
  }
  if (code === 'CERT_HAS_EXPIRED') return new GodwitError('agent.not-authenticated', `the certificate of the agent at ${place} has expired; issue a new one`, options)
  if (noTls.test(code)) return notAnAgent(place, error)
  if (noKeys.test(code)) return notAuthenticated(place, error)
  // Whoever listens closed the door before it said who it is.
  return notAnAgent(place, error)
}

function notAuthenticated(place: string, cause: unknown): GodwitError {
  return new GodwitError('agent.not-authenticated', `the agent at ${place} and this side do not accept each other's keys; both need the same key, or valid certificates of the same authority`, { cause })
}

function notAnAgent(place: string, cause?: unknown): GodwitError {
  return new GodwitError('agent.not-an-agent', `what listens at ${place} does not answer as an agent with this kind of keys does; check host and port, and that both sides use a token, a key or certificates alike`, { cause })
}

function lateFault(attempt: Attempt, timeoutMs: number): GodwitError {
  return attempt.connected
    ? notAnAgent(attempt.place)
    : new GodwitError('agent.unreachable', `${attempt.place} does not answer within ${timeoutMs / 1000} s; check the address, and that no firewall is between`)
}
