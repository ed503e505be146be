/**
 * The comparisons of QEMU's guestperf (verified: tests/migration/guestperf/comparison.py and scenario.py): the same factor
 * and levels, on a guest of ours. Its defaults are a downtime limit of 500 ms, 30 iterations and 300 s; where they run out
 * it gives up, we pause the guest, so that every run ends. Its pauses after iterations, its five bandwidths and its
 * steps of auto-converge stand in `suites.ts`.
 *
 * Beside them, what the data path can do: orders of pages, and connections.
 */

import type { SuitePreset } from './preset.ts'

const limits = 'stop: { downtime: 500 ms, iterations: 30, timeout: 300 s, timeoutAction: pause }'

export const guestperfSuites: Readonly<Record<string, SuitePreset>> = {
  'guestperf-postcopy-iterations': {
    title: 'Post-copy after 0, 1, 5 and 20 iterations',
    description: "The comparison of QEMU's guestperf: what do iterations before the switch save the guest after it?",
    yaml: `godwit: 1
name: Post-copy after iterations
description: What do iterations before the switch save the guest after it?
base:
  preset: lab/hot-cold-1g
  workload: { reads: 20000 pages/s }
  strategy: { kind: hybrid }
vary:
  - { field: strategy.stop.iterations, values: [0, 1, 5, 20] }
repeat: 10
seed: 7
figures:
  - { kind: bars, name: faults, metric: majorFaults, x: strategy.stop.iterations }
  - { kind: bars, name: transferred, metric: transferredBytes, x: strategy.stop.iterations }
`,
  },
  'guestperf-postcopy-bandwidth': {
    title: 'Post-copy over five bandwidths',
    description: "The comparison of QEMU's guestperf: post-copy after five iterations, from a tenth of a gigabit to a hundred of them.",
    yaml: `godwit: 1
name: Post-copy over five bandwidths
description: Post-copy after five iterations over links of 12, 37, 125, 1250 and 12500 MiB/s.
base:
  preset: lab/hot-cold-1g
  workload: { reads: 20000 pages/s }
  strategy: { kind: hybrid, stop: { iterations: 5 } }
vary:
  - { field: link.bandwidth, values: [12 MiB/s, 37 MiB/s, 125 MiB/s, 1250 MiB/s, 12500 MiB/s] }
repeat: 10
seed: 7
`,
  },
  'guestperf-auto-converge-bandwidth': {
    title: 'Auto-converge over five bandwidths',
    description: "The comparison of QEMU's guestperf: how hard must the guest be throttled on each link?",
    yaml: `godwit: 1
name: Auto-converge over five bandwidths
description: How hard must the guest be throttled on links of 12, 37, 125, 1250 and 12500 MiB/s?
base:
  preset: lab/diabolical-512m
  strategy: { kind: precopy, ${limits} }
  optimisations: { autoConverge: on }
vary:
  - { field: link.bandwidth, values: [12 MiB/s, 37 MiB/s, 125 MiB/s, 1250 MiB/s, 12500 MiB/s] }
repeat: 10
seed: 7
`,
  },
  'guestperf-delta-cache': {
    title: 'Delta compression with four cache sizes',
    description: "The comparison of QEMU's guestperf with 5, 10, 20 and 50 % of the guest's memory, each as the nearest power of two, and without.",
    yaml: `godwit: 1
name: Delta compression
description: Caches of 5, 10, 20 and 50 % of a guest of 1 GiB, each as the nearest power of two.
base:
  preset: lab/hot-cold-1g
  workload: { writes: 24000 pages/s }
  strategy: { kind: precopy, ${limits} }
  optimisations: { delta: on }
vary:
  - { field: optimisations.deltaCache, values: [64 MiB, 128 MiB, 256 MiB, 512 MiB] }
repeat: 10
seed: 7
figures:
  - { kind: bars, name: hits, metric: deltaHitRate, x: optimisations.deltaCache }
  - { kind: bars, name: transferred, metric: transferredBytes, x: optimisations.deltaCache }
`,
  },
  'guestperf-compression-threads': {
    title: 'Compression with 1, 2 and 4 threads',
    description: "The comparison of QEMU's guestperf, for each compressor: from where on is the link the limit?",
    yaml: `godwit: 1
name: Compression threads
description: From how many threads on is the link the limit, for each compressor?
base:
  preset: lab/hot-cold-1g
  strategy: { kind: precopy, ${limits} }
vary:
  - { field: optimisations.compression, values: [none, zlib, lz4, zstd, adaptive] }
  - { field: optimisations.compressionThreads, values: [1, 2, 4] }
repeat: 10
seed: 7
figures:
  - { kind: lines, name: total-time, metric: totalMs, x: optimisations.compressionThreads, series: optimisations.compression }
`,
  },
  'guestperf-channels': {
    title: '4, 8, 32 and 64 connections',
    description: "The comparison of QEMU's guestperf on a link of 100 Gbit/s, where one connection carries 8 Gbit/s.",
    yaml: `godwit: 1
name: Connections
description: A link of 100 Gbit/s, of which one connection carries 8 Gbit/s.
base:
  preset: lab/hot-cold-1g
  link: { bandwidth: 100 Gbit/s }
  strategy: { kind: precopy, ${limits} }
  optimisations: { channelRate: 8 Gbit/s }
vary:
  - { field: optimisations.channels, values: [4, 8, 32, 64] }
repeat: 10
seed: 7
figures:
  - { kind: bars, name: total-time, metric: totalMs, x: optimisations.channels }
`,
  },
  'parallel-connections': {
    title: 'Parallel connections against one',
    description: 'PMigrate moved guests 2.49 to 9.88 times as fast with parallel threads as without (Song et al. 2013, verified). Here one connection carries an eighth of a link of 10 Gbit/s.',
    yaml: `godwit: 1
name: Parallel connections
description: How much faster are several connections than one that carries an eighth of the link?
base:
  preset: lab/hot-cold-1g
  link: { bandwidth: 10 Gbit/s, batchTime: 500 us }
  strategy: { kind: precopy, ${limits} }
  optimisations: { channelRate: 1250 Mbit/s }
vary:
  - { field: optimisations.channels, values: [1, 2, 4, 8, 16] }
repeat: 10
seed: 13
figures:
  - { kind: lines, name: total-time, metric: totalMs, x: optimisations.channels, yScale: log }
`,
  },
  'page-orders': {
    title: 'Four orders of pages',
    description: 'By address, permuted, least recently used, and by dirtying weight, with dirty pages left out or not, after a profile of two seconds.',
    yaml: `godwit: 1
name: Orders of pages
description: Which order sends least? An order can only help where pages that are dirty again are left out.
base:
  preset: lab/hot-cold-1g
  workload: { writes: 24000 pages/s }
  strategy: { kind: precopy, batch: 128, profile: 2 s, ${limits} }
vary:
  - { field: strategy.scan, values: [linear, permuted, lru, weight] }
  - { field: strategy.skipDirty, values: [off, on] }
repeat: 10
seed: 17
figures:
  - { kind: bars, name: pages, metric: pagesSent, x: strategy.scan, series: strategy.skipDirty }
`,
  },
}
