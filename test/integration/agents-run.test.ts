/** Whole migrations on two real agents: real memory, real sockets, real threads; the memory is compared in the end. */

import { afterAll, describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { hostsInUse } from '../../src-main/lab/agents/hosts.ts'
import { runOnAgents } from '../../src-main/lab/agents/run-on-agents.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const inThreads = hostsInUse({ placement: 'thread' })
const inProcesses = hostsInUse({ placement: 'process' })
afterAll(() => Promise.all([inThreads.close(), inProcesses.close()]))

const guest = { memory: '32 MiB', deviceState: '64 KiB' }
const workload = { kind: 'hot-cold', writes: '3000 pages/s', reads: '3000 pages/s', workingSet: '16 MiB' } as const
const link = { bandwidth: '1 Gbit/s', latency: '100 us', timeout: '2 s' }

async function run(input: ScenarioInput, { hosts = inThreads, seed = 1 } = {}): Promise<MigrationStats> {
  const scenario = scenarioOf({ guest, workload, link, ...input })
  const [source, destination] = await Promise.all([hosts.source(), hosts.destination()])
  return runOnAgents({ scenario, seed, source, destination, isShaped: hosts.isShaped })
}

function expectSound(stats: MigrationStats): void {
  expect(stats.reason).toBeNull()
  expect(stats.outcome).toBe('completed')
  expect(stats.measured?.comparedPages).toBeGreaterThan(0)
  expect(stats.measured?.differingPages).toBe(0)
  expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
  const { plain, zero, delta, compressed, other } = stats.bytesByKind
  expect(plain + zero + delta + compressed + other).toBe(stats.transferredBytes)
  expect(Object.values(stats.downtimeParts).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(stats.downtimeMs, 6)
  expect(stats.timeline.phases.length).toBeGreaterThan(1)
}

const strategies: Readonly<Record<string, ScenarioInput>> = {
  'stop-and-copy': { strategy: { kind: 'stop-and-copy' } },
  precopy: { strategy: { kind: 'precopy', stop: { iterations: 3 } } },
  'precopy that skips what is dirty again': { strategy: { kind: 'precopy', skipDirty: true, scan: 'permuted', stop: { iterations: 3 } } },
  postcopy: { strategy: { kind: 'postcopy' } },
  'postcopy on a connection of its own for faults': { strategy: { kind: 'postcopy', preempt: true, push: 'dual', prefetch: 'neighbours' } },
  'on-demand': { strategy: { kind: 'on-demand', demandTime: '200 ms', prefetch: 'ppm' } },
  hybrid: { strategy: { kind: 'hybrid', stop: { iterations: 1 } } },
  'three-stage': { strategy: { kind: 'three-stage', pushBatch: 32, pushInterval: '10 ms' } },
  self: { strategy: { kind: 'self', stop: { iterations: 3 } } },
  'zero pages, deltas and four channels': {
    guest: { ...guest, zeroPages: '50 %' },
    strategy: { kind: 'precopy', stop: { iterations: 3 } },
    optimisations: { zeroPages: 'multifd', delta: true, channels: 4 },
  },
  'compressed by zstd': { strategy: { kind: 'precopy', stop: { iterations: 2 } }, optimisations: { compression: 'zstd', compressionThreads: 2 } },
  'pseudo-paging with asynchronous faults': { guest: { ...guest, threads: 4, nonPageable: '2 MiB' }, tracking: { trap: 'pseudo-paging', asyncFaults: true }, strategy: { kind: 'postcopy' } },
  'self-ballooning': {
    guest: { ...guest, freeMemory: '8 MiB' },
    balloon: { kind: 'self-ballooning', interval: '100 ms', reserve: '1 MiB' },
    workload: { ...workload, allocation: '4 MiB', allocationPeriod: '500 ms' },
    strategy: { kind: 'postcopy' },
  },
  'auto-converge': { strategy: { kind: 'precopy', stop: { iterations: 5 } }, workload: { ...workload, writes: '60000 pages/s' }, optimisations: { autoConverge: true } },
  'large pages': { guest: { ...guest, pageSize: '64 KiB' }, strategy: { kind: 'hybrid', stop: { iterations: 1 } } },
}

describe('a migration on agents', () => {
  it.each(Object.entries(strategies))('%s: completes with every byte as it must be', async (_name, input) => {
    expectSound(await run(input))
  })

  it('between processes of their own', async () => {
    const stats = await run({ strategy: { kind: 'precopy', stop: { iterations: 2 } } }, { hosts: inProcesses })
    expectSound(stats)
    expect(stats.measured?.transport).toBe('token')
  })
})

describe('a migration on agents that fails', () => {
  it('is refused when the destination has no room, and the guest goes on at the source', async () => {
    const stats = await run({ destination: { freeMemory: '16 MiB' } })
    expect(stats.outcome).toBe('failed')
    expect(stats.reason?.code).toBe('reservation-refused')
    expect(stats.measured?.differingPages).toBe(0)
    expect(stats.measured?.operationsPerSecond.after).toBeGreaterThan(0)
  })

  it('goes on at the source when the link is lost in pre-copy', async () => {
    const stats = await run({ strategy: { kind: 'precopy', stop: { iterations: 3 } }, faults: [{ kind: 'link-loss', phase: 'precopy', at: '50 ms' }] })
    expect(stats.outcome).toBe('failed')
    expect(stats.reason?.code).toBe('connection-lost')
    expect(stats.faultsHit).toBe(1)
    expect(stats.measured?.differingPages).toBe(0)
  })

  it('is lost, and said to be, when the link is lost for good before the destination hears of the commitment', async () => {
    const stats = await run({ strategy: { kind: 'stop-and-copy' }, link: { ...link, latency: '50 ms', timeout: '500 ms' }, faults: [{ kind: 'link-loss', phase: 'activation' }] })
    expect(stats).toMatchObject({ outcome: 'lost', reason: { code: 'connection-lost' } })
  })

  it('completes when the link comes back and the commitment is said again', async () => {
    expectSound(await run({ strategy: { kind: 'stop-and-copy' }, link: { ...link, latency: '50 ms', timeout: '500 ms' }, faults: [{ kind: 'link-loss', phase: 'activation', lasts: '1 s' }] }))
  })

  it('is lost when the link is lost for good in post-copy', async () => {
    const stats = await run({ strategy: { kind: 'postcopy' }, faults: [{ kind: 'link-loss', phase: 'postcopy', at: '50 ms' }] })
    expect(stats.outcome).toBe('lost')
  })

  it('recovers in post-copy when the link comes back', async () => {
    const stats = await run({ strategy: { kind: 'postcopy', recover: true }, faults: [{ kind: 'link-loss', phase: 'postcopy', at: '50 ms', lasts: '3 s' }] })
    expectSound(stats)
    expect(stats.pausedMs).toBeGreaterThan(0)
  })

  it('goes on at the source when the destination is killed in pre-copy', async () => {
    const stats = await run({ strategy: { kind: 'precopy', stop: { iterations: 3 } }, faults: [{ kind: 'destination-crash', phase: 'precopy', at: '50 ms' }] }, { hosts: inProcesses })
    expect(stats.outcome).toBe('failed')
    expect(stats.reason?.code).toBe('destination-crash')
    expect(stats.measured?.differingPages).toBe(0)
  })

  it('goes back to its last checkpoint when the destination is killed in post-copy', async () => {
    const stats = await run(
      { strategy: { kind: 'postcopy', checkpoint: true, checkpointInterval: '20 ms' }, faults: [{ kind: 'destination-crash', phase: 'postcopy', at: '120 ms' }] },
      { hosts: inProcesses },
    )
    expect(stats.outcome).toBe('failed')
    expect(stats.checkpoints).toBeGreaterThan(0)
    expect(stats.measured?.differingPages).toBe(0)
  })

  it('is lost when the source is killed before the guest has left', async () => {
    const stats = await run({ strategy: { kind: 'precopy', stop: { iterations: 3 } }, faults: [{ kind: 'source-crash', phase: 'precopy', at: '50 ms' }] }, { hosts: inProcesses })
    expect(stats.outcome).toBe('lost')
    expect(stats.reason?.code).toBe('source-crash')
  })
})
