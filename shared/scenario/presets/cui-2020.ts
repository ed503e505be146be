/**
 * Post-copy with prefetch by PPM, after Cui, Chen and Zhu (2020), beside no prefetch, the next pages, and strides. What
 * they published where we could read it is the method alone: all values and the workloads, two traces of real programs
 * and two patterns, are ours (lab).
 */

import type { ScenarioPreset, SuitePreset } from './preset.ts'

export const cui2020Scenarios: Readonly<Record<string, ScenarioPreset>> = {
  'cui-2020/ppm': {
    title: 'Cui 2020: post-copy with PPM',
    description: 'A page asked for brings eight along, predicted step by step by partial match of order 3 over the distances from fault to fault; what was never seen is taken to be the next page.',
    input: {
      guest: { memory: '64 MiB' },
      workload: { kind: 'trace', trace: 'sort', workingSet: '16 MiB', traceStart: 'beginning' },
      link: { bandwidth: '100 Mbit/s', latency: '500 us' },
      strategy: { kind: 'on-demand', demandTime: '60 s', prefetch: 'ppm' },
    },
  },
}

const workloads = `  - zip:
      - { field: workload.name, values: [sort, sqlite, zipf, sweep] }
      - { field: workload.kind, values: [trace, trace, zipf, sequential] }
      - { field: workload.trace, values: [sort, sqlite, "", ""] }`

export const cui2020Suites: Readonly<Record<string, SuitePreset>> = {
  'cui-2020': {
    title: 'Cui 2020: PPM against simpler prefetch',
    description: 'How many faults do PPM, the next pages, strides and no prefetch leave, over two programs and two patterns?',
    yaml: `godwit: 1
name: Cui 2020
description: How many faults does each prefetch leave?
base:
  preset: cui-2020/ppm
vary:
${workloads}
  - { field: strategy.prefetch, values: [none, next-k, stride, neighbours, ppm] }
  - { field: strategy.prefetchPages, values: [2, 4, 8, 16] }
repeat: 3
seed: 2020
figures:
  - { kind: bars, name: faults, metric: majorFaults, x: workload.name, series: strategy.prefetch, where: { strategy.prefetchPages: 8 } }
  - { kind: bars, name: work-lost, metric: guestLostMs, x: workload.name, series: strategy.prefetch, where: { strategy.prefetchPages: 8 } }
  - { kind: lines, name: coverage-of-sort, metric: predictionCoverage, x: strategy.prefetchPages, series: strategy.prefetch, where: { workload.name: sort } }
  - { kind: lines, name: coverage-of-sqlite, metric: predictionCoverage, x: strategy.prefetchPages, series: strategy.prefetch, where: { workload.name: sqlite } }
`,
  },
  'cui-2020-ppm': {
    title: 'Cui 2020: the parameters of PPM',
    description: 'Order, escape method, threshold and chaining, over the same workloads.',
    yaml: `godwit: 1
name: Parameters of PPM
description: What do order, escape method, threshold and chaining change?
base:
  preset: cui-2020/ppm
vary:
${workloads}
  - { field: strategy.ppmOrder, values: [1, 2, 3, 5] }
  - { field: strategy.ppmEscape, values: [A, B, C, D] }
  - { field: strategy.ppmChain, values: [off, on] }
  - { field: strategy.ppmThreshold, values: [0 %, 1 %, 5 %] }
repeat: 1
seed: 2020
figures:
  - { kind: heat-map, name: order-and-escape, metric: majorFaults, x: strategy.ppmOrder, series: strategy.ppmEscape, where: { workload.name: sort, strategy.ppmChain: on, strategy.ppmThreshold: 0 % } }
  - { kind: bars, name: threshold-and-chain, metric: majorFaults, x: strategy.ppmThreshold, series: strategy.ppmChain, where: { workload.name: sort, strategy.ppmOrder: 3, strategy.ppmEscape: B } }
`,
  },
}
