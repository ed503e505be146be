/** What a simulation costs: CPU time and memory of whole processes, by guest size and by rate of writes. */

import { fileURLToPath } from 'node:url'
import type { Outcome } from '#shared/model/migration-stats.ts'
import { type Benchmark, type Finding, median } from './benchmark.ts'
import { runNode } from './child.ts'

export interface CostOfRun {
  readonly cpuSeconds: number
  readonly peakMegabytes: number
  readonly outcome: Outcome
  readonly pagesSent: number
  readonly majorFaults: number
  readonly iterations: number
  readonly stopRule: string | null
}

const repetitions = 3
const simulateOnce = fileURLToPath(new URL('./children/simulate-once.ts', import.meta.url))

export const simulationBenchmarks: readonly Benchmark[] = [
  {
    name: 'large-guest',
    title: '64 GiB guest, hot-cold 200,000 writes/s over 10 GiB, up to 30 iterations on 10 Gbit/s',
    measure: measureLargeGuest,
  },
  { name: 'post-copy', title: '16 GiB guest, post-copy with 200,000 accesses/s to 15 GiB of missing pages on 10 Gbit/s', measure: measurePostCopy },
  { name: 'write-rate', title: 'the same guest with 100 times the rate of writes', measure: measureWriteRate },
  { name: 'guest-size', title: 'the same workload in guests of 64 GiB, 256 GiB and 1 TiB', measure: measureGuestSize },
]

interface Size {
  readonly memory: string
  readonly writes: number
}

/** Pre-copy that ends after 30 iterations, or before if nothing is left, and by no other rule. */
function largeGuest({ memory, writes }: Size): object {
  return {
    guest: { memory },
    workload: { kind: 'hot-cold', writes: `${writes} pages/s`, workingSet: '10 GiB' },
    link: { bandwidth: '10 Gbit/s' },
    strategy: { kind: 'precopy', policy: 'none', stop: { iterations: 30 } },
  }
}

async function costOf(scenario: object): Promise<CostOfRun> {
  const { stdout } = await runNode(simulateOnce, JSON.stringify(scenario))
  const cost = JSON.parse(stdout) as CostOfRun
  if (cost.outcome !== 'completed') throw new Error(`the migration ended as ${cost.outcome}`)
  return cost
}

async function measureLargeGuest(): Promise<readonly Finding[]> {
  const costs: CostOfRun[] = []
  for (let i = 0; i < repetitions; i++) costs.push(await costOf(largeGuest({ memory: '64 GiB', writes: 200_000 })))
  return [
    { what: `CPU time, median of ${repetitions}`, value: median(costs.map((cost) => cost.cpuSeconds)), unit: 's', target: { atMost: 5 } },
    { what: 'peak memory', value: Math.max(...costs.map((cost) => cost.peakMegabytes)), unit: 'MB', target: { atMost: 300 } },
    { what: 'pages sent', value: costs[0]?.pagesSent ?? 0, unit: 'pages' },
    { what: 'iterations', value: costs[0]?.iterations ?? 0, unit: '' },
  ]
}

/** A guest with one virtual processor, which waits at each fault, and one whose 64 threads go on and fault up to a million times. */
async function measurePostCopy(): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const [name, guest, asyncFaults] of [['1 processor', {}, false], ['64 threads on 8 processors', { vcpus: 8, threads: 64 }, true]] as const) {
    const costs: CostOfRun[] = []
    for (let i = 0; i < repetitions; i++) {
      costs.push(
        await costOf({
          guest: { memory: '16 GiB', ...guest },
          workload: { kind: 'uniform', writes: '100000 pages/s', reads: '100000 pages/s', workingSet: '15 GiB' },
          link: { bandwidth: '10 Gbit/s' },
          tracking: { asyncFaults },
          strategy: { kind: 'postcopy', push: 'multi-pivot' },
        }),
      )
    }
    findings.push(
      { what: `${name}: CPU time, median of ${repetitions}`, value: median(costs.map((cost) => cost.cpuSeconds)), unit: 's', target: { atMost: 5 } },
      { what: `${name}: faults over the network`, value: costs[0]?.majorFaults ?? 0, unit: '' },
      { what: `${name}: peak memory`, value: Math.max(...costs.map((cost) => cost.peakMegabytes)), unit: 'MB' },
    )
  }
  return findings
}

/**
 * Both rates take turns, so that whatever else the machine does falls on both. With tracking that costs the guest
 * nothing it is never slowed down, and dirties as much as it can.
 */
async function measureWriteRate(): Promise<readonly Finding[]> {
  const once: CostOfRun[] = []
  const hundredfold: CostOfRun[] = []
  const unslowed: CostOfRun[] = []
  for (let i = 0; i < repetitions; i++) {
    once.push(await costOf(largeGuest({ memory: '64 GiB', writes: 200_000 })))
    hundredfold.push(await costOf(largeGuest({ memory: '64 GiB', writes: 20_000_000 })))
    unslowed.push(await costOf({ ...largeGuest({ memory: '64 GiB', writes: 20_000_000 }), tracking: { writeFault: '0 us', cleanPerPage: '0 ns' } }))
  }
  const cpu = (costs: readonly CostOfRun[]): number => median(costs.map((cost) => cost.cpuSeconds))
  const sent = (costs: readonly CostOfRun[]): number => costs[0]?.pagesSent ?? Number.NaN
  return [
    { what: 'CPU time at 200,000 writes/s', value: cpu(once), unit: 's' },
    { what: 'CPU time at 20,000,000 writes/s', value: cpu(hundredfold), unit: 's' },
    { what: 'ratio of CPU time', value: cpu(hundredfold) / cpu(once), unit: '', target: { atMost: 2 } },
    { what: 'ratio of pages sent', value: sent(hundredfold) / sent(once), unit: '' },
    { what: 'guest not slowed: ratio of CPU time', value: cpu(unslowed) / cpu(once), unit: '' },
    { what: 'guest not slowed: ratio of pages sent', value: sent(unslowed) / sent(once), unit: '' },
  ]
}

/**
 * Cost is linear in pages if a further page costs the same in a large guest as in a small one (a quarter is left to
 * noise). Further pages are compared, since every run pays alike for starting and for the working set.
 */
async function measureGuestSize(): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const costs: CostOfRun[] = []
  for (const memory of ['64 GiB', '256 GiB', '1 TiB']) {
    const cost = await costOf(largeGuest({ memory, writes: 200_000 }))
    costs.push(cost)
    findings.push(
      { what: `${memory}: CPU time`, value: cost.cpuSeconds, unit: 's' },
      { what: `${memory}: pages sent`, value: cost.pagesSent, unit: 'pages' },
      { what: `${memory}: peak memory`, value: cost.peakMegabytes, unit: 'MB' },
    )
  }
  const [small, middle, large] = costs
  const lower = furtherPage(small, middle)
  const upper = furtherPage(middle, large)
  return [
    ...findings,
    { what: 'CPU time of a further page, 64 to 256 GiB', value: lower, unit: 'ns' },
    { what: 'CPU time of a further page, 256 GiB to 1 TiB', value: upper, unit: 'ns' },
    { what: 'their ratio', value: upper / lower, unit: '', target: { atMost: 1.25 } },
  ]
}

function furtherPage(smaller: CostOfRun | undefined, larger: CostOfRun | undefined): number {
  if (smaller === undefined || larger === undefined) return Number.NaN
  return ((larger.cpuSeconds - smaller.cpuSeconds) * 1e9) / (larger.pagesSent - smaller.pagesSent)
}
