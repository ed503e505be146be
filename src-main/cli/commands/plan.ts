/** `godwit plan FILE`: lists the runs that a suite makes, their number, and roughly how long they will take. */

import Table from 'cli-table3'
import type { Scalar } from '#shared/model/migration-stats.ts'
import { estimateSuite, type SuiteEstimate } from '#shared/scenario/estimate.ts'
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
  io.out(`${runTable(listed, plan)}\n`)
  const hidden = plan.runs.length - listed.length
  if (hidden > 0) io.out(`... and ${hidden} more; --all lists them\n`)
  io.out(`${plan.suiteName}: points ${plan.points.length}, runs ${plan.runs.length}\n${describe(estimate)}\n`)
  return exitStatus.success
}

/** One JSON document in pieces: a million runs in one text would be more than a string can hold. */
function printJson(plan: SuitePlan, estimate: SuiteEstimate, io: CliIo): void {
  const head = JSON.stringify({ suite: plan.suiteName, points: plan.points.length, runCount: plan.runs.length, estimate })
  io.out(`${head.slice(0, -1)},"runs":[\n`)
  for (let first = 0; first < plan.runs.length; first += 1000) {
    const runs = plan.runs.slice(first, first + 1000).map(({ runId, point, repetition, seed, backend }) =>
      JSON.stringify({ runId, point: point.index, factors: point.factors, repetition, seed, backend }),
    )
    io.out(`${first === 0 ? '' : ',\n'}${runs.join(',\n')}`)
  }
  io.out('\n]}\n')
}

function runTable(runs: readonly PlannedRun[], plan: SuitePlan): string {
  const fields = Object.keys(plan.points[0]?.factors ?? {})
  const table = new Table({
    head: ['run', 'point', ...fields, 'repetition', 'seed', 'backend'],
    style: { head: [], border: [], compact: true },
    chars: plainLines,
    colAligns: ['right', 'right', ...fields.map(() => 'right' as const), 'right', 'right', 'left'],
  })
  runs.forEach(({ point, repetition, seed, backend }, index) => {
    table.push([index + 1, point.index, ...fields.map((field) => showScalar(point.factors[field] ?? null)), repetition + 1, seed, backend])
  })
  return table.toString()
}

/** Columns apart by two spaces: easy to read, and to cut with other tools. */
const plainLines = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '',
} as const

function showScalar(value: Scalar): string {
  return value === null ? 'off' : String(value)
}

function describe(estimate: SuiteEstimate): string {
  const cpu = formatDuration(estimate.cpuSeconds)
  return `about ${cpu} of processor time to simulate (shared by the workers), ${formatDuration(estimate.virtualSeconds)} of virtual time, ${formatQuantity(Math.round(estimate.simulatedBytes), 'bytes')} of simulated traffic`
}

function formatDuration(seconds: number): string {
  if (seconds < 120) return `${formatNumber(Number(seconds.toPrecision(2)))} s`
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`
  return `${formatNumber(Number((seconds / 3600).toPrecision(3)))} h`
}
