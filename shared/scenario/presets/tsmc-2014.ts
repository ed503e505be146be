/**
 * Three-stage memory copy of Song, Liu, Yin and Gao (2014) against the pre-copy of Xen.
 *
 * Theirs are: Xen 4.1.4 with shadow paging, a link of a gigabit, guests of 128 to 1024 MB with 2 virtual processors,
 * memtester, the mean of 5 runs (verified). Of the dirtying rate they say "low", and nothing of the push: 12000 pages a
 * second, swept over nine tenths of the memory as memtester does, and 300 ns for each page of the guest at a reading of
 * the log, were chosen so that the two published reductions are met; interval, batch and window are ours too (all lab).
 * What the fit says: pages follow from the rate, and time falls further than pages only if each of the 29 iterations of
 * Xen costs time beside its pages.
 */

import type { ScenarioInput } from '../scenario.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'

const setting: ScenarioInput = {
  guest: { memory: '512 MiB', vcpus: 2 },
  workload: { name: 'memtester', kind: 'sequential', writes: '12000 pages/s', workingSet: '460 MiB' },
  link: { bandwidth: '1 Gbit/s', latency: '100 us' },
  tracking: { mechanism: 'shadow', trap: 'shadow', scanPerPage: '300 ns' },
}

export const tsmc2014Scenarios: Readonly<Record<string, ScenarioPreset>> = {
  'tsmc-2014/xen': {
    title: 'TSMC 2014: pre-copy of Xen',
    description: 'What three-stage copy is compared with: full rate, 29 iterations, 50 pages, or three times the memory.',
    input: { ...setting, strategy: { kind: 'precopy', policy: 'xen-classic' } },
  },
  'tsmc-2014/three-stage': {
    title: 'TSMC 2014: three-stage copy',
    description: 'All memory while the guest runs, a bitmap while it stands still, then the dirty pages, 32 a millisecond; a fault brings a window of pages along.',
    // The first stage is the first iteration of Xen: permuted, and without the pages that are dirty again (lab).
    input: { ...setting, strategy: { kind: 'three-stage', scan: 'permuted', skipDirty: true, push: 'linear', pushBatch: 32, pushInterval: '1 ms', prefetch: 'neighbours', prefetchPages: 8 } },
  },
}

export const tsmc2014Suites: Readonly<Record<string, SuitePreset>> = {
  'tsmc-2014': {
    title: 'TSMC 2014: three-stage copy against pre-copy',
    description: 'Four guest sizes at a low dirtying rate, as published, and at two others.',
    yaml: `godwit: 1
name: TSMC 2014
description: Three-stage copy against the pre-copy of Xen; 12000 pages/s stands for the published low rate.
base: {}
vary:
  - { field: preset, values: [tsmc-2014/xen, tsmc-2014/three-stage] }
  - zip:
      - { field: guest.memory, values: [128 MiB, 256 MiB, 512 MiB, 1024 MiB] }
      - { field: workload.workingSet, values: [115 MiB, 230 MiB, 460 MiB, 920 MiB] }
  - { field: workload.writes, values: [3000 pages/s, 12000 pages/s, 24000 pages/s] }
repeat: 5
seed: 2014
figures:
  - { kind: lines, name: total-time, metric: totalMs, x: guest.memory, series: preset, where: { workload.writes: 12000 pages/s } }
  - { kind: lines, name: pages, metric: pagesSent, x: guest.memory, series: preset, where: { workload.writes: 12000 pages/s } }
  - { kind: lines, name: downtime, metric: downtimeMs, x: guest.memory, series: preset, where: { workload.writes: 12000 pages/s } }
  - { kind: lines, name: total-time-by-rate, metric: totalMs, x: workload.writes, series: preset, where: { guest.memory: 512 MiB } }
`,
  },
}
