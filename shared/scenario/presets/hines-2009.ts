/**
 * Post-copy as Hines and Gopalan (VEE 2009) compare it with pre-copy: the ways to bring memory, over workloads that read
 * or write much and over guest sizes, with and without dynamic self-ballooning.
 *
 * Theirs are: a paravirtual guest on Xen 3.2.1, pseudo-paging, a link of a gigabit, and a look for free memory every 5 s
 * (verified, source). Sizes, rates, and a working set in the midst of the memory are ours (lab), for no table of theirs could
 * be read.
 */

import type { ScenarioInput } from '../scenario.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'

const setting = { link: { bandwidth: '1 Gbit/s', latency: '100 us' }, tracking: { mechanism: 'shadow', trap: 'pseudo-paging' } } as const

/** A guest to look at by itself; the suite brings its own. */
const guest = { memory: '512 MiB', freeMemory: '128 MiB' } as const
const workload = { kind: 'hot-cold', writes: '2000 pages/s', reads: '20000 pages/s', workingSet: '256 MiB', start: '96 MiB' } as const

type Strategy = NonNullable<ScenarioInput['strategy']>

function system(title: string, description: string, strategy: Strategy): ScenarioPreset {
  return { title: `Hines 2009: ${title}`, description, input: { guest, workload, ...setting, strategy } }
}

/** A small batch keeps the queue that a page asked for waits behind short (lab). */
const pushed = { kind: 'postcopy', pushBatch: 32 } as const

export const hines2009Scenarios: Readonly<Record<string, ScenarioPreset>> = {
  'hines-2009/pre-copy': system('pre-copy', 'What post-copy is compared with: the pre-copy of Xen.', { kind: 'precopy', policy: 'xen-classic' }),
  'hines-2009/demand-paging': system('demand paging', 'For a time only what the guest asks for is sent, then the rest.', { kind: 'on-demand', demandTime: '20 s', push: 'linear', pushBatch: 32 }),
  'hines-2009/active-push': system('active push', 'The rest is pushed by address, whatever the guest asks for.', { ...pushed, push: 'linear' }),
  'hines-2009/forward': system('bubbling, forward', 'The push goes upwards from the page last asked for.', { ...pushed, push: 'forward' }),
  'hines-2009/dual': system('bubbling, both directions', 'The push goes up and down from the page last asked for.', { ...pushed, push: 'dual' }),
  'hines-2009/multi-pivot': system('bubbling with seven pivots', 'The push grows bubbles around the pages last asked for.', { ...pushed, push: 'multi-pivot' }),
  'hines-2009/hybrid': system('one iteration, then post-copy', 'The hybrid that they left for later: all memory once while the guest runs, then what it dirtied by post-copy.', {
    kind: 'hybrid', push: 'multi-pivot', pushBatch: 32, stop: { iterations: 1 },
  }),
}

export const hines2009Suites: Readonly<Record<string, SuitePreset>> = {
  'hines-2009': {
    title: 'Hines 2009: pre-copy against post-copy',
    description: 'A guest that reads much and one that writes much, of three sizes, with and without a balloon, by pre-copy and by six kinds of post-copy.',
    yaml: `godwit: 1
name: Hines 2009
description: Pre-copy against post-copy with every way to bring memory.
base:
  ${inline(setting)}
  workload: { kind: hot-cold }
vary:
  - { field: preset, values: [${Object.keys(hines2009Scenarios).join(', ')}] }
  - zip:
      - { field: workload.name, values: [read-intensive, write-intensive] }
      - { field: workload.reads, values: [20000 pages/s, 20000 pages/s] }
      - { field: workload.writes, values: [500 pages/s, 16000 pages/s] }
  - zip:
      - { field: guest.memory, values: [256 MiB, 512 MiB, 1024 MiB] }
      - { field: guest.freeMemory, values: [64 MiB, 128 MiB, 256 MiB] }
      - { field: workload.workingSet, values: [128 MiB, 256 MiB, 512 MiB] }
      - { field: workload.start, values: [48 MiB, 96 MiB, 192 MiB] }
  - { field: balloon.kind, values: [none, self-ballooning] }
repeat: 5
seed: 2009
figures:
  - { kind: lines, name: total-time, metric: totalMs, x: guest.memory, series: preset, where: { workload.name: write-intensive, balloon.kind: none, preset: [hines-2009/pre-copy, hines-2009/active-push, hines-2009/multi-pivot, hines-2009/hybrid] } }
  - { kind: lines, name: pages, metric: pagesSent, x: guest.memory, series: preset, where: { workload.name: write-intensive, balloon.kind: none, preset: [hines-2009/pre-copy, hines-2009/multi-pivot, hines-2009/hybrid] } }
  - { kind: bars, name: downtime, metric: downtimeMs, x: preset, series: workload.name, where: { guest.memory: 512 MiB, balloon.kind: none } }
  - { kind: bars, name: network-faults, metric: majorFaults, x: guest.memory, series: preset, where: { workload.name: read-intensive, balloon.kind: none, preset: [hines-2009/active-push, hines-2009/forward, hines-2009/dual, hines-2009/multi-pivot] } }
  - { kind: bars, name: work-lost, metric: guestLostMs, x: preset, series: workload.name, where: { guest.memory: 512 MiB, balloon.kind: none } }
  - { kind: bars, name: balloon, metric: pagesSent, x: preset, series: balloon.kind, where: { guest.memory: 512 MiB, workload.name: read-intensive } }
`,
  },
  'ballooning-pressure': {
    title: 'Self-ballooning under allocation pressure',
    description: 'What does a balloon save pre-copy and post-copy, and what does it cost a guest that allocates more and more?',
    yaml: `godwit: 1
name: Ballooning under pressure
description: What does a balloon save, and what does it cost a guest that allocates more and more?
base:
  guest: { memory: 1024 MiB, freeMemory: 512 MiB }
  ${inline(setting)}
  workload: { kind: hot-cold, writes: 2000 pages/s, reads: 10000 pages/s, workingSet: 256 MiB, allocationPeriod: 4 s }
vary:
  - { field: preset, values: [hines-2009/pre-copy, hines-2009/multi-pivot] }
  - zip:
      - { field: balloon.kind, values: [none, self-ballooning, self-ballooning, self-ballooning] }
      - { field: balloon.reserve, values: [16 MiB, 4 MiB, 16 MiB, 64 MiB] }
  - { field: workload.allocation, values: [0 MiB, 32 MiB, 128 MiB, 384 MiB] }
repeat: 5
seed: 37
figures:
  - { kind: lines, name: pages, metric: pagesSent, x: workload.allocation, series: balloon.kind, where: { preset: hines-2009/multi-pivot, balloon.reserve: 16 MiB } }
  - { kind: lines, name: pages-pre-copy, metric: pagesSent, x: workload.allocation, series: balloon.kind, where: { preset: hines-2009/pre-copy, balloon.reserve: 16 MiB } }
  - { kind: lines, name: balloon-cost, metric: balloonLostMs, x: workload.allocation, series: balloon.reserve, where: { preset: hines-2009/multi-pivot, balloon.kind: self-ballooning } }
`,
  },
}

/** Sections of a scenario as lines of a file; JSON is YAML. */
function inline(sections: ScenarioInput): string {
  return Object.entries(sections).map(([name, section]) => `${name}: ${JSON.stringify(section)}`).join('\n  ')
}
