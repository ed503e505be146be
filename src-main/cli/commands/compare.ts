/** `godwit compare`: a suite's backends side by side, and how far the simulation is from what was measured. */

import { type Fidelity, fidelityMetrics, measuredBackends, simulatedBackend, type SuiteFidelity } from '#shared/analysis/fidelity.ts'
import { notBoth } from '#shared/figures/fidelity.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { nearestSpelling } from '#shared/scenario/spelling.ts'
import { readFidelity } from '../../lab/read-fidelity.ts'
import { chooseSuites } from '../../lab/read-results.ts'
import { openStore } from '../../store/open-store.ts'
import { chooseMetrics } from '../choose-metrics.ts'
import { explanation, leftOutInWords, metricsTable, pointTables } from '../fidelity-tables.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'

export interface CompareOptions {
  readonly store: string
  /** Name or number of a suite; absent: the newest of each name. */
  readonly suite?: string
  /** `sim` and one that measured, with a comma between; absent: all that measured. */
  readonly backends?: string
  readonly metric?: readonly string[]
  /** Also a row for each point. */
  readonly points?: boolean
  readonly json?: boolean
}

interface ComparedSuite extends SuiteFidelity {
  readonly suite: SuiteEntry
}

export async function runCompare(options: CompareOptions, io: CliIo): Promise<ExitStatus> {
  const metrics = options.metric === undefined ? fidelityMetrics : chooseMetrics(options.metric)
  const wanted = measuredAmong(options.backends)
  const store = await openStore(options.store, { access: 'read' })
  try {
    const suites = await chooseSuites(store, options.suite)
    if (suites.length === 0) throw new GodwitError('results.empty', `the store "${options.store}" has no results yet; fill it with \`godwit run FILE --store ${options.store}\``)
    const read: ComparedSuite[] = []
    for (const suite of suites) {
      const { backends, comparisons } = await readFidelity(store, suite.suiteId, metrics)
      read.push({ suite, backends, comparisons: wanted === null ? comparisons : comparisons.filter(({ measured }) => measured === wanted) })
    }
    const compared = read.filter(({ comparisons }) => comparisons.length > 0)
    const others = read.filter(({ comparisons }) => comparisons.length === 0)
    if (compared.length === 0) throw new GodwitError('compare.one-backend', others.map((one) => lacking(one, wanted)).join('\n'))
    if (options.json === true) io.out(`${JSON.stringify({ confidence: 0.95, suites: compared.map(({ suite, ...fidelity }) => ({ ...suite, ...fidelity })) })}\n`)
    else io.out(compared.flatMap(({ suite, comparisons }) => comparisons.map((fidelity) => inWords(suite, fidelity, options))).join('\n'))
    for (const one of others) io.err(`${lacking(one, wanted)}\n`)
    return exitStatus.success
  } finally {
    await store.close()
  }
}

/** The measured one of the two backends that are asked for; null: all. */
function measuredAmong(backends: string | undefined): string | null {
  if (backends === undefined) return null
  const names = backends.split(',').map((name) => name.trim())
  const known = [simulatedBackend, ...measuredBackends]
  for (const name of names) {
    if (known.includes(name)) continue
    const nearest = nearestSpelling(name, known)
    throw new GodwitError('compare.backends', `--backends: there is no backend "${name}"; ${nearest === undefined ? `choose from ${known.join(', ')}` : `did you mean "${nearest}"?`}`)
  }
  const [measured, ...more] = names.filter((name) => name !== simulatedBackend)
  if (names.includes(simulatedBackend) && names.length === 2 && measured !== undefined && more.length === 0) return measured
  throw new GodwitError('compare.backends', `--backends: "${backends}" is not the simulator and one backend that measures; write ${measuredBackends.map((name) => `${simulatedBackend},${name}`).join(' or ')}`)
}

function lacking({ suite, backends }: ComparedSuite, wanted: string | null): string {
  const head = `${suite.name} (suite ${suite.suiteId})`
  if (wanted === null || backends.length < 2) return `${head}: ${notBoth(backends)}`
  return `${head}: it has runs of ${backends.join(' and ')}, and not of both ${simulatedBackend} and ${wanted}; write \`backends: [${simulatedBackend}, ${wanted}]\` in the suite and run it again`
}

function inWords({ name, suiteId }: SuiteEntry, fidelity: Fidelity, { points = false }: CompareOptions): string {
  const { measured, pairs } = fidelity
  const all = fidelity.points.length + fidelity.missing.length
  const head = `${name} (suite ${suiteId}): simulated against measured by ${measured}; ${fidelity.points.length} of ${all} points have both, ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of runs`
  return `${head}\n${metricsTable(fidelity)}${explanation}${leftOutInWords(fidelity)}${points ? pointTables(fidelity) : ''}`
}
