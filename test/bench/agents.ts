/** What agents promise: data as fast as the network's own, a short stop, faults answered quickly, tracking at its price. */

import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { hostGuest } from '../../src-main/agent/guest/host-guest.ts'
import { hostsInUse } from '../../src-main/lab/agents/hosts.ts'
import { runOnAgents } from '../../src-main/lab/agents/run-on-agents.ts'
import { warmUpAgents } from '../../src-main/lab/agents/warm-up.ts'
import { scenarioOf } from '../helpers/scenarios.ts'
import type { Benchmark, Finding } from './benchmark.ts'

export const agentBenchmarks: readonly Benchmark[] = [
  { name: 'agents-throughput', title: 'pre-copy of an idle 4 GiB guest against a bare TCP stream', measure: measureThroughput },
  { name: 'agents-faults', title: 'page faults over loopback', measure: measureFaults },
  { name: 'agents-tracking', title: 'what the log of written pages costs a guest', measure: measureTracking },
]

const streamOnce = fileURLToPath(new URL('./children/stream-once.ts', import.meta.url))
/** Each figure is the best of this many: others use the machine too. */
const rounds = 3

async function migrate(input: ScenarioInput): Promise<MigrationStats> {
  const hosts = hostsInUse({ isShaped: false, placement: 'process' })
  try {
    const [source, destination] = await Promise.all([hosts.source(), hosts.destination()])
    await warmUpAgents(source, destination)
    const stats = await runOnAgents({ scenario: scenarioOf(input), seed: 1, source, destination, isShaped: false })
    if (stats.outcome !== 'completed') throw new Error(`the migration ended as ${stats.outcome}: ${stats.reason?.message ?? ''}`)
    return stats
  } finally {
    await hosts.close()
  }
}

async function measureThroughput(): Promise<readonly Finding[]> {
  const bytes = 4 * 2 ** 30
  let bareBytesPerSecond = 0
  let bestRatio = 0
  let migratedBytesPerSecond = 0
  let downtimeMs = Infinity
  for (let round = 0; round < rounds; round++) {
    const bare = await bareStream(bytes)
    const stats = await migrate({ guest: { memory: '4 GiB', deviceState: '64 KiB' }, link: { bandwidth: '100 Gbit/s', latency: '0 us' }, strategy: { kind: 'precopy', stop: { iterations: 1 } } })
    const [first] = stats.iterations
    if (first === undefined) throw new Error('the migration has no iteration')
    const migrated = (first.bytes * 1e3) / first.ms
    bareBytesPerSecond = Math.max(bareBytesPerSecond, bare)
    migratedBytesPerSecond = Math.max(migratedBytesPerSecond, migrated)
    bestRatio = Math.max(bestRatio, migrated / bare)
    downtimeMs = Math.min(downtimeMs, stats.downtimeMs)
  }
  return [
    { what: 'bare TCP stream between two processes', value: bareBytesPerSecond / 1e6, unit: 'MB/s' },
    { what: 'first iteration of pre-copy', value: migratedBytesPerSecond / 1e6, unit: 'MB/s' },
    { what: 'share of the bare stream, best round', value: 100 * bestRatio, unit: '%', target: { atLeast: 80 } },
    { what: 'downtime with nothing dirty', value: downtimeMs, unit: 'ms', target: { atMost: 10 } },
  ]
}

/** Bytes per second of a stream from one Node process to another over loopback. */
async function bareStream(bytes: number): Promise<number> {
  const receiver = fork(streamOnce, ['receive', String(bytes)])
  const { port } = (await messageOf(receiver)) as { readonly port: number }
  const sender = fork(streamOnce, ['send', String(bytes), String(port)])
  const { seconds } = (await messageOf(receiver)) as { readonly seconds: number }
  for (const child of [receiver, sender]) child.kill()
  return bytes / seconds
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`a stream ended with status ${code}`)))
  })
}

async function measureFaults(): Promise<readonly Finding[]> {
  const guest = { memory: '256 MiB', deviceState: '64 KiB' }
  const link = { bandwidth: '100 Gbit/s', latency: '0 us' }
  const workload = { kind: 'uniform', writes: '500 pages/s', reads: '500 pages/s', workingSet: '256 MiB' } as const
  const idle: MigrationStats[] = []
  const pushed: MigrationStats[] = []
  for (let round = 0; round < rounds; round++) {
    idle.push(await migrate({ guest, link, workload, strategy: { kind: 'on-demand', demandTime: '2 s' } }))
    // Slow enough for faults to come while the push goes on without pause.
    pushed.push(await migrate({ guest, link, workload: { ...workload, reads: '20000 pages/s' }, strategy: { kind: 'postcopy', preempt: true, maxRate: '2 Gbit/s' } }))
  }
  const least = (runs: readonly MigrationStats[], of: (stats: MigrationStats) => number): number => Math.min(...runs.map(of))
  return [
    { what: 'fault on an idle loopback, median', value: least(idle, (stats) => stats.faultP50Ms), unit: 'ms', target: { atMost: 0.5 } },
    { what: 'faults measured', value: idle[0]?.majorFaults ?? 0, unit: '' },
    { what: 'fault under full push with preempt, 95 %', value: least(pushed, (stats) => stats.faultP95Ms), unit: 'ms', target: { atMost: 2 } },
    { what: 'faults measured under push', value: pushed[0]?.majorFaults ?? 0, unit: '' },
  ]
}

/** A guest under log-dirty with its log read as in iterations, against what the scenario charges for that. */
async function measureTracking(): Promise<readonly Finding[]> {
  const writeFaultNs = 20_000
  const scenario = scenarioOf({ guest: { memory: '64 MiB' }, workload: { kind: 'uniform', writes: '10000 pages/s', workingSet: '32 MiB' } })
  const guest = await hostGuest({ scenario, seed: 1, memory: 'whole' })
  try {
    guest.start()
    await pause(300)
    let excess = Infinity
    for (let round = 0; round < rounds; round++) {
      guest.startTracking(writeFaultNs)
      const from = { ns: Number(process.hrtime.bigint()), workNs: guest.guestNs, faults: guest.writeFaults }
      await pause(1000)
      const lostNs = Number(process.hrtime.bigint()) - from.ns - (guest.guestNs - from.workNs)
      const chargedNs = (guest.writeFaults - from.faults) * writeFaultNs
      guest.stopTracking()
      excess = Math.min(excess, lostNs / chargedNs - 1)
    }
    return [{ what: 'cost of tracking above what is configured', value: 100 * excess, unit: '%', target: { atMost: 10 } }]
  } finally {
    await guest.close()
  }
}
