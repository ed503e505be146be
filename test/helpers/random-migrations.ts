/** Random migrations for agents: strategies, sizes and workloads drawn from a seed, a third of them with a failure. */

import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { hashedUniform } from '#shared/sim/kernel/streams.ts'

type Strategy = NonNullable<ScenarioInput['strategy']>
type Fault = NonNullable<ScenarioInput['faults']>[number]

const strategies: readonly Strategy[] = [
  { kind: 'stop-and-copy' },
  { kind: 'precopy', stop: { iterations: 3 } },
  { kind: 'precopy', stop: { iterations: 2 }, skipDirty: true, scan: 'permuted' },
  { kind: 'postcopy', push: 'forward' },
  { kind: 'postcopy', push: 'multi-pivot', preempt: true, prefetch: 'ppm' },
  { kind: 'postcopy', recover: true, prefetch: 'next-k' },
  { kind: 'postcopy', checkpoint: true, checkpointInterval: '30 ms' },
  { kind: 'on-demand', demandTime: '150 ms' },
  { kind: 'hybrid', stop: { iterations: 1 }, preempt: true },
  { kind: 'three-stage', pushBatch: 32, pushInterval: '10 ms' },
  { kind: 'self', stop: { iterations: 2 } },
]
const optimisations: ReadonlyArray<NonNullable<ScenarioInput['optimisations']>> = [
  {},
  { zeroPages: 'marker' },
  { delta: true, zeroPages: 'multifd', channels: 3 },
  { compression: 'zstd', compressionThreads: 2 },
  { compression: 'zlib', channels: 2 },
  { autoConverge: true },
]
const kinds = ['idle', 'sequential', 'uniform', 'hot-cold', 'zipf', 'burst', 'phased', 'web-server', 'oltp', 'kernel-compile']
const phases = ['reservation', 'precopy', 'stop-and-copy', 'commitment', 'activation', 'postcopy'] as const

export interface RandomMigration {
  readonly input: ScenarioInput
  readonly hasFault: boolean
}

/** Number `index` of the migrations of a seed. */
export function randomMigration(seed: number, index: number): RandomMigration {
  let drawn = 0
  const draw = (): number => hashedUniform(seed, index, drawn++)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(draw() * items.length)] as Item
  const memoryMib = 16 + Math.floor(draw() * 33)
  const strategy = pick(strategies)
  const usesDelta = strategy.kind === 'precopy' || strategy.kind === 'self'
  const chosen = pick(optimisations)
  const hasFault = draw() < 1 / 3
  const fault: Fault = {
    kind: pick(['link-loss', 'source-crash', 'destination-crash'] as const),
    phase: pick(phases),
    at: `${Math.floor(draw() * 60)} ms`,
  }
  const faults = !hasFault ? [] : [fault.kind === 'link-loss' && draw() < 0.5 ? { ...fault, lasts: `${50 + Math.floor(draw() * 600)} ms` } : fault]
  return {
    hasFault,
    input: {
      guest: { memory: `${memoryMib} MiB`, deviceState: '64 KiB', zeroPages: pick(['0 %', '30 %']), freeMemory: '4 MiB', nonPageable: '1 MiB' },
      workload: { kind: pick(kinds) as 'uniform', writes: pick(['500 pages/s', '5000 pages/s', '40000 pages/s']), reads: pick(['0 pages/s', '5000 pages/s']), workingSet: '8 MiB' },
      balloon: draw() < 0.25 ? { kind: 'self-ballooning', interval: '100 ms', reserve: '1 MiB' } : {},
      link: { bandwidth: pick(['400 Mbit/s', '1 Gbit/s', '4 Gbit/s']), latency: '100 us', timeout: '1 s' },
      strategy,
      optimisations: chosen.delta === true && !usesDelta ? { ...chosen, delta: false } : chosen,
      faults,
    },
  }
}
