/**
 * Who may speak to the server: pages that it served itself, to a browser that was shown the token.
 *
 * The token stands in the address that is printed at the start; the first page exchanges it for a cookie that scripts
 * cannot read and that other sites' pages cannot send. A browser shows its cookies to every server of this machine,
 * whatever the port, so the cookie does not tell the token and opens this port only. `Host` is checked because a hostile page may point a name of its
 * own at this address (DNS rebinding), `Origin` because a hostile page may open a WebSocket to any address.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { randomToken } from './kept-token.ts'

export interface Access {
  readonly token: string
  /** The request names this server by a name of its own. */
  readonly isForUs: (request: IncomingMessage) => boolean
  /** The page that asks came from this server. */
  readonly isFromOurPage: (request: IncomingMessage) => boolean
  readonly showsToken: (request: IncomingMessage) => boolean
  readonly showsCookie: (request: IncomingMessage) => boolean
  /** The header that gives a browser its cookie. */
  readonly cookie: () => string
}

export interface AccessOptions {
  /** Where the server listens. */
  readonly host: string
  /** Known only once it listens. */
  readonly port: () => number
  /** A token of the user's; by default 256 random bits. */
  readonly token?: string | undefined
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

export function accessRules({ host, port, token = randomToken() }: AccessOptions): Access {
  const ours = ownNames(host)
  // A cookie belongs to a host, whatever the port: two servers on one machine need two names.
  const cookieName = (): string => `godwit-${port()}`
  const cookieText = (): string => createHmac('sha256', token).update(cookieName()).digest('base64url')
  return {
    token,
    isForUs: ({ headers }) => headers.host !== undefined && ours.has(nameOf(headers.host)),
    isFromOurPage: ({ headers }) => headers.origin === `http://${headers.host ?? ''}`,
    showsToken: ({ url = '' }) => isSame(new URL(url, 'http://localhost').searchParams.get('token') ?? '', token),
    showsCookie: ({ headers }) => isSame(cookieValue(headers.cookie ?? '', cookieName()), cookieText()),
    cookie: () => `${cookieName()}=${cookieText()}; Path=/; HttpOnly; SameSite=Strict`,
  }
}

/** The port is left out: a tunnel to this server has another one. */
function nameOf(hostHeader: string): string {
  return hostHeader.toLowerCase().replace(/:\d{1,5}$/, '')
}

function ownNames(host: string): ReadonlySet<string> {
  const names = new Set([...loopbackNames, bracketed(host).toLowerCase()])
  if (host !== '0.0.0.0' && host !== '::') return names
  names.add(hostname().toLowerCase())
  for (const addresses of Object.values(networkInterfaces())) for (const { address } of addresses ?? []) names.add(bracketed(address))
  return names
}

/** As it stands in an address. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

function cookieValue(header: string, name: string): string {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name) return value ?? ''
  }
  return ''
}

/** In the same time wherever they differ. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
