/**
 * Measures the speed that Godwit promises: `npm run bench [-- --only NAME] [--json FILE]`.
 *
 * Speed is measured here and not tested: a missed target is shown and the exit status stays 0. The status is 1 if a
 * benchmark breaks, 2 if the command line is wrong.
 */

import { writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { agentBenchmarks } from './agents.ts'
import { type Benchmark, reached, type Report, tableOf } from './benchmark.ts'
import { commandLineBenchmarks } from './command-line.ts'
import { kernelBenchmarks } from './kernel.ts'
import { policyBenchmarks } from './policies.ts'
import { simulationBenchmarks } from './simulation.ts'
import { traceBenchmarks } from './traces.ts'
import { windowBenchmarks } from './window.ts'
import { wireBenchmarks } from './wire.ts'

const benchmarks: readonly Benchmark[] = [...simulationBenchmarks, ...commandLineBenchmarks, ...kernelBenchmarks, ...policyBenchmarks, ...traceBenchmarks, ...agentBenchmarks, ...windowBenchmarks, ...wireBenchmarks]

interface Options {
  readonly only: readonly string[]
  readonly json: string | undefined
}

function readOptions(): Options {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, json: { type: 'string' } } })
  const names = benchmarks.map((benchmark) => benchmark.name)
  const only = values.only ?? []
  for (const name of only) if (!names.includes(name)) throw new Error(`There is no benchmark "${name}"; the names are ${names.join(', ')}.`)
  return { only, json: values.json }
}

async function report(benchmark: Benchmark): Promise<Report> {
  const { name, title, measure } = benchmark
  console.error(`${name}: ${title}`)
  try {
    const findings = await measure()
    return { name, title, findings: findings.map((finding) => ({ ...finding, reached: reached(finding) })), error: null }
  } catch (error) {
    return { name, title, findings: [], error: error instanceof Error ? error.message : String(error) }
  }
}

function machine(): Readonly<Record<string, string | number>> {
  return {
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    measuredAt: new Date().toISOString(),
  }
}

async function main(options: Options): Promise<number> {
  const reports: Report[] = []
  for (const benchmark of benchmarks) {
    if (options.only.length === 0 || options.only.includes(benchmark.name)) reports.push(await report(benchmark))
  }
  const about = machine()
  console.log(tableOf(reports))
  console.log(`Node ${about['node']}, ${about['cores']} cores, ${about['cpu']}`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ machine: about, reports }, null, 2)}\n`)
  return reports.some((one) => one.error !== null) ? 1 : 0
}

try {
  process.exitCode = await main(readOptions())
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
}
