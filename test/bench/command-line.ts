/** What a person at a terminal waits for: the built program's start, and a suite of many small runs. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, type Finding, median } from './benchmark.ts'
import { projectFolder, runNode, runProgram } from './child.ts'

export const commandLineBenchmarks: readonly Benchmark[] = [
  { name: 'thousand-runs', title: '1,000 runs of a 1 GiB guest on 2 workers, store included', measure: () => measureThousandRuns(suite, 60) },
  { name: 'thousand-post-copies', title: '1,000 post-copy runs of a 1 GiB guest on 2 workers, store included', measure: () => measureThousandRuns(postcopySuite, 90) },
  { name: 'help', title: 'the start of the program, by godwit --help', measure: measureHelp },
]

/** 5 bandwidths, 4 policies, 50 repetitions: 1,000 runs. */
const suite = `godwit: 1
name: A thousand runs
base:
  guest: { memory: 1 GiB }
  workload: { kind: hot-cold, writes: 5000 pages/s, workingSet: 300 MiB }
vary:
  - { field: link.bandwidth, values: [500 Mbit/s, 1 Gbit/s, 2500 Mbit/s, 5 Gbit/s, 10 Gbit/s] }
  - { field: strategy.policy, values: [clark-2005, xen-2005, xen-current, qemu] }
repeat: 50
seed: 42
backends: [sim]
`

/** 5 bandwidths, the 4 push orders, 50 repetitions: 1,000 runs. */
const postcopySuite = `godwit: 1
name: A thousand post-copies
base:
  guest: { memory: 1 GiB }
  workload: { kind: hot-cold, writes: 5000 pages/s, reads: 20000 pages/s, workingSet: 300 MiB }
  strategy: { kind: postcopy }
vary:
  - { field: link.bandwidth, values: [500 Mbit/s, 1 Gbit/s, 2500 Mbit/s, 5 Gbit/s, 10 Gbit/s] }
  - { field: strategy.push, values: [linear, forward, dual, multi-pivot] }
repeat: 50
seed: 42
backends: [sim]
`
const runs = 1000
const starts = 10

/** The built program is what people run, and an old build would answer for code that is no more. */
async function build(): Promise<string> {
  await runProgram('npm', ['run', 'build'])
  return join(projectFolder, 'out/main/cli.js')
}

/** At most so many seconds are promised. */
async function measureThousandRuns(suiteText: string, atMost: number): Promise<readonly Finding[]> {
  const godwit = await build()
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'))
  try {
    const file = join(folder, 'suite.yaml')
    const store = join(folder, 'lab.sqlite')
    writeFileSync(file, suiteText)
    const { wallSeconds } = await runNode(godwit, 'run', file, '--store', store, '--workers', '2', '--quiet')
    const results = await runNode(godwit, 'results', '--store', store, '--runs', '--format', 'csv')
    const stored = results.stdout.trim().split('\n').length - 1
    if (stored !== runs) throw new Error(`${stored} runs are in the store, ${runs} were asked for`)
    return [
      { what: 'time', value: wallSeconds, unit: 's', target: { atMost } },
      { what: 'runs a second', value: runs / wallSeconds, unit: '1/s' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureHelp(): Promise<readonly Finding[]> {
  const godwit = await build()
  const seconds: number[] = []
  for (let i = 0; i < starts; i++) seconds.push((await runNode(godwit, '--help')).wallSeconds)
  return [
    { what: `time, median of ${starts}`, value: median(seconds), unit: 's', target: { atMost: 0.4 } },
    { what: `time, worst of ${starts}`, value: Math.max(...seconds), unit: 's' },
  ]
}
