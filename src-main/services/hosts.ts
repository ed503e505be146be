/** The machines with agents that a user knows: this one, and those that were added. */

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, HostsOverview, HostTest, KnownHost } from '#shared/rpc/app-contract.ts'
import { readHostAddress, showHostAddress } from '#shared/scenario/suite-hosts.ts'
import type { AgentAddress } from '../agent/sessions.ts'
import { type Connect, credentialsIn, type ReadCredentials } from '../lab/agents/access.ts'
import { askStatus } from '../lab/agents/ask-status.ts'
import { knownCertificates } from '../lab/agents/known-certificates.ts'
import { jsonFile } from './json-file.ts'

export interface HostsOptions {
  readonly configFolder: string
  readonly credentialsFolder: string
  readonly onNotice: (sentence: string) => void
  readonly connect?: Connect | undefined
  readonly readCredentials?: ReadCredentials | undefined
  /** Starts an agent of this machine for a moment. */
  readonly startLocal?: (() => Promise<LocalAgentForTest>) | undefined
  readonly timeoutMs?: number | undefined
}

export interface LocalAgentForTest {
  readonly address: AgentAddress
  readonly close: () => Promise<void>
}

type HostCalls = Pick<AppCalls, 'hosts' | 'addHost' | 'removeHost' | 'testHost'>

const here: KnownHost = { hostId: 'here', name: 'This machine', address: null }

/** More are a slip of the pen. */
const mostHosts = 200
const longestName = 60

const schema = z.array(z.object({ hostId: z.string(), name: z.string(), address: z.string().refine((text) => readHostAddress(text).ok, 'an address is host:port') }))
type Remote = z.output<typeof schema>[number]

export function hostsService({ configFolder, credentialsFolder, onNotice, connect, readCredentials = credentialsIn, startLocal = startAgentHere, timeoutMs }: HostsOptions): HostCalls {
  const file = jsonFile<readonly Remote[]>({ path: join(configFolder, 'hosts.json'), schema, absent: [], without: 'no other machines are known', onNotice })
  const overview = async (remote: readonly Remote[]): Promise<HostsOverview> => ({ hosts: [here, ...remote], credentialsFolder, ...(await credentialsOverview()) })
  const options = { ...(connect === undefined ? {} : { connect }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }

  async function credentialsOverview() {
    const known = await knownCertificates(credentialsFolder)
    const isEmpty = known.certificates.length === 0 && !known.hasSharedKey
    return isEmpty || known.credentialsProblem !== null ? known : { ...known, credentialsProblem: await problemOf(readCredentials(credentialsFolder)) }
  }

  async function testHere(): Promise<HostTest> {
    const { address, close } = await startLocal()
    try {
      return { ok: true, ...(await askStatus(address, options)) }
    } finally {
      await close()
    }
  }

  async function testRemote({ address: written }: Remote): Promise<HostTest> {
    const read = readHostAddress(written)
    if (!read.ok) throw new GodwitError('hosts.address', read.problem)
    const { credentials } = await readCredentials(credentialsFolder)
    return { ok: true, ...(await askStatus({ ...read.address, credentials }, options)) }
  }

  return {
    hosts: async () => overview(await file.read()),
    addHost: async (host) => {
      const added = checkedHost(host)
      return overview(await file.change((known) => withHost(known, added)))
    },
    removeHost: async (hostId) => {
      if (hostId === here.hostId) throw new GodwitError('hosts.here', 'this machine is always known and cannot be taken out')
      return overview(await file.change((known) => known.filter((host) => host.hostId !== hostId)))
    },
    testHost: async (hostId) => {
      try {
        if (hostId === here.hostId) return await testHere()
        const host = (await file.read()).find((known) => known.hostId === hostId)
        if (host === undefined) throw new GodwitError('hosts.unknown', 'this machine is not in the list any more; somebody took it out')
        return await testRemote(host)
      } catch (error) {
        if (!(error instanceof GodwitError)) throw error
        return { ok: false, code: error.code, message: error.message }
      }
    },
  }
}

/** Why credentials are of no use, or not as secret as they should be. */
async function problemOf(reading: ReturnType<ReadCredentials>): Promise<string | null> {
  try {
    const { warnings } = await reading
    return warnings.length === 0 ? null : warnings.join('; ')
  } catch (error) {
    if (error instanceof GodwitError) return error.message
    throw error
  }
}

function checkedHost({ name: typed, address }: { readonly name: string; readonly address: string }): Omit<Remote, 'hostId'> {
  const read = readHostAddress(address)
  if (!read.ok) throw new GodwitError('hosts.address', read.problem)
  const name = typed.trim()
  if (name.length > longestName) throw new GodwitError('hosts.name', `a name has at most ${longestName} characters, and this one has ${name.length}`)
  return { name: name === '' ? read.address.host.slice(0, longestName) : name, address: showHostAddress(read.address) }
}

function withHost(known: readonly Remote[], added: Omit<Remote, 'hostId'>): readonly Remote[] {
  const twin = known.find(({ address }) => address.toLowerCase() === added.address.toLowerCase())
  if (twin !== undefined) throw new GodwitError('hosts.known', `${added.address} is in the list already, as "${twin.name}"`)
  if (known.length >= mostHosts) throw new GodwitError('hosts.many', `at most ${mostHosts} machines are kept; take one out first`)
  return [...known, { hostId: randomUUID(), ...added }]
}

async function startAgentHere(): Promise<LocalAgentForTest> {
  const { LocalAgents } = await import('../lab/agents/local-agents.ts')
  const agents = new LocalAgents('process', undefined)
  try {
    const { address } = await agents.get('source')
    return { address, close: () => agents.close() }
  } catch (error) {
    await agents.close()
    throw error
  }
}
