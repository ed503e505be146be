/** Suite files for tests: a few lines, each beginning with its number of spaces. */

import { planSuite } from '#shared/scenario/expand.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { formatProblem, readSuite } from '#shared/scenario/read-suite.ts'
import type { Suite } from '#shared/scenario/suite.ts'

/** A suite file with the version and a name in its first two lines. */
export function suiteText(...lines: readonly string[]): string {
  return ['godwit: 1', 'name: Test', ...lines].join('\n')
}

export function suiteOf(text: string): Suite {
  const read = readSuite(text, 'suite.yaml')
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'))
  return read.suite
}

export function planOf(text: string): SuitePlan {
  const planned = planSuite(suiteOf(text))
  if (!planned.ok) throw new Error(planned.problems.map(formatProblem).join('\n'))
  return planned.plan
}

/** Every problem that reading and then expanding a file finds, as printed. */
export function problemsOf(text: string): readonly string[] {
  const read = readSuite(text, 'suite.yaml')
  if (!read.ok) return read.problems.map(formatProblem)
  const planned = planSuite(read.suite)
  return planned.ok ? [] : planned.problems.map(formatProblem)
}

/** The example of the design document, word for word. */
export const designExample = `godwit: 1
name: Bandwidth against dirtying rate
base:                                   # the scenario every run starts from
  preset: clark-2005/specweb99          # optional: a named scenario, overridden below
  guest:    { memory: 800 MiB, pageSize: 4 KiB, vcpus: 1, zeroPages: 0 %, freeMemory: 0 MiB, pageCache: 0 MiB, deviceState: 512 KiB, nonPageable: 8 MiB }
  workload: { kind: hot-cold, writes: 5000 pages/s, reads: 20000 pages/s, workingSet: 300 MiB, hotPages: 20 %, hotShare: 90 % }
  link:     { bandwidth: 1 Gbit/s, latency: 100 us, background: 0 Mbit/s }
  tracking: { mechanism: shadow, writeFault: 5 us, cleanPerPage: 20 ns }
  balloon:  { kind: none }
  strategy: { kind: precopy, policy: clark-2005, minRate: 100 Mbit/s, maxRate: 500 Mbit/s }
  faults:   []
vary:
  - { field: link.bandwidth, values: [100 Mbit/s, 1 Gbit/s] }
  - { field: workload.writes, range: { from: 1000 pages/s, to: 64000 pages/s, steps: 7, scale: log } }
repeat: 10
seed: 42
backends: [sim]
`
