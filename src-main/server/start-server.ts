/** Browser mode: the built application over HTTP, and the app contract over a WebSocket at /app. */

import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppServices } from '../services/contract.ts'
import { accessRules, bracketed } from './access.ts'
import { pageServer } from './pages.ts'
import { socketServer } from './sockets.ts'

export interface ServerOptions {
  readonly services: Pick<AppServices, 'serveWindow'>
  /** Loopback unless given. */
  readonly host?: string
  /** 0, the default: one that is free. */
  readonly port?: number
  /** Where the built application stands. */
  readonly rendererFolder: string
  /** By default 256 random bits. */
  readonly token?: string
}

export interface RunningServer {
  /** With the token. */
  readonly url: string
  /** Ends every connection; the services stay with their owner. */
  readonly close: () => Promise<void>
}

/** Rejects with `server.port-in-use`, `server.host`, or `server.no-renderer`. */
export async function startServer({ services, host = '127.0.0.1', port = 0, rendererFolder, token }: ServerOptions): Promise<RunningServer> {
  if (!existsSync(join(rendererFolder, 'index.html'))) {
    throw new GodwitError('server.no-renderer', `the application is not built: there is no "${join(rendererFolder, 'index.html')}"; build it with \`npm run build\``)
  }
  const access = accessRules({ host, port: () => portOf(server), token })
  const pages = pageServer(rendererFolder, access)
  const sockets = socketServer(services, access)
  const server = createServer((request, response) => void pages(request, response))
  server.on('upgrade', sockets.upgrade)
  server.on('clientError', (_, socket) => socket.destroy())
  await listen(server, host, port)
  // A name or an interface that listens for all is reached by this machine at its loopback address.
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : bracketed(host)
  return {
    url: `http://${shown}:${portOf(server)}/?token=${encodeURIComponent(access.token)}`,
    close: async () => {
      sockets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return address === null || typeof address === 'string' ? 0 : address.port
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
  } catch (error) {
    throw listenFault(error, host, port)
  }
}

function listenFault(error: unknown, host: string, port: number): GodwitError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return new GodwitError('server.port-in-use', `port ${port} of ${host} is in use by another program; choose another with --port, or leave it out`, { cause: error })
  if (code === 'EACCES') return new GodwitError('server.port-forbidden', `port ${port} may not be used by this user; choose one above 1023 with --port`, { cause: error })
  return new GodwitError('server.host', `the server cannot listen on "${host}" (${code}); check --host`, { cause: error })
}
