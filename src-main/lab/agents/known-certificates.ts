/** What is in a credentials folder: its certificates, and whether there is a shared key. Of keys nothing is read. */

import { X509Certificate } from 'node:crypto'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostsOverview, KnownCertificate } from '#shared/rpc/app-contract.ts'

/** As `godwit agent key` calls it. */
const sharedKeyFile = 'shared-key.json'

/** A certificate is a few KiB; what is larger is something else. */
const largestFileBytes = 64 * 1024

export async function knownCertificates(folder: string, now = new Date()): Promise<Pick<HostsOverview, 'certificates' | 'hasSharedKey' | 'credentialsProblem'>> {
  try {
    const all = await readdir(folder)
    const names = all.filter((name) => /\.(pem|crt|cer)$/i.test(name) && !/key/i.test(name)).sort()
    const certificates: KnownCertificate[] = []
    const damaged: string[] = []
    for (const fileName of names) {
      const read = await certificatesIn(folder, fileName, now)
      if (read === null) damaged.push(fileName)
      else certificates.push(...read)
    }
    const credentialsProblem = damaged.length === 0 ? null : `${damaged.map((name) => `"${name}"`).join(', ')} in "${folder}" ${damaged.length === 1 ? 'holds no certificate that can be read' : 'hold no certificates that can be read'}; issue anew what was in there`
    return { certificates, hasSharedKey: all.includes(sharedKeyFile), credentialsProblem }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return { certificates: [], hasSharedKey: false, credentialsProblem: code === 'ENOENT' ? null : `the folder "${folder}" cannot be read (${code}); check its permissions` }
  }
}

/** Null: there is none, or it is damaged. */
async function certificatesIn(folder: string, fileName: string, now: Date): Promise<readonly KnownCertificate[] | null> {
  const handle = await open(join(folder, fileName), 'r')
  try {
    const stat = await handle.stat()
    if (!stat.isFile() || stat.size > largestFileBytes) return null
    const blocks = (await handle.readFile('utf8')).match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)
    return blocks === null ? null : blocks.map((block) => describe(new X509Certificate(block), fileName, now))
  } catch (error) {
    // The file system's own errors are told as such.
    if (error instanceof Error && 'syscall' in error) throw error
    return null
  } finally {
    await handle.close()
  }
}

function describe({ subject, ca, validToDate }: X509Certificate, fileName: string, now: Date): KnownCertificate {
  const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ')
  return { fileName, subject: name, isAuthority: ca, expiresAt: validToDate.toISOString(), isExpired: validToDate <= now }
}
