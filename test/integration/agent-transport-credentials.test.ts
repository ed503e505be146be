/** Folders with keys and certificates: how they are made, and what is said of one that is of no use. */

import { X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { issueCertificate, makeAuthority } from '../../src-main/agent/transport/certificates.ts'
import { initCredentials, issue, makeKey, readCredentials } from '../../src-main/agent/transport/credentials.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const refused = (code: string, words = '') => expect.objectContaining({ name: 'GodwitError', code, message: expect.stringContaining(words) })
const newFolder = (): string => join(temporaryFolder(), 'agent')
const mode = (path: string): number => statSync(path).mode & 0o777

describe('Certificates', () => {
  it('are made for a host by an authority of its own, for nobody else to read', async () => {
    const folder = newFolder()
    await initCredentials(folder, { name: 'lab-1' })
    const { credentials, warnings } = await readCredentials(folder)
    if (credentials.kind !== 'certificate') throw new Error('no certificate')
    const [authority, certificate] = [new X509Certificate(credentials.authority), new X509Certificate(credentials.certificate)]
    expect(certificate.subject).toBe('CN=lab-1')
    expect([authority.ca, certificate.ca]).toEqual([true, false])
    expect([certificate.checkIssued(authority), certificate.verify(authority.publicKey)]).toEqual([true, true])
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(warnings).toEqual([])
    expect(mode(folder)).toBe(0o700)
    for (const file of ['authority-key.pem', 'key.pem']) expect(mode(join(folder, file))).toBe(0o600)
  })

  it('are issued for a further host without the key of the authority', async () => {
    const [first, second] = [newFolder(), newFolder()]
    await initCredentials(first, { name: 'lab-1' })
    await issue(first, second, { name: 'lab-2' })
    const { credentials } = await readCredentials(second)
    if (credentials.kind !== 'certificate') throw new Error('no certificate')
    expect(new X509Certificate(credentials.certificate).subject).toBe('CN=lab-2')
    expect(credentials.authority).toBe(readFileSync(join(first, 'authority.pem'), 'utf8'))
    expect(existsSync(join(second, 'authority-key.pem'))).toBe(false)
    await expect(issue(second, newFolder(), { name: 'lab-3' })).rejects.toEqual(refused('agent.no-credentials', 'authority-key.pem'))
  })

  it('are not overwritten', async () => {
    const folder = newFolder()
    await initCredentials(folder, { name: 'lab-1' })
    const before = readFileSync(join(folder, 'key.pem'), 'utf8')
    await expect(initCredentials(folder, { name: 'lab-1' })).rejects.toEqual(refused('agent.credentials-exist'))
    await expect(issue(folder, folder, { name: 'lab-2' })).rejects.toEqual(refused('agent.credentials-exist'))
    await expect(makeKey(folder, 'lab')).rejects.toEqual(refused('agent.credentials-exist'))
    expect(readFileSync(join(folder, 'key.pem'), 'utf8')).toBe(before)
  })

  it.each(['', '../up', 'a\nb', 'x'.repeat(65)])('are not made for the name %j', async (name) => {
    await expect(initCredentials(newFolder(), { name })).rejects.toEqual(refused('agent.name'))
  })

  it('that have expired are refused with the day', async () => {
    const folder = newFolder()
    await initCredentials(folder, { name: 'lab-1' })
    const [authority, key] = ['authority.pem', 'authority-key.pem'].map((file) => readFileSync(join(folder, file), 'utf8'))
    const old = await issueCertificate({ certificate: authority ?? '', key: key ?? '' }, 'lab-1', new Date('2020-01-01T00:00:00Z'))
    writeFileSync(join(folder, 'certificate.pem'), old.certificate)
    await expect(readCredentials(folder)).rejects.toEqual(refused('agent.certificate-expired', '2022-04-05'))
  })

  it('of another authority, or that are none, are refused with the file', async () => {
    const folder = newFolder()
    await initCredentials(folder, { name: 'lab-1' })
    writeFileSync(join(folder, 'authority.pem'), (await makeAuthority('other', new Date())).certificate)
    await expect(readCredentials(folder)).rejects.toEqual(refused('agent.credentials', 'was not issued by'))
    writeFileSync(join(folder, 'authority.pem'), 'no certificate')
    await expect(readCredentials(folder)).rejects.toEqual(refused('agent.credentials', 'authority.pem'))
    rmSync(join(folder, 'key.pem'))
    await expect(readCredentials(folder)).rejects.toEqual(refused('agent.no-credentials', 'key.pem'))
  })

  it.skipIf(process.platform === 'win32')('that others may read are warned of', async () => {
    const folder = newFolder()
    await initCredentials(folder, { name: 'lab-1' })
    chmodSync(join(folder, 'key.pem'), 0o644)
    const { warnings } = await readCredentials(folder)
    expect(warnings).toEqual([expect.stringContaining('chmod 600')])
  })
})

describe('A pre-shared key', () => {
  it('is made and read, for nobody else to read', async () => {
    const folder = newFolder()
    await makeKey(folder, 'lab')
    const { credentials, warnings } = await readCredentials(folder)
    expect(credentials).toMatchObject({ kind: 'psk', identity: 'lab' })
    expect(credentials.kind === 'psk' ? credentials.key.byteLength : 0).toBe(32)
    expect(warnings).toEqual([])
    expect(mode(join(folder, 'shared-key.json'))).toBe(0o600)
  })

  it.each(['', 'null', '[]', '{"identity":"lab"}', '{"identity":"lab","key":"00"}', '{"identity":"","key":"'.concat('0'.repeat(64), '"}')])('is not read from %j', async (text) => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'shared-key.json'), text)
    await expect(readCredentials(folder)).rejects.toEqual(refused('agent.credentials', 'shared-key.json'))
  })
})

it('A folder without keys is told how to get some', async () => {
  await expect(readCredentials(newFolder())).rejects.toEqual(refused('agent.no-credentials', 'godwit agent init'))
})
