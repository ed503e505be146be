/** `godwit plan FILE`: lists the runs that a suite makes, their number, and roughly how long they will take. */

import type { Scalar } from '#shared/model/migration-stats.ts'
import { estimateSuite, type SuiteEstimate } from '#shared/sim/estimate.ts'
import type { PlannedRun, SuitePlan } from '#shared/scenario/plan.ts'
import { formatNumber, formatQuantity } from '#shared/units/quantity.ts'
import { type CliIo, type ExitStatus, exitStatus } from '../io.ts'
import { loadSuite } from '../load-suite.ts'

export interface PlanOptions {
  readonly json?: boolean
  /** List every run, not only the first. */
  readonly all?: boolean
}

const firstRuns = 20

/** Runs that are printed as one piece of text. */
const atOnce = 1000

export async function runPlan(args: readonly string[], options: PlanOptions, io: CliIo): Promise<ExitStatus> {
  const [file] = args
  if (file === undefined) {
    io.err('name the suite file to plan, as in: godwit plan suite.yaml\n')
    return exitStatus.badInput
  }
  const loaded = await loadSuite(file, io)
  if (loaded === undefined) return exitStatus.badInput
  const { plan } = loaded
  const estimate = estimateSuite(plan)
  const listed = options.all === true ? plan.runs : plan.runs.slice(0, firstRuns)
  if (options.json === true) {
    printJson(plan, estimate, io)
    return exitStatus.success
  }
  printRuns(listed, plan, io)
  const hidden = plan.runs.length - listed.length
  if (hidden > 0) io.out(`... and ${hidden} more; --all lists them\n`)
  io.out(`${plan.suiteName}: points ${plan.points.length}, runs ${plan.runs.length}\n${describe(estimate)}\n`)
  return exitStatus.success
}

/** One JSON document in pieces: a million runs in one text would be more than a string can hold. */
function printJson(plan: SuitePlan, estimate: SuiteEstimate, io: CliIo): void {
  const head = JSON.stringify({ suite: plan.suiteName, points: plan.points.length, runCount: plan.runs.length, estimate })
  io.out(`${head.slice(0, -1)},"runs":[\n`)
  for (let first = 0; first < plan.runs.length; first += atOnce) {
    const runs = plan.runs.slice(first, first + atOnce).map(({ runId, point, repetition, seed, backend }) =>
      JSON.stringify({ runId, point: point.index, factors: point.factors, repetition, seed, backend }),
    )
    io.out(`${first === 0 ? '' : ',\n'}${runs.join(',\n')}`)
  }
  io.out('\n]}\n')
}

/** Columns apart by two spaces, the last one left-aligned: easy to read, to cut with other tools, and to print by the million. */
function printRuns(runs: readonly PlannedRun[], plan: SuitePlan, io: CliIo): void {
  const fields = Object.keys(plan.points[0]?.factors ?? {})
  const cells = ({ point, repetition, seed, backend }: PlannedRun, index: number): readonly string[] => [
    String(index + 1),
    String(point.index),
    ...fields.map((field) => showScalar(point.factors[field] ?? null)),
    String(repetition),
    String(seed),
    backend,
  ]
  const head = ['run', 'point', ...fields, 'repetition', 'seed', 'backend']
  const widths = head.map((name) => name.length)
  const widen = (row: readonly string[]): void => row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)))
  const line = (row: readonly string[]): string => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column] ?? 0))).join('  ')}\n`
  runs.forEach((run, index) => {
    widen(cells(run, index))
  })
  io.out(line(head))
  for (let first = 0; first < runs.length; first += atOnce) {
    io.out(
      runs
        .slice(first, first + atOnce)
        .map((run, index) => line(cells(run, first + index)))
        .join(''),
    )
  }
}

function showScalar(value: Scalar): string {
  return value === null ? 'off' : String(value)
}

function describe({ runs, cpuSeconds, virtualSeconds, simulatedBytes, agents }: SuiteEstimate): string {
  const bytes = (count: number): string => formatQuantity(Math.round(count), 'bytes')
  const simulated = `about ${formatDuration(cpuSeconds)} of processor time to simulate (shared by the workers), ${formatDuration(virtualSeconds)} of virtual time, ${bytes(simulatedBytes)} of simulated traffic`
  const measured = `about ${formatDuration(agents.seconds)} on agents, in real time and one run after the other, ${bytes(agents.bytes)} of real traffic`
  return [...(runs > agents.runs ? [simulated] : []), ...(agents.runs > 0 ? [measured] : [])].join('\n')
}

function formatDuration(seconds: number): string {
  if (seconds < 120) return `${formatNumber(Number(seconds.toPrecision(2)))} s`
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`
  return `${formatNumber(Number((seconds / 3600).toPrecision(3)))} h`
}
