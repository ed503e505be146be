/** Makes the keys and certificates of agents: an authority of the user's own, and one certificate for each host. */

import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export interface KeyPair {
  /** PEM. */
  readonly certificate: string
  readonly key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 3600 * 1000
/** Long enough for a study, short enough that a forgotten key does not open hosts for ever (lab). */
const authorityDays = 3650
const hostDays = 825
/** Clocks of hosts may differ by this much (lab). */
const clockSlackMs = 3600 * 1000

export async function makeAuthority(name: string, now: Date): Promise<KeyPair> {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity(now, authorityDays),
      serialNumber: serialNumber(),
      name: [{ CN: [`Godwit authority ${name}`] }],
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    }
  )
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** A certificate with which a host may both listen and dial. */
export async function issueCertificate(authority: KeyPair, name: string, now: Date): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.key), algorithm, false, ['sign'])
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...validity(now, hostDays),
      serialNumber: serialNumber(),
      subject: [{ CN: [name] }],
      issuer: issuer.subjectName,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ],
    }
  )
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** The types of keys are those of the surroundings, which the library shares. */
async function newKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function pemOf(key: Awaited<ReturnType<typeof newKeys>>['privateKey']): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

function validity(now: Date, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now.getTime() - clockSlackMs), notAfter: new Date(now.getTime() + days * dayMs) }
}

/** Positive, and never used twice. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = 1 + ((bytes[0] ?? 0) & 0x3f)
  return bytes.toString('hex')
}
