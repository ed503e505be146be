/** How TLS is set up for either kind of keys. Host names prove nothing here: having the key, or a certificate of the authority, does. */

import type { CommonConnectionOptions, ConnectionOptions, SecureContextOptions, TlsOptions, TLSSocket } from 'node:tls'
import type { Credentials } from './contract.ts'

type TlsCredentials = Exclude<Credentials, { kind: 'token' }>
type Common = SecureContextOptions & CommonConnectionOptions

/** Fresh keys for each connection, so that a key that becomes known later opens nothing recorded before; fast ones first. */
const pskCiphers = 'DHE-PSK-AES128-GCM-SHA256:DHE-PSK-AES256-GCM-SHA384:ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-CHACHA20-POLY1305'

export function listenerOptions(credentials: TlsCredentials, handshakeTimeout: number): TlsOptions {
  const common: TlsOptions = { handshakeTimeout, noDelay: true }
  if (credentials.kind === 'certificate') return { ...common, ...certificateOptions(credentials), requestCert: true }
  const { identity, key } = credentials
  return {
    ...common,
    ...pskOptions,
    dhparam: 'auto',
    pskCallback: (_socket, offered) => (offered === identity ? key : null),
  }
}

export function diallerOptions(credentials: TlsCredentials): ConnectionOptions {
  const common: ConnectionOptions = { checkServerIdentity: () => undefined }
  if (credentials.kind === 'certificate') return { ...common, ...certificateOptions(credentials) }
  const { identity, key: psk } = credentials
  return { ...common, ...pskOptions, minDHSize: 2048, pskCallback: () => ({ identity, psk }) }
}

/** As the peer proved it; null: its certificate names nobody. */
export function provedName(socket: TLSSocket, credentials: TlsCredentials): string | null {
  if (credentials.kind === 'psk') return credentials.identity
  const name: unknown = socket.getPeerCertificate().subject?.CN
  return typeof name === 'string' && name !== '' ? name : null
}

const pskOptions: Common = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: pskCiphers }

function certificateOptions({ authority, certificate, key }: Extract<Credentials, { kind: 'certificate' }>): Common {
  return { ca: authority, cert: certificate, key, rejectUnauthorized: true, minVersion: 'TLSv1.3' }
}
