/** Suites that are hard on the eye: long names, many factors, very small and very large numbers, runs that all fail. */

const smallGuest = 'guest: { memory: 16 MiB, deviceState: 64 KiB, nonPageable: 0 B }'

export const longName = 'SPECweb99 under sixteen dirtying rates, four links and three trackers, after Clark et al.'

/** A label of sixty characters. */
export const longLabel = (letter: string): string => `${letter} web server with a cache that is warm and a log, evening load`.slice(0, 60)

/** Twelve factors, two of them with names of sixty characters as values; 1e-9 s to 1e14 bit/s. */
export const twelveFactors = `godwit: 1
name: ${longName}
base:
  ${smallGuest}
  workload: { kind: uniform, writes: 100 pages/s, workingSet: 4 MiB }
  strategy: { kind: precopy, policy: qemu }
vary:
  - { field: workload.name, values: ["${longLabel('A')}", "${longLabel('B')}", "${longLabel('C')}"] }
  - { field: link.bandwidth, values: [12345678 bit/s, 1 Gbit/s, 100000 Gbit/s] }
  - zip:
      - { field: link.latency, values: [1 ns, 100 ms] }
      - { field: workload.writes, values: [1 pages/s, 1e12 pages/s] }
      - { field: guest.suspendTime, values: [1 ns, 1 ms] }
      - { field: guest.zeroPages, values: [0 %, 12.5 %] }
  - { field: guest.vcpus, values: [1] }
  - { field: guest.pageSize, values: [4 KiB] }
  - { field: link.perPage, values: [24 B] }
  - { field: link.perBatch, values: [64 B] }
  - { field: tracking.mechanism, values: [shadow] }
  - { field: strategy.stop.downtime, values: [300 ms] }
repeat: 2
seed: 7
figures:
  - { kind: lines, name: a-figure-with-a-name-of-seventy-nine-letters-as-long-as-a-file-name-may-be-here, metric: downtimeMs, x: link.bandwidth, series: workload.name }
  - { kind: bars, metric: totalMs, x: workload.name, series: link.bandwidth, title: ${longName} }
`

/** One run of a single iteration and one of 300. */
export const fewAndManyIterations = `godwit: 1
name: One iteration and three hundred
base:
  ${smallGuest}
  workload: { kind: uniform, writes: 300000 pages/s, workingSet: 8 MiB }
  link: { bandwidth: 1 Gbit/s }
  strategy: { kind: precopy, policy: none, stop: { giveUp: 400 } }
vary:
  - { field: strategy.stop.iterations, values: [0, 300] }
`

/** Every run is given up. */
export const allFail = `godwit: 1
name: Nothing of this completes
base:
  guest: { memory: 64 MiB }
  workload: { kind: uniform, writes: 100000 pages/s, workingSet: 48 MiB }
  link: { bandwidth: 100 Mbit/s }
  strategy: { kind: precopy, policy: none, stop: { timeout: 2 s, timeoutAction: abort } }
vary:
  - { field: link.bandwidth, values: [50 Mbit/s, 100 Mbit/s] }
repeat: 3
`

/** Every run crashes, by the guest's processors that `crashing-run-worker.ts` takes for that. */
export const allCrash = `godwit: 1
name: Every run of this crashes
base:
  guest: { memory: 16 MiB, vcpus: 61 }
vary:
  - { field: workload.writes, values: [100 pages/s, 200 pages/s] }
repeat: 2
`
