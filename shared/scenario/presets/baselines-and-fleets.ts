/**
 * Scenarios and suites around single live migration: the cold baseline, self migration beside managed, a disk with its
 * layers, and the evacuation of a host. All sizes and rates are lab values.
 */

import type { ScenarioPreset, SuitePreset } from './preset.ts'

const guest = { memory: '1 GiB' } as const
const workload = { kind: 'hot-cold', writes: '4000 pages/s', workingSet: '256 MiB', hotPages: '20 %', hotShare: '90 %' } as const

export const baselineScenarios: Readonly<Record<string, ScenarioPreset>> = {
  'lab/cold-1g': {
    title: 'Cold migration, 1 GiB',
    description: 'The guest is stopped and saved to files on local storage; the files are moved, and the guest is restored from them.',
    input: { guest, workload, strategy: { kind: 'cold' } },
  },
  'lab/cold-shared-1g': {
    title: 'Cold migration over shared storage, 1 GiB',
    description: 'The guest is saved to storage that both hosts see; only its configuration is moved.',
    input: { guest, workload, strategy: { kind: 'cold' }, storage: { kind: 'shared' } },
  },
  'lab/self-1g': {
    title: 'Self migration, 1 GiB',
    description: 'The kernel of the guest migrates the guest, and stops in two steps with a shadow buffer.',
    input: { guest, workload, strategy: { kind: 'self', policy: 'xen-current' } },
  },
  'lab/disk-layers-1g': {
    title: 'A local disk with two layers, 1 GiB',
    description: 'A disk of 8 GiB goes before memory: the base disk, two differencing layers, then the blocks written meanwhile.',
    input: {
      guest,
      workload,
      link: { bandwidth: '10 Gbit/s' },
      strategy: { kind: 'precopy', policy: 'xen-current' },
      disk: { kind: 'local', size: '8 GiB', baseShare: '60 %', layers: [{ name: 'before the update', share: '5 %' }, { name: 'after the update', share: '10 %' }], blocksPerSecond: 100 },
    },
  },
  'lab/evacuation-8': {
    title: 'Eight guests leave a host',
    description: 'A host with eight guests of 256 MiB is emptied, one guest after the other.',
    input: {
      guest: { memory: '256 MiB', zeroPages: '10 %' },
      workload: { kind: 'hot-cold', writes: '2000 pages/s', workingSet: '64 MiB' },
      strategy: { kind: 'precopy', policy: 'xen-current' },
      fleet: { guests: 8 },
    },
  },
}

export const baselineSuites: Readonly<Record<string, SuitePreset>> = {
  'cold-baseline': {
    title: 'Cold migration against live migration',
    description: 'What does the guest gain by staying up? Pre-copy, and cold migration over local and shared storage, on four links.',
    yaml: `godwit: 1
name: Cold baseline
description: What does the guest gain by staying up?
base:
  guest: { memory: 1 GiB }
  workload: { kind: hot-cold, writes: 4000 pages/s, workingSet: 256 MiB }
vary:
  - { field: preset, values: [lab/hot-cold-1g, lab/cold-1g, lab/cold-shared-1g] }
  - { field: link.bandwidth, values: [100 Mbit/s, 1 Gbit/s, 10 Gbit/s, 25 Gbit/s] }
repeat: 5
seed: 17
figures:
  - { kind: lines, name: downtime, metric: downtimeMs, x: link.bandwidth, series: preset, yScale: log }
  - { kind: lines, name: total-time, metric: totalMs, x: link.bandwidth, series: preset, yScale: log }
`,
  },
  'self-against-managed': {
    title: 'Self migration against managed migration',
    description: 'What does it cost the guest to migrate itself? Both methods under one policy, over five dirtying rates.',
    yaml: `godwit: 1
name: Self against managed
description: What does it cost the guest to migrate itself?
base:
  guest: { memory: 1 GiB }
  workload: { kind: hot-cold, workingSet: 256 MiB }
  strategy: { policy: xen-current }
vary:
  - { field: strategy.kind, values: [precopy, self] }
  - { field: workload.writes, range: { from: 1000 pages/s, to: 16000 pages/s, steps: 5, scale: log } }
repeat: 10
seed: 19
figures:
  - { kind: lines, name: work-lost, metric: guestLostMs, x: workload.writes, series: strategy.kind }
  - { kind: lines, name: downtime, metric: downtimeMs, x: workload.writes, series: strategy.kind }
`,
  },
  'disk-layers': {
    title: 'Moving a disk: layers and writes',
    description: 'How much of the downtime does the disk take, when it is written more and more?',
    yaml: `godwit: 1
name: Disk layers
description: How much of the downtime does the disk take, when it is written more and more?
base:
  preset: lab/disk-layers-1g
vary:
  - { field: disk.blocksPerSecond, values: [0, 50, 100, 200, 400] }
  - { field: link.bandwidth, values: [1 Gbit/s, 10 Gbit/s] }
repeat: 5
seed: 23
figures:
  - { kind: lines, name: downtime, metric: downtimeMs, x: disk.blocksPerSecond, series: link.bandwidth }
  - { kind: lines, name: disk-bytes, metric: diskBytes, x: disk.blocksPerSecond, series: link.bandwidth }
`,
  },
  evacuation: {
    title: 'Evacuation of a host: series against parallel',
    description: 'One guest after the other or all at once: when is the host empty, and how long does a guest stand still?',
    yaml: `godwit: 1
name: Evacuation
description: When is the host empty, and how long does a guest stand still?
base:
  preset: lab/evacuation-8
vary:
  - { field: fleet.order, values: [series, parallel] }
  - { field: workload.writes, values: [1000 pages/s, 4000 pages/s, 16000 pages/s] }
repeat: 10
seed: 29
figures:
  - { kind: bars, name: makespan, metric: totalMs, x: workload.writes, series: fleet.order }
  - { kind: bars, name: longest-downtime, metric: downtimeMs, x: workload.writes, series: fleet.order }
  - { kind: bars, name: work-lost, metric: guestLostMs, x: workload.writes, series: fleet.order }
  - { kind: bars, name: time-of-a-guest, metric: guests.meanTotalMs, x: workload.writes, series: fleet.order }
`,
  },
  'evacuation-limit': {
    title: 'How many migrations at a time?',
    description: 'Eight guests leave a host, one, two, four or eight at a time.',
    yaml: `godwit: 1
name: Migrations at a time
description: Eight guests leave a host, one, two, four or eight at a time.
base:
  preset: lab/evacuation-8
  fleet: { order: parallel }
vary:
  - { field: fleet.perHost, values: [1, 2, 4, 8] }
  - { field: workload.writes, values: [1000 pages/s, 4000 pages/s, 16000 pages/s] }
repeat: 10
seed: 31
figures:
  - { kind: lines, name: makespan, metric: totalMs, x: fleet.perHost, series: workload.writes }
  - { kind: lines, name: longest-downtime, metric: downtimeMs, x: fleet.perHost, series: workload.writes, yScale: log }
`,
  },
}
