/** What an agent refuses, and what its peer is told: real agents, real sockets. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { writtenScenario } from '#shared/scenario/written.ts'
import { bitmapFrame, pagesHead } from '#shared/wire/frame-writer.ts'
import { type Message, wireVersion } from '#shared/wire/messages.ts'
import { connectAgent } from '../../src-main/agent/client.ts'
import { startAgent } from '../../src-main/agent/host-agent.ts'
import { limitsOf } from '../../src-main/agent/links.ts'
import { dialAs, onlyMessages } from '../../src-main/agent/sessions.ts'
import type { AgentConnection, Credentials } from '../../src-main/agent/transport/contract.ts'
import { dialPeer } from '../../src-main/agent/transport/dial.ts'
import { runOnAgents } from '../../src-main/lab/agents/run-on-agents.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const credentials: Credentials = { kind: 'token', token: 'a token that both know' }
const small = { guest: { memory: '16 MiB' }, workload: { workingSet: '4 MiB' }, link: { timeout: '2 s' } } satisfies ScenarioInput
let agent: { readonly port: number; close(): Promise<void> }
beforeAll(async () => {
  agent = await startAgent({ host: '127.0.0.1', port: 0, credentials, memoryLimitBytes: 64 << 20 })
})
afterAll(() => agent.close())
const address = () => ({ host: '127.0.0.1', port: agent.port, credentials })

/** The next message from the peer, or what ended the connection. */
function answerOn(connection: AgentConnection): Promise<Message | Error | null> {
  return Promise.race([new Promise<Message>((resolve) => connection.receive(onlyMessages(resolve))), connection.closed])
}

async function reserved(input: ScenarioInput, session: string): Promise<{ readonly connection: AgentConnection; readonly answer: Message | Error | null }> {
  const scenario = scenarioOf(input)
  const { connection } = await dialAs({ ...address(), role: 'migration', session, channel: 0, timeoutNs: 5e9 })
  connection.setLimits(limitsOf(scenario))
  const answer = answerOn(connection)
  await connection.message({ kind: 'reserve', scenario: writtenScenario(scenario), seed: 1, shaped: false, channels: 1 })
  return { connection, answer: await answer }
}

describe('an agent refuses', () => {
  it('a peer of another version, and says which side is older', async () => {
    const connection = await dialPeer({ ...address(), timeoutNs: 5e9 })
    const answer = answerOn(connection)
    await connection.message({ kind: 'hello', version: wireVersion + 1, role: 'control', session: 'x', channel: 0, agent: '', capabilities: [] })
    expect(await answer).toMatchObject({ kind: 'refuse', code: 'agent.version', message: expect.stringContaining('update this agent') })
  })

  it('a guest for which it has no room, with the numbers', async () => {
    const { answer } = await reserved({ ...small, guest: { memory: '128 MiB' } }, 'too-large')
    expect(answer).toMatchObject({ kind: 'refuse', code: 'reservation-refused', message: expect.stringMatching(/64 MiB free.*128 MiB/) })
  })

  it('a scenario that is none', async () => {
    const { connection } = await dialAs({ ...address(), role: 'migration', session: 'nonsense', channel: 0, timeoutNs: 5e9 })
    const answer = answerOn(connection)
    await connection.message({ kind: 'reserve', scenario: { guest: { memory: 'a lot' } }, seed: 1, shaped: false, channels: 1 })
    expect(await answer).toMatchObject({ kind: 'refuse', code: 'agent.scenario', message: expect.stringContaining('guest.memory') })
  })

  it('what only the simulator can do', async () => {
    const { answer } = await reserved({ ...small, strategy: { kind: 'cold' } }, 'cold')
    expect(answer).toMatchObject({ kind: 'refuse', code: 'agent.scenario', message: expect.stringContaining('strategy.kind') })
  })

  it('more connections than the scenario has', async () => {
    const { connection } = await dialAs({ ...address(), role: 'migration', session: 'many', channel: 0, timeoutNs: 5e9 })
    const answer = answerOn(connection)
    await connection.message({ kind: 'reserve', scenario: writtenScenario(scenarioOf(small)), seed: 1, shaped: false, channels: 1e9 })
    expect(await answer).toMatchObject({ kind: 'refuse', code: 'wire.unexpected' })
  })

  it('a guest of another size than the lab announced', async () => {
    const client = await connectAgent(address())
    await client.order('expect', { session: 'announced', scenario: writtenScenario(scenarioOf({ ...small, guest: { memory: '20 MiB' } })), seed: 1 })
    const { answer } = await reserved(small, 'announced')
    expect(answer).toMatchObject({ kind: 'refuse', code: 'agent.scenario' })
    await client.close()
  })

  it('pages for a run that nobody announced', async () => {
    await expect(dialAs({ ...address(), role: 'data', session: 'unheard of', channel: 0, timeoutNs: 5e9 })).rejects.toMatchObject({ code: 'agent.session' })
  })

  it('a channel that was not agreed on', async () => {
    const { connection } = await reserved(small, 'channels')
    await expect(dialAs({ ...address(), role: 'data', session: 'channels', channel: 7, timeoutNs: 5e9 })).rejects.toMatchObject({ code: 'wire.unexpected' })
    connection.destroy()
  })

  it('pages beyond the guest, and ends the connection', async () => {
    const { connection } = await reserved(small, 'beyond')
    const data = (await dialAs({ ...address(), role: 'data', session: 'beyond', channel: 0, timeoutNs: 5e9 })).connection
    const ended = answerOn(data)
    const table = { purpose: 'copy', count: 1, pages: Uint32Array.of(4096), kinds: Uint8Array.of(0), lengths: Uint32Array.of(4096) } as const
    await data.frame([pagesHead(table), new Uint8Array(4096)])
    const told = await ended
    expect(told === null || told instanceof Error || told.kind === 'abort').toBe(true)
    await data.closed
    connection.destroy()
  })

  it('a bitmap of another size', async () => {
    const { connection } = await reserved(small, 'bitmap')
    const ended = answerOn(connection)
    await connection.frame([bitmapFrame(new Bitmap(12))])
    expect(await ended).toMatchObject({ kind: 'abort', code: expect.stringMatching(/^wire\./) })
  })

  it('an order that it does not know, and one to kill itself that it was not allowed', async () => {
    const client = await connectAgent(address())
    await expect(client.order('dance', {})).rejects.toMatchObject({ code: 'agent.order' })
    await expect(client.order('crash', {})).rejects.toMatchObject({ code: 'agent.faults' })
    expect(await client.order('status', {})).toMatchObject({ protocol: wireVersion, sessions: expect.any(Array) })
    await client.close()
  })
})

it('a destination that nobody answers for leaves the guest at the source', async () => {
  const source = await startAgent({ host: '127.0.0.1', port: 0, credentials })
  const gone = await startAgent({ host: '127.0.0.1', port: 0, credentials })
  try {
    const host = (port: number) => ({ address: { host: '127.0.0.1', port, credentials }, kill: async () => undefined })
    const scenario = scenarioOf(small)
    // The lab reaches the destination; the source is told of a port at which nobody listens any more.
    await gone.close()
    await expect(runOnAgents({ scenario, seed: 1, source: host(source.port), destination: host(gone.port), isShaped: false })).rejects.toMatchObject({ code: 'agent.refused-connection' })
    const client = await connectAgent({ host: '127.0.0.1', port: source.port, credentials })
    await client.order('prepare', { session: 'alone', scenario: writtenScenario(scenario), seed: 1, destination: { host: '127.0.0.1', port: gone.port }, isShaped: false })
    const { stats } = (await client.order('migrate', { session: 'alone' })) as { readonly stats: { readonly outcome: string; readonly reason: { readonly code: string } } }
    expect(stats).toMatchObject({ outcome: 'failed', reason: { code: 'agent.refused-connection' } })
    expect(await client.order('guest', { session: 'alone' })).toMatchObject({ guest: 'running' })
    expect(await client.order('verify', { session: 'alone' })).toMatchObject({ differingPages: 0 })
    await client.close()
  } finally {
    await source.close()
  }
})
