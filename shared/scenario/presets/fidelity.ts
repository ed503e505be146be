/**
 * The suite by which the simulator is held against real migrations: three strategies over five workloads, on a guest and a
 * link small enough for any workstation. All values are lab values.
 */

import type { SuitePreset } from './preset.ts'

export const fidelitySuites: Readonly<Record<string, SuitePreset>> = {
  fidelity: {
    title: 'Simulated against measured',
    description: 'Pre-copy, post-copy and three-stage copy over five workloads, simulated and on agents of this machine. Afterwards: godwit compare.',
    yaml: `godwit: 1
name: Simulated against measured
description: Pre-copy, post-copy and three-stage copy over five workloads, simulated and on agents
base:
  guest: { memory: 256 MiB, deviceState: 512 KiB }
  link: { bandwidth: 400 Mbit/s, latency: 100 us }
  tracking: { mechanism: pml }
  workload: { reads: 3000 pages/s, workingSet: 96 MiB }
  strategy: { stop: { iterations: 4 }, batch: 256, pushBatch: 64 }
vary:
  - { field: strategy.kind, values: [precopy, postcopy, three-stage] }
  - zip:
      - { field: workload.kind, values: [sequential, uniform, hot-cold, zipf, burst] }
      - { field: workload.writes, values: [1500 pages/s, 2000 pages/s, 4000 pages/s, 4000 pages/s, 3000 pages/s] }
repeat: 1
seed: 1
backends: [sim, agents]
figures:
  - { kind: fidelity, name: total-time, metric: totalMs, series: strategy.kind }
  - { kind: fidelity, name: downtime, metric: downtimeMs, series: strategy.kind }
`,
  },
}
