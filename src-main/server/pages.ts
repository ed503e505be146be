/** The built application as files: only what stands in its folder, only to browsers that may have it. */

import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { mediaTypeOf } from '../services/media-types.ts'
import type { Access } from './access.ts'

/** Answers every request; rejects never. What a stranger asks is refused without a word about why. */
export function pageServer(rendererFolder: string, access: Access) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      response.setHeaders(new Map(Object.entries(securityHeaders(request.headers.host ?? ''))))
      if (!access.isForUs(request)) return end(response, 403)
      if (access.showsToken(request)) return enter(request, response, access.cookie())
      if (!access.showsCookie(request)) return end(response, 403)
      if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405)
      const file = await findFile(rendererFolder, request.url ?? '/')
      if (file === undefined) return end(response, 404)
      send(request, response, file)
    } catch {
      if (response.headersSent) response.destroy()
      else end(response, 400)
    }
  }
}

/**
 * Styles may stand in the page: the component library and Vue's hoisted templates write them there. Scripts may not.
 * The host was written by the client, and only a name and a port pass into the header.
 */
function securityHeaders(host: string): Readonly<Record<string, string>> {
  const socket = /^[\w.[\]:-]{1,255}$/.test(host) ? ` ws://${host}` : ''
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `connect-src 'self'${socket}`,
      "worker-src 'self' blob:",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/**
 * Exchanges the token for the cookie and leads on to an address without it. A browser that comes by a link on another
 * site's page keeps a strict cookie to itself over a redirect, so there our own page leads on.
 */
function enter({ headers }: IncomingMessage, response: ServerResponse, cookie: string): void {
  response.setHeader('Set-Cookie', cookie)
  const isLinked = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site'
  if (isLinked) response.setHeader('Refresh', '0; url=/').setHeader('Content-Type', 'text/html; charset=utf-8')
  else response.setHeader('Location', '/')
  end(response, isLinked ? 200 : 303)
}

interface Found {
  readonly path: string
  readonly bytes: number
}

/** The file of an address. The application is one page; its views stand behind the #, which is never sent. */
async function findFile(folder: string, url: string): Promise<Found | undefined> {
  const path = decodeURIComponent(url.replace(/[?#].*$/s, ''))
  // A backslash is a separator on Windows, and a hidden file is none of the application's.
  if (!path.startsWith('/') || /[\0\\]|\/[./]/.test(path)) return undefined
  const root = await realpath(folder)
  const wanted = join(root, path === '/' ? 'index.html' : path)
  const place = await realpath(wanted).catch(() => undefined)
  if (place === undefined || !place.startsWith(root + sep)) return undefined
  const found = await stat(place)
  return found.isFile() ? { path: place, bytes: found.size } : undefined
}

function send(request: IncomingMessage, response: ServerResponse, { path, bytes }: Found): void {
  // Built files carry a digest of their content in their names; the page that names them does not.
  const isNamedByContent = /-[\w-]{8,}\.\w+$/.test(path)
  response.setHeader('Cache-Control', isNamedByContent ? 'private, max-age=31536000, immutable' : 'no-store')
  response.setHeader('Content-Type', mediaTypeOf(extname(path)) ?? 'application/octet-stream')
  response.setHeader('Content-Length', bytes)
  response.writeHead(200)
  if (request.method === 'HEAD') return void response.end()
  const stream = createReadStream(path)
  stream.on('error', () => response.destroy())
  response.on('close', () => stream.destroy())
  stream.pipe(response)
}

function end(response: ServerResponse, status: number): void {
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status, { 'Content-Length': 0 }).end()
}
