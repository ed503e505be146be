/**
 * A folder with what an agent proves itself with: either certificates (`authority.pem`, `certificate.pem`, `key.pem`, and
 * on the machine that issues them `authority-key.pem`), or a pre-shared key (`shared-key.json`). Keys are for their owner's
 * eyes only.
 */

import { randomBytes, X509Certificate } from 'node:crypto'
import { access, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Credentials } from './contract.ts'

const authorityFile = 'authority.pem'
const authorityKeyFile = 'authority-key.pem'
const certificateFile = 'certificate.pem'
const keyFile = 'key.pem'
const sharedKeyFile = 'shared-key.json'

const sharedKeyBytes = 32
const longestName = 64

export interface NameOptions {
  /** By which peers know this host. */
  readonly name: string
}

/** Makes an authority, and a certificate of it for this host. Refuses to overwrite anything. */
export async function initCredentials(folder: string, { name }: NameOptions): Promise<void> {
  checkName(name)
  await refuseIfAny(folder, [authorityFile, authorityKeyFile, certificateFile, keyFile, sharedKeyFile])
  const { issueCertificate, makeAuthority } = await import('./certificates.ts')
  const now = new Date()
  const authority = await makeAuthority(name, now)
  const host = await issueCertificate(authority, name, now)
  await writeAll(folder, { [authorityFile]: authority.certificate, [authorityKeyFile]: authority.key, [certificateFile]: host.certificate, [keyFile]: host.key })
}

/** Makes a folder to be taken to a further host, with a certificate of the authority in `authorityFolder`. */
export async function issue(authorityFolder: string, folder: string, { name }: NameOptions): Promise<void> {
  checkName(name)
  await refuseIfAny(folder, [authorityFile, certificateFile, keyFile, sharedKeyFile])
  const certificate = await readText(authorityFolder, authorityFile)
  const key = await readText(authorityFolder, authorityKeyFile)
  const { issueCertificate } = await import('./certificates.ts')
  const host = await issueCertificate({ certificate, key }, name, new Date())
  await writeAll(folder, { [authorityFile]: certificate, [certificateFile]: host.certificate, [keyFile]: host.key })
}

/** Makes a pre-shared key; the file is to be taken to all hosts. */
export async function makeKey(folder: string, identity: string): Promise<void> {
  checkName(identity)
  await refuseIfAny(folder, [sharedKeyFile, certificateFile, keyFile])
  const key = randomBytes(sharedKeyBytes).toString('hex')
  await writeAll(folder, { [sharedKeyFile]: `${JSON.stringify({ identity, key }, null, 2)}\n` })
}

export interface ReadCredentials {
  readonly credentials: Credentials
  /** Sentences for the user: files that others may read. */
  readonly warnings: readonly string[]
}

export async function readCredentials(folder: string): Promise<ReadCredentials> {
  if (await exists(join(folder, certificateFile))) return readCertificate(folder)
  if (await exists(join(folder, sharedKeyFile))) return readSharedKey(folder)
  throw new GodwitError('agent.no-credentials', `there are no keys in ${folder}; make some with "godwit agent init", or "godwit agent key"`)
}

async function readCertificate(folder: string): Promise<ReadCredentials> {
  const authority = await readText(folder, authorityFile)
  const certificate = await readText(folder, certificateFile)
  const key = await readText(folder, keyFile)
  const now = new Date()
  for (const [file, pem] of Object.entries({ [authorityFile]: authority, [certificateFile]: certificate })) checkDates(parse(folder, file, pem), join(folder, file), now)
  if (!parse(folder, certificateFile, certificate).verify(parse(folder, authorityFile, authority).publicKey)) {
    throw new GodwitError('agent.credentials', `${join(folder, certificateFile)} was not issued by the authority in ${join(folder, authorityFile)}; copy both from the same place`)
  }
  const secret = (await exists(join(folder, authorityKeyFile))) ? [keyFile, authorityKeyFile] : [keyFile]
  return { credentials: { kind: 'certificate', authority, certificate, key }, warnings: await warningsOf(folder, secret) }
}

async function readSharedKey(folder: string): Promise<ReadCredentials> {
  const path = join(folder, sharedKeyFile)
  const unusable = (cause?: unknown): GodwitError =>
    new GodwitError('agent.credentials', `${path} is not a key file as "godwit agent key" makes it: it holds an identity and ${sharedKeyBytes} bytes of key in hexadecimal`, { cause })
  let content: { readonly identity?: unknown; readonly key?: unknown } | null
  try {
    content = JSON.parse(await readText(folder, sharedKeyFile)) as typeof content
  } catch (error) {
    throw error instanceof GodwitError ? error : unusable(error)
  }
  const { identity, key } = content ?? {}
  if (typeof identity !== 'string' || identity === '' || typeof key !== 'string' || !new RegExp(`^[0-9a-f]{${2 * sharedKeyBytes}}$`).test(key)) throw unusable()
  return { credentials: { kind: 'psk', identity, key: Buffer.from(key, 'hex') }, warnings: await warningsOf(folder, [sharedKeyFile]) }
}

function parse(folder: string, file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new GodwitError('agent.credentials', `${join(folder, file)} is not a certificate in PEM`, { cause })
  }
}

function checkDates(certificate: X509Certificate, path: string, now: Date): void {
  const { validFromDate, validToDate } = certificate
  if (now > validToDate) throw new GodwitError('agent.certificate-expired', `the certificate in ${path} expired on ${validToDate.toISOString()}; issue a new one`)
  if (now < validFromDate) throw new GodwitError('agent.certificate-expired', `the certificate in ${path} is valid from ${validFromDate.toISOString()} only; check the clock of this machine`)
}

/** Windows keeps permissions elsewhere. */
async function warningsOf(folder: string, files: readonly string[]): Promise<string[]> {
  if (process.platform === 'win32') return []
  const warnings: string[] = []
  for (const file of files) {
    const path = join(folder, file)
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) warnings.push(`${path} holds a key and other users of this machine may read it; forbid it with "chmod 600 ${path}"`)
  }
  return warnings
}

function checkName(name: string): void {
  const isPlain = /^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u.test(name)
  if (!isPlain || name.length > longestName) throw new GodwitError('agent.name', `"${name}" cannot be the name of a host; use up to ${longestName} letters, digits, dots, dashes and spaces`)
}

async function refuseIfAny(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file)
    if (await exists(path)) throw new GodwitError('agent.credentials-exist', `${path} exists already and is not overwritten; choose another folder, or remove it if no host needs it any more`)
  }
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { mode: 0o600, flag: 'wx' })
}

async function readText(folder: string, file: string): Promise<string> {
  const path = join(folder, file)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const mend = file === authorityKeyFile ? 'certificates can be issued on the machine that made the authority only' : 'make keys with "godwit agent init"'
    throw new GodwitError('agent.no-credentials', isMissing ? `${path} is missing; ${mend}` : `${path} cannot be read; check its permissions`, { cause })
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
