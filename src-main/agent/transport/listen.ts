/** An agent's door: whoever proves that it may come in becomes a connection. The others learn nothing. */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { acceptance, admitByToken, proofTimeoutMs } from './authenticate.ts'
import { Connection } from './connection.ts'
import type { AgentConnection, Credentials } from './contract.ts'
import { isLoopback } from '../../loopback.ts'
import { listenerOptions, provedName } from './tls-options.ts'
import { WireSocket } from './wire-socket.ts'

export interface ListenOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly credentials: Credentials
}

export interface Door {
  readonly port: number
  /** Nobody comes in any more. Connections that were handed out stay. */
  close(): Promise<void>
}

/** Connections that have not proved who they are, at most; more are turned away (lab). */
const mostStrangers = 64
/** A peer that was let in must have sent its first frame within this (lab). */
const firstFrameTimeoutMs = 5000

export async function listenForPeers({ host, port, credentials }: ListenOptions, onPeer: (connection: AgentConnection) => void): Promise<Door> {
  if (credentials.kind === 'token' && !isLoopback(host)) {
    throw new GodwitError('agent.open-host', `listening at ${host} lets others than this machine in, so it needs keys; make some with "godwit agent init", or listen at 127.0.0.1`)
  }
  const strangers = new Strangers()
  const welcome = (wire: WireSocket, raw: Socket, peer: string): void => {
    strangers.admitted(raw)
    const connection = new Connection(wire, peer)
    connection.expectFrame(firstFrameTimeoutMs)
    onPeer(connection)
  }
  const server = credentials.kind === 'token' ? tokenServer(credentials.token, strangers, welcome) : tlsServer(credentials, strangers, welcome)
  await listening(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close()
      strangers.close()
    },
  }
}

type Welcome = (wire: WireSocket, raw: Socket, peer: string) => void

function tokenServer(token: string, strangers: Strangers, welcome: Welcome): Server {
  return createServer({ pauseOnConnect: true, noDelay: true }, (raw) => {
    if (strangers.isFull) return void raw.destroy()
    const wire = WireSocket.accepted(raw)
    strangers.add(wire.socket)
    admitByToken(wire, token).then(
      () => welcome(wire, wire.socket, 'local'),
      () => wire.socket.destroy(),
    )
  })
}

function tlsServer(credentials: Exclude<Credentials, { kind: 'token' }>, strangers: Strangers, welcome: Welcome): Server {
  const raws = new Map<string, Socket>()
  const server = createTlsServer(listenerOptions(credentials, proofTimeoutMs), (socket: TLSSocket) => {
    const raw = raws.get(placeOf(socket))
    const peer = provedName(socket, credentials)
    if (raw === undefined || peer === null) return void socket.destroy()
    socket.write(acceptance)
    welcome(WireSocket.pushed(socket), raw, peer)
  })
  server.prependListener('connection', (raw: Socket) => {
    if (strangers.isFull) return void raw.destroy()
    const place = placeOf(raw)
    raws.set(place, raw)
    raw.once('close', () => raws.delete(place))
    strangers.add(raw)
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** Connections that have yet to prove who they are, and not for long. */
class Strangers {
  readonly #timers = new Map<Socket, NodeJS.Timeout>()

  get isFull(): boolean {
    return this.#timers.size >= mostStrangers
  }

  add(socket: Socket): void {
    this.#timers.set(socket, setTimeout(() => socket.destroy(), proofTimeoutMs))
    socket.once('close', () => this.admitted(socket))
    socket.on('error', () => undefined)
  }

  admitted(socket: Socket): void {
    clearTimeout(this.#timers.get(socket))
    this.#timers.delete(socket)
  }

  close(): void {
    for (const socket of this.#timers.keys()) socket.destroy()
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, host, port)))
    server.listen(port, host, () => {
      server.on('error', () => undefined)
      resolve()
    })
  })
}

function listenFault(error: NodeJS.ErrnoException, host: string, port: number): GodwitError {
  const options = { cause: error }
  switch (error.code) {
    case 'EADDRINUSE':
      return new GodwitError('agent.port-in-use', `port ${port} at ${host} is in use by another program; choose another with --port, or 0 for any that is free`, options)
    case 'EACCES':
      return new GodwitError('agent.port-forbidden', `this user may not listen at port ${port}; choose one above 1023`, options)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new GodwitError('agent.no-address', `${host} is no address of this machine; choose one that is, or 0.0.0.0 for all`, options)
    default:
      return new GodwitError('agent.cannot-listen', `cannot listen at ${host}, port ${port}: ${error.message}`, options)
  }
}
