/** The windows of the browser mode: a WebSocket each, over which the app contract travels. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { isCallFrame } from '#shared/rpc/call-frame.ts'
import { type Channel, serveApp } from '#shared/rpc/channel.ts'
import type { AppServices } from '../services/contract.ts'
import type { Access } from './access.ts'

export interface SocketServer {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly close: () => void
}

const largestMessage = 32 * 2 ** 20
const mostWindows = 64
/** A window that reads so slowly is let go; it connects again and asks anew. */
const mostUnsent = 256 * 2 ** 20
const heartbeatMs = 20_000

/** Close codes of RFC 6455. */
const policyViolation = 1008
const goingAway = 1001

export function socketServer({ serveWindow }: Pick<AppServices, 'serveWindow'>, access: Access): SocketServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false })
  const isAllowed = (request: IncomingMessage): boolean =>
    new URL(request.url ?? '/', 'http://localhost').pathname === '/app' &&
    access.isForUs(request) &&
    access.isFromOurPage(request) &&
    (access.showsCookie(request) || access.showsToken(request)) &&
    server.clients.size < mostWindows

  server.on('connection', (socket) => {
    const leave = serveWindow((calls) => serveApp(channelOf(socket), calls))
    socket.on('close', leave)
    // What is wrong with a frame is the peer's fault; the library closes the socket by itself.
    socket.on('error', () => undefined)
  })
  const stopHeartbeat = keepAlive(server)
  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => undefined)
      if (!answersTrue(() => isAllowed(request))) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      server.handleUpgrade(request, socket, head, (opened) => void server.emit('connection', opened, request))
    },
    close: () => {
      stopHeartbeat()
      for (const socket of server.clients) {
        socket.close(goingAway)
        socket.terminate()
      }
      server.close()
    },
  }
}

/** An address that cannot be read is no address of ours. */
function answersTrue(question: () => boolean): boolean {
  try {
    return question()
  } catch {
    return false
  }
}

function channelOf(socket: WebSocket): Channel {
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > mostUnsent) return socket.terminate()
      socket.send(message)
    },
    receive: (receiver) =>
      void socket.on('message', (data: Buffer, isBinary: boolean) => {
        const message = isBinary ? undefined : callIn(data)
        if (message === undefined) socket.close(policyViolation)
        else receiver(message)
      }),
  }
}

/** The text of a message if it is a call of the contract; anything else never reaches the code that answers calls. */
function callIn(data: Buffer): string | undefined {
  const text = data.toString()
  return isCallFrame(text) ? text : undefined
}

/** Lets go of peers that vanished without a word. */
function keepAlive(server: WebSocketServer): () => void {
  const alive = new WeakSet<WebSocket>()
  server.on('connection', (socket) => {
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
  })
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.has(socket)) {
        socket.terminate()
        continue
      }
      alive.delete(socket)
      socket.ping()
    }
  }, heartbeatMs)
  timer.unref()
  return () => clearInterval(timer)
}
