/** `godwit run`: makes the runs of a suite that are not in the store yet, then shows what they give. */

import { basename, extname, join } from 'node:path'
import type { PointSummary } from '#shared/analysis/summarise.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { metrics as allMetrics } from '#shared/model/metrics.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import type { Suite } from '#shared/scenario/suite.ts'
import { defaultCredentialsFolder } from '../../config-folder.ts'
import { agentHostsOf } from '../../lab/agents/access.ts'
import type { AgentHosts } from '../../lab/agents/hosts.ts'
import { summariesOf } from '../../lab/read-results.ts'
import { runSuite, type SuiteResult } from '../../lab/run-suite.ts'
import type { Store } from '../../store/contract.ts'
import { openStore } from '../../store/open-store.ts'
import { tracesFolderOf } from '../../traces/traces-folder.ts'
import { chooseMetrics } from '../choose-metrics.ts'
import { watchInterruption } from '../interruption.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'
import { loadSuite } from '../load-suite.ts'
import { durationInWords, progressView } from '../progress.ts'
import { publishedInWords } from '../published-table.ts'
import { pointsTable, runJson } from '../result-tables.ts'
import { makeFolder, writeResults } from '../results-folder.ts'

export interface RunOptions {
  readonly store: string
  /** Only the runs of this backend; absent: all that the suite names. */
  readonly backend?: string
  readonly workers?: number
  readonly out?: string
  /** The folder with what proves who may connect to agents of other machines. */
  readonly credentials?: string
  /** One line of JSON for each run as it finishes, and no table. */
  readonly json?: boolean
  /** No progress. */
  readonly quiet?: boolean
}

export async function runRun(file: string, options: RunOptions, io: CliIo): Promise<ExitStatus> {
  const loaded = await loadSuite(file, io)
  if (loaded === undefined) return exitStatus.badInput
  const plan = onlyBackend(loaded.plan, options.backend)
  if (options.out !== undefined) await prepareFolder(options.out, loaded.suite)
  const agents = await agentHostsOf(plan, { credentialsFolder: options.credentials ?? defaultCredentialsFolder(), onWarning: (sentence) => io.err(`warning: ${sentence}\n`) })
  const store = await openStore(options.store)
  try {
    const result = await runWithProgress(plan, loaded.text, store, { ...options, agents }, io)
    return await conclude(result, { store, suite: loaded.suite }, options, io)
  } finally {
    await store.close()
  }
}

/** The part of a plan that runs on a backend; refuses a backend that the suite does not name. */
export function onlyBackend(plan: SuitePlan, backend: string | undefined): SuitePlan {
  if (backend === undefined) return plan
  const runs = plan.runs.filter((run) => run.backend === backend)
  if (runs.length > 0) return { ...plan, runs }
  const named = [...new Set(plan.runs.map((run) => run.backend))].join(', ')
  throw new GodwitError('run.backend', `the suite has no runs for the backend "${backend}"; its "backends" are ${named}`)
}

/** Makes what is not in the store yet, and says on standard error how far it is. */
export async function runWithProgress(plan: SuitePlan, text: string, store: Store, options: RunOptions & { readonly agents?: AgentHosts | undefined }, io: CliIo): Promise<SuiteResult> {
  const { quiet = false, json = false, workers, agents } = options
  const view = progressView(io, { quiet })
  const interruption = watchInterruption(() => {
    view.close()
    io.err('stopping; press Ctrl-C again to end at once\n')
  })
  const start = performance.now()
  try {
    const result = await runSuite(plan, {
      store,
      text,
      tracesFolder: tracesFolderOf(options.store),
      workers,
      agents,
      signal: interruption.signal,
      onProgress: (progress) => {
        if (!interruption.signal.aborted) view.update(progress)
      },
      onRun: json ? (run) => io.out(`${runJson(run)}\n`) : undefined,
    })
    view.close()
    if (!quiet) io.err(`${inWords(result, (performance.now() - start) / 1000)}\n`)
    return result
  } finally {
    view.close()
    interruption.close()
  }
}

function inWords({ planned, reused, finished, stopped }: SuiteResult, seconds: number): string {
  if (stopped) return `stopped: ${reused + finished} of ${planned} runs are stored; the same command continues with the others`
  const fresh = finished === 0 && reused > 0 ? 'nothing was left to run' : `${finished} runs made in ${durationInWords(seconds)}`
  return reused === 0 ? fresh : `${fresh}; ${reused} of ${planned} were in the store already`
}

/** Finds a bad folder or a bad chart recipe before a long suite starts. */
async function prepareFolder(folder: string, suite: Suite): Promise<void> {
  await makeFolder(folder)
  if (suite.figures.length === 0) return
  const { recipesOf } = await import('../../export/figure-files.ts')
  recipesOf(suite)
}

interface Done {
  readonly store: Store
  readonly suite: Suite
}

async function conclude(result: SuiteResult, done: Done, options: RunOptions, io: CliIo): Promise<ExitStatus> {
  if (result.stopped) return exitStatus.runFailed
  const { store } = done
  const suite = await summaryOf(store, result.suiteId)
  if (options.json !== true) await printSummary(store, suite, io)
  if (options.out !== undefined) {
    const paths = await writeResults(options.out, store, suite, allMetrics)
    const figures = await drawFigures(options.out, done, suite, io)
    if (options.quiet !== true) io.err(`written to ${options.out}: ${[...paths.map((path) => basename(path)), ...figures].join(', ')}\n`)
  }
  if (suite.crashed === 0) return exitStatus.success
  io.err(`${suite.crashed} of ${suite.planned} runs crashed; \`godwit results --store ${options.store} --runs\` says why\n`)
  return exitStatus.runFailed
}

async function drawFigures(folder: string, { store, suite }: Done, summary: SuiteEntry, io: CliIo): Promise<readonly string[]> {
  if (suite.figures.length === 0) return []
  const { recipesOf, renderSuiteFigures } = await import('../../export/figure-files.ts')
  const { loadRuns } = await import('../../export/figure-runs.ts')
  const runs = await loadRuns(store, [summary], recipesOf(suite))
  const { drawn, missing } = await renderSuiteFigures(suite, runs, join(folder, 'figures'))
  for (const { name, problem } of missing) io.err(`the figure "${name}" is not drawn: ${problem}\n`)
  return drawn.map(({ name, files }) => `figures/${name} (${files.map((file) => extname(file).slice(1)).join(', ')})`)
}

async function summaryOf(store: Store, suiteId: number): Promise<SuiteEntry> {
  const suite = (await store.suites()).find((candidate) => candidate.suiteId === suiteId)
  if (suite === undefined) throw new GodwitError('run.suite-gone', 'the suite that just ran is not in the store; another program removed it')
  return suite
}

async function printSummary(store: Store, suite: SuiteEntry, io: CliIo): Promise<void> {
  const metrics = chooseMetrics()
  const summaries: PointSummary[] = []
  for await (const summary of summariesOf(store, suite.suiteId, metrics)) summaries.push(summary)
  io.out(`${suite.name}\n${pointsTable(summaries, metrics)}${await publishedInWords(store, suite)}`)
}
