/**
 * The comparison of dirty limit and auto-converge made for QEMU 8.1. Published (verified): with 60, 70, 90 and 110 MB
 * dirty the dirty limit took 2014, 5381, 6037 and 7660 ms, auto-converge 2131, 12590 and 33545 ms and, with 110 MB, never
 * ended. Host, link, guest memory, dirty limit and write speed behind these figures are not known here: every value below
 * is ours (lab). The link is such that 60 MB fit into QEMU's downtime limit of 300 ms and 70 MB do not; the guest goes
 * over its dirty memory 212 times a second, so that at the strongest throttle only 110 MB are still dirtied faster than sent.
 */

import type { ScenarioPreset, SuitePreset } from './preset.ts'

const sizes = [60, 70, 90, 110] as const
const passesPerSecond = 212

function dirtying(megabytes: number): ScenarioPreset {
  return {
    title: `QEMU: a guest with ${megabytes} MB dirty`,
    description: 'A guest that writes its dirty memory over and over; to be slowed by dirty limit or auto-converge.',
    input: {
      guest: { memory: '400 MiB' },
      workload: { kind: 'diabolical', writes: `${Math.round((passesPerSecond * megabytes * 1e6) / 4096)} pages/s`, workingSet: `${megabytes} MB` },
      link: { bandwidth: '1.7 Gbit/s' },
      tracking: { mechanism: 'dirty-ring', writeFault: '0 us' },
      strategy: { kind: 'precopy', policy: 'qemu' },
      optimisations: { throttle: 'dirty-limit' },
    },
  }
}

export const dirtyLimitScenarios: Readonly<Record<string, ScenarioPreset>> = Object.fromEntries(sizes.map((megabytes) => [`qemu-dirty-${megabytes}-mb`, dirtying(megabytes)]))

const title = 'Dirty limit against auto-converge'
const description = 'Which throttle moves a guest that dirties 60, 70, 90 and 110 MB? Published: 2014, 5381, 6037, 7660 ms against 2131, 12590, 33545 ms and never.'

export const dirtyLimitSuites: Readonly<Record<string, SuitePreset>> = {
  'dirty-limit': {
    title,
    description,
    yaml: `godwit: 1
name: ${title}
description: "${description}"
base: {}
vary:
  - { field: preset, values: [${sizes.map((megabytes) => `qemu-dirty-${megabytes}-mb`).join(', ')}] }
  - { field: optimisations.throttle, values: [dirty-limit, auto-converge] }
repeat: 10
seed: 7
figures:
  - { kind: bars, name: total-time, metric: totalMs, x: preset, series: optimisations.throttle }
`,
  },
  'dirty-limit-period': {
    title: 'Dirty limit: period and quota',
    description: "QEMU guestperf's comparison: periods of 500, 800 and 1000 ms, quotas of 10, 20 and 50 MB/s.",
    yaml: `godwit: 1
name: Dirty limit, period and quota
base:
  preset: qemu-dirty-90-mb
vary:
  - { field: optimisations.dirtyLimitPeriod, values: [500 ms, 800 ms, 1000 ms] }
  - { field: optimisations.dirtyLimit, values: [10 MB/s, 20 MB/s, 50 MB/s] }
repeat: 10
seed: 7
`,
  },
  ballooning: {
    title: 'Self-ballooning',
    description: 'What does a balloon save, by strategy, while a process allocates half of the free memory and frees it again?',
    yaml: `godwit: 1
name: Self-ballooning
description: What does a balloon save while a process allocates half of the free memory and frees it again?
base:
  guest: { memory: 1 GiB, freeMemory: 512 MiB, pageCache: 64 MiB }
  workload: { kind: hot-cold, writes: 4000 pages/s, reads: 8000 pages/s, workingSet: 256 MiB, allocation: 256 MiB, allocationPeriod: 20 s }
  strategy: { stop: { iterations: 5 } }
vary:
  - { field: balloon.kind, values: [none, self-ballooning] }
  - { field: strategy.kind, values: [precopy, postcopy, hybrid, three-stage, stop-and-copy] }
repeat: 10
seed: 7
figures:
  - { kind: bars, name: total-time, metric: totalMs, x: strategy.kind, series: balloon.kind }
  - { kind: bars, name: pages-sent, metric: pagesSent, x: strategy.kind, series: balloon.kind }
`,
  },
}
