/** Small suites for tests, read and planned as a user's file is. */

import { planSuite } from '#shared/scenario/expand.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'

/** Runs of a few milliseconds: `points` dirtying rates, each repeated. */
export function smallSuite({ name = 'Small', points = 2, repeat = 2, seed = 7 } = {}): string {
  const rates = Array.from({ length: points }, (_, index) => `${100 * (index + 1)} pages/s`)
  return `
godwit: 1
name: ${name}
base:
  guest: { memory: 16 MiB, deviceState: 64 KiB, nonPageable: 0 B, freeMemory: 0 B, pageCache: 0 B }
  workload: { kind: uniform, writes: 100 pages/s, reads: 0 pages/s, workingSet: 4 MiB }
  link: { bandwidth: 1 Gbit/s }
  strategy: { kind: precopy, policy: qemu }
vary:
  - { field: workload.writes, values: [${rates.join(', ')}] }
repeat: ${repeat}
seed: ${seed}
`
}

/** Runs of seconds: a large guest that writes its memory faster than the link sends it, until `iterations` are done. */
export function longRuns({ name = 'Long', iterations = 8, repeat = 1, seed = 7 } = {}): string {
  return `
godwit: 1
name: ${name}
base:
  guest: { memory: 16 GiB, vcpus: 8 }
  tracking: { mechanism: pml }
  workload: { kind: uniform, writes: 4 Mpages/s, workingSet: 8 GiB }
  link: { bandwidth: 10 Gbit/s }
  strategy: { kind: precopy, policy: none, stop: { iterations: ${iterations} } }
vary:
  - { field: link.latency, values: [100 us] }
repeat: ${repeat}
seed: ${seed}
`
}

export function planOf(text: string): SuitePlan {
  const read = readSuite(text, 'test.yaml')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  const planned = planSuite(read.suite)
  if (!planned.ok) throw new Error(planned.problems.map(({ message }) => message).join('\n'))
  return planned.plan
}
