/** The service of hosts on real files, real credentials and real connections. */

import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { initCredentials, issue, makeKey, readCredentials } from '../../src-main/agent/transport/credentials.ts'
import type { AppServicesOptions } from '../../src-main/services/app-services.ts'
import { answeringAgent, facts } from '../helpers/answering-agent.ts'
import { servicesForTest } from '../helpers/services.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

/** Services with certificates of an authority of their own. */
async function servicesWithCertificates(options: Partial<AppServicesOptions> = {}) {
  const folder = temporaryFolder()
  const credentialsFolder = join(folder, 'credentials')
  await initCredentials(credentialsFolder, { name: 'lab-1' })
  return { ...(await servicesForTest({ folder, ...options })), credentialsFolder }
}

async function hostAt({ calls }: Pick<Awaited<ReturnType<typeof servicesForTest>>, 'calls'>, address: string): Promise<string> {
  const { hosts } = await calls.addHost({ name: '', address })
  return hosts.at(-1)?.hostId ?? ''
}

describe('the list of hosts', () => {
  test('has this machine from the beginning, and no certificates', async () => {
    const { calls, folder } = await servicesForTest()
    expect(await calls.hosts()).toEqual({
      hosts: [{ hostId: 'here', name: 'This machine', address: null }],
      credentialsFolder: join(folder, 'credentials'),
      certificates: [],
      hasSharedKey: false,
      credentialsProblem: null,
    })
  })

  test('keeps what is added until it is removed, from one start to the next', async () => {
    const first = await servicesForTest()
    await first.calls.addHost({ name: '  Rack 2 ', address: ' lab-2:7300 ' })
    await first.calls.addHost({ name: '', address: '[FD00::2]:7301' })
    await first.close()
    const { calls } = await servicesForTest({ folder: first.folder })
    const { hosts } = await calls.hosts()
    expect(hosts.map(({ name, address }) => [name, address])).toEqual([['This machine', null], ['Rack 2', 'lab-2:7300'], ['FD00::2', '[FD00::2]:7301']])
    const left = await calls.removeHost(hosts[1]?.hostId ?? '')
    expect(left.hosts.map(({ name }) => name)).toEqual(['This machine', 'FD00::2'])
    expect((await calls.removeHost('nobody')).hosts).toHaveLength(2)
  })

  test.each([
    [{ name: 'x', address: 'lab-2' }, 'hosts.address'],
    [{ name: 'x', address: 'user@lab-2:1' }, 'hosts.address'],
    [{ name: 'n'.repeat(61), address: 'lab-2:1' }, 'hosts.name'],
    [{ name: 'x', address: 'LAB-1:7300' }, 'hosts.known'],
    [{ name: 'x' } as never, 'rpc.arguments'],
  ])('refuses %j', async (host, code) => {
    const { calls } = await servicesForTest()
    await calls.addHost({ name: 'first', address: 'lab-1:7300' })
    await expect(calls.addHost(host)).rejects.toMatchObject({ code })
    expect((await calls.hosts()).hosts).toHaveLength(2)
  })

  test('never loses this machine', async () => {
    const { calls } = await servicesForTest()
    await expect(calls.removeHost('here')).rejects.toMatchObject({ code: 'hosts.here' })
  })

  test('that is damaged is set aside and said', async () => {
    const first = await servicesForTest()
    await first.calls.addHost({ name: 'first', address: 'lab-1:7300' })
    writeFileSync(join(first.folder, 'config', 'hosts.json'), JSON.stringify([{ hostId: 'a', name: 'b', address: 'nowhere' }]))
    expect((await first.calls.hosts()).hosts).toHaveLength(1)
    expect(first.notices[0]).toContain('an address is host:port), so no other machines are known')
  })

  test('survives many windows that add at once', async () => {
    const { calls } = await servicesForTest()
    await Promise.all(Array.from({ length: 20 }, (_, number) => calls.addHost({ name: '', address: `lab-${number}:7300` })))
    expect((await calls.hosts()).hosts).toHaveLength(21)
  })
})

describe('credentials', () => {
  test('are told with what they are for and until when they hold', async () => {
    const { calls } = await servicesWithCertificates()
    const { certificates, credentialsProblem } = await calls.hosts()
    expect(credentialsProblem).toBeNull()
    expect(certificates.map(({ fileName, subject, isAuthority, isExpired }) => ({ fileName, subject, isAuthority, isExpired }))).toEqual([
      { fileName: 'authority.pem', subject: 'Godwit authority lab-1', isAuthority: true, isExpired: false },
      { fileName: 'certificate.pem', subject: 'lab-1', isAuthority: false, isExpired: false },
    ])
    expect(Date.parse(certificates[1]?.expiresAt ?? '')).toBeGreaterThan(Date.now())
  })

  test('may be a key that machines share', async () => {
    const services = await servicesForTest()
    await makeKey(join(services.folder, 'credentials'), 'lab')
    expect(await services.calls.hosts()).toMatchObject({ certificates: [], hasSharedKey: true, credentialsProblem: null })
  })

  test('never leave the program: no key is part of any answer', async () => {
    const { calls, credentialsFolder } = await servicesWithCertificates()
    const told = JSON.stringify(await calls.hosts())
    expect(told).not.toContain('PRIVATE')
    for (const name of readdirSync(credentialsFolder)) expect(told).not.toContain(readFileSync(join(credentialsFolder, name), 'utf8').split('\n')[1])
  })

  test('that are damaged, or open to others, are told so', async () => {
    const { calls, credentialsFolder } = await servicesWithCertificates()
    chmodSync(join(credentialsFolder, 'key.pem'), 0o644)
    expect((await calls.hosts()).credentialsProblem).toContain('other users of this machine may read it')
    writeFileSync(join(credentialsFolder, 'certificate.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    const { certificates, credentialsProblem } = await calls.hosts()
    expect(credentialsProblem).toContain('"certificate.pem" in "')
    expect(certificates).toHaveLength(1)
  })
})

describe('a test of the connection', () => {
  test('tells what the agent says of itself', async () => {
    const services = await servicesWithCertificates()
    const { credentials } = await readCredentials(services.credentialsFolder)
    const agent = await answeringAgent(credentials)
    const test = await services.calls.testHost(await hostAt(services, agent.address))
    expect(test).toEqual({ ok: true, ...facts, roundTripMs: expect.any(Number) as number })
    expect(agent.orders).toEqual(['status'])
  })

  test('lets in a machine with another certificate of the same authority', async () => {
    const services = await servicesWithCertificates()
    const other = join(services.folder, 'other')
    await issue(services.credentialsFolder, other, { name: 'lab-2' })
    const agent = await answeringAgent((await readCredentials(other)).credentials)
    expect(await services.calls.testHost(await hostAt(services, agent.address))).toMatchObject({ ok: true })
  })

  test.each([
    ['of another authority', async (folder: string) => initCredentials(folder, { name: 'stranger' })],
    ['with a shared key', async (folder: string) => makeKey(folder, 'stranger')],
  ])('of an agent %s is refused', async (_what, make) => {
    const services = await servicesWithCertificates({ hosts: { timeoutMs: 3000 } })
    const strange = join(services.folder, 'strange')
    await make(strange)
    const agent = await answeringAgent((await readCredentials(strange)).credentials)
    const test = await services.calls.testHost(await hostAt(services, agent.address))
    expect(test).toMatchObject({ ok: false, code: expect.stringMatching(/^agent\./) as string })
    expect(agent.orders).toEqual([])
  })

  test('without credentials says how to make some', async () => {
    const services = await servicesForTest()
    expect(await services.calls.testHost(await hostAt(services, '127.0.0.1:1'))).toMatchObject({ ok: false, code: 'agent.no-credentials', message: expect.stringContaining('godwit agent init') as string })
  })

  test('where nobody listens says so within seconds', async () => {
    const services = await servicesWithCertificates()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const test = await services.calls.testHost(await hostAt(services, `127.0.0.1:${port}`))
    expect(test).toMatchObject({ ok: false, code: expect.stringMatching(/^agent\./) as string })
  })

  test('of something that is no agent, and never says a word, ends all the same', async () => {
    const services = await servicesWithCertificates({ hosts: { timeoutMs: 300 } })
    const server = createServer((socket) => void socket.on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await services.calls.testHost(await hostAt(services, `127.0.0.1:${port}`))).toMatchObject({ ok: false, code: expect.stringMatching(/^agent\./) as string })
  })

  test('of an agent that is let in and then falls silent ends after its time', async () => {
    const services = await servicesWithCertificates({ hosts: { timeoutMs: 800 } })
    const agent = await answeringAgent((await readCredentials(services.credentialsFolder)).credentials, null)
    expect(await services.calls.testHost(await hostAt(services, agent.address))).toMatchObject({ ok: false, code: 'agent.silent', message: expect.stringContaining(`the agent at ${agent.address} did not answer within 0.8 s`) as string })
  })

  test('of an agent that says what nobody understands asks for an update', async () => {
    const services = await servicesWithCertificates()
    const agent = await answeringAgent((await readCredentials(services.credentialsFolder)).credentials, { ...facts, memoryBytes: 'much' })
    expect(await services.calls.testHost(await hostAt(services, agent.address))).toMatchObject({ ok: false, code: 'agent.status' })
  })

  test('of a host that is gone from the list says so', async () => {
    const { calls } = await servicesForTest()
    expect(await calls.testHost('gone')).toMatchObject({ ok: false, code: 'hosts.unknown' })
  })

  test('of this machine starts an agent for it, and ends it', async () => {
    const credentials = { kind: 'token', token: 'f'.repeat(64) } as const
    const agent = await answeringAgent(credentials, { ...facts, credentials: 'token' })
    let closed = 0
    const { calls } = await servicesForTest({
      hosts: { startLocal: async () => ({ address: { host: '127.0.0.1', port: agent.port, credentials }, close: async () => void closed++ }) },
    })
    expect(await calls.testHost('here')).toMatchObject({ ok: true, credentials: 'token' })
    expect(closed).toBe(1)
  })

  test('of this machine needs nothing but the program', async () => {
    const { calls } = await servicesForTest()
    expect(await calls.testHost('here')).toMatchObject({ ok: true, agent: expect.stringMatching(/^godwit /) as string, memoryBytes: totalmem(), credentials: 'token', sessions: [] })
  })
})
