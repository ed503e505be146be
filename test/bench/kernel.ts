/** How fast the simulation kernel turns over events. */

import { Bench } from 'tinybench'
import { Kernel, type Process } from '#shared/sim/kernel/kernel.ts'
import type { Benchmark, Finding } from './benchmark.ts'

export const kernelBenchmarks: readonly Benchmark[] = [
  { name: 'kernel', title: 'events a second of the simulation kernel', measure: measureKernel },
]

const processes = 64
const eventsOfEach = 2_000

/** A process that waits again and again, each with a rhythm of its own, so that the queue is never in order by itself. */
function* ticking(rhythm: number): Process<void> {
  for (let i = 0; i < eventsOfEach; i++) yield rhythm + ((i * 7919) % 1013)
}

function runProcesses(): number {
  const kernel = new Kernel()
  for (let i = 0; i < processes; i++) kernel.spawn(ticking(1 + i * 37))
  kernel.run()
  return kernel.executed
}

/** Entries scheduled by hand, the kernel's lowest level: a queue of 10,000 that are all there at once. */
function runEntries(): number {
  const kernel = new Kernel()
  for (let i = 0; i < 10_000; i++) kernel.schedule((i * 7919) % 10_007, () => undefined)
  kernel.run()
  return kernel.executed
}

async function measureKernel(): Promise<readonly Finding[]> {
  const bench = new Bench({ time: 1000, warmupTime: 300 })
  bench.add('processes', () => void runProcesses()).add('entries', () => void runEntries())
  await bench.run()
  const perSecond = (name: string, events: number): number => {
    const result = bench.getTask(name)?.result
    if (result === undefined || !('throughput' in result)) throw new Error(`${name} could not be measured`)
    return (result.throughput.mean * events) / 1e6
  }
  return [
    { what: `${processes} processes that wait`, value: perSecond('processes', runProcesses()), unit: 'million events/s', target: { atLeast: 1 } },
    { what: '10,000 entries in the queue', value: perSecond('entries', runEntries()), unit: 'million events/s' },
  ]
}
