/** Suites to begin with, each an answer to a question that is often asked. */

import type { SuitePreset } from './preset.ts'

export const ownSuites: Readonly<Record<string, SuitePreset>> = {
  'bandwidth-against-dirtying': {
    title: 'Bandwidth against dirtying rate',
    description: 'When does pre-copy converge? Two links against seven dirtying rates, in equal ratios.',
    yaml: `godwit: 1
name: Bandwidth against dirtying rate
description: When does pre-copy converge? Two links against seven dirtying rates, in equal ratios.
base:
  preset: lab/hot-cold-1g
vary:
  - { field: link.bandwidth, values: [1 Gbit/s, 10 Gbit/s] }
  - { field: workload.writes, range: { from: 1000 pages/s, to: 64000 pages/s, steps: 7, scale: log } }
repeat: 10
seed: 42
figures:
  - { kind: lines, name: total-time, metric: totalMs, x: workload.writes, series: link.bandwidth }
  - { kind: lines, name: downtime, metric: downtimeMs, x: workload.writes, series: link.bandwidth, yScale: log }
`,
  },
  'guestperf-pause-iterations': {
    title: 'Pause after 0, 1, 5 and 20 iterations',
    description: "The comparison of QEMU's guestperf: the later the guest is paused, the shorter its downtime, and the more is sent.",
    yaml: `godwit: 1
name: Pause after iterations
description: The later the guest is paused, the shorter its downtime, and the more is sent.
base:
  preset: lab/hot-cold-1g
  strategy: { policy: none }
vary:
  - { field: strategy.stop.iterations, values: [0, 1, 5, 20] }
repeat: 10
seed: 7
figures:
  - { kind: downtime-breakdown, name: downtime, x: strategy.stop.iterations }
  - { kind: bars, name: transferred, metric: transferredBytes, x: strategy.stop.iterations }
`,
  },
  'guestperf-bandwidth': {
    title: "The five bandwidths of QEMU's guestperf",
    description: 'From a tenth of a gigabit to a hundred of them, with a pause after 30 iterations at the latest.',
    yaml: `godwit: 1
name: Five bandwidths
description: The same guest over links of 12, 37, 125, 1250 and 12500 MiB/s.
base:
  preset: lab/hot-cold-1g
vary:
  - { field: link.bandwidth, values: [12 MiB/s, 37 MiB/s, 125 MiB/s, 1250 MiB/s, 12500 MiB/s] }
repeat: 10
seed: 7
`,
  },
  'auto-converge-steps': {
    title: 'Auto-converge in steps of 5, 10 and 20 %',
    description: 'How hard must the guest be throttled until it can be moved, and what does it cost?',
    yaml: `godwit: 1
name: Auto-converge steps
description: How hard must the guest be throttled until it can be moved, and what does it cost?
base:
  preset: lab/diabolical-512m
  optimisations: { autoConverge: on }
vary:
  - { field: optimisations.throttleIncrement, values: [5 %, 10 %, 20 %] }
repeat: 10
seed: 7
`,
  },
  'tracking-mechanisms': {
    title: 'Five ways to learn which pages were written',
    description: 'The same guest under each tracking mechanism with its own costs, over three dirtying rates.',
    yaml: `godwit: 1
name: Tracking mechanisms
description: The same guest under each tracking mechanism with its own costs, over three dirtying rates.
base:
  preset: lab/hot-cold-1g
vary:
  - { field: tracking.mechanism, values: [shadow, hap, pml, dirty-ring, soft-dirty] }
  - { field: workload.writes, values: [2000 pages/s, 8000 pages/s, 32000 pages/s] }
repeat: 10
seed: 11
`,
  },
  'policy-comparison': {
    title: 'Nine stop policies on three guests',
    description: 'Which policy sends least, and which stops the guest for the shortest time? After two minutes the guest is paused, so that every run ends.',
    yaml: `godwit: 1
name: Policy comparison
description: Which policy sends least, and which stops the guest for the shortest time?
base:
  guest: { memory: 1 GiB }
  link: { bandwidth: 1 Gbit/s }
  strategy: { kind: precopy, stop: { timeout: 120 s, timeoutAction: pause } }
vary:
  - { field: strategy.policy, values: [clark-2005, xen-2005, xen-classic, xen-current, qemu, simgrid, p.haul, nova, kubevirt] }
  - zip:
      - { field: workload.kind, values: [uniform, hot-cold, diabolical] }
      - { field: workload.writes, values: [4000 pages/s, 8000 pages/s, 200000 pages/s] }
      - { field: workload.workingSet, values: [512 MiB, 512 MiB, 256 MiB] }
repeat: 10
seed: 3
`,
  },
  'products-by-default': {
    title: 'What the products do by default',
    description: 'One guest of 1 GiB, moved by Xen, QEMU, KubeVirt and Nova as each of them comes.',
    yaml: `godwit: 1
name: Products by default
description: One guest of 1 GiB, moved by each product as it comes.
base:
  strategy: { stop: { timeout: 300 s, timeoutAction: pause } }
vary:
  - { field: preset, values: [xen-2005, xen-classic, xen-current, qemu-default, kubevirt, nova] }
repeat: 10
seed: 5
`,
  },
}
