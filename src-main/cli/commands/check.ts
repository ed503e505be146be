/** `godwit check FILE`: says whether a suite can be run, and if not what is wrong, where, and how to mend it. */

import { suiteWarnings } from '#shared/scenario/warnings.ts'
import { type CliIo, type ExitStatus, exitStatus } from '../io.ts'
import { openSuite, showProblem } from '../load-suite.ts'

export interface CheckOptions {
  readonly json?: boolean
}

export async function runCheck(args: readonly string[], options: CheckOptions, io: CliIo): Promise<ExitStatus> {
  const [file] = args
  if (file === undefined) {
    io.err('name the suite file to check, as in: godwit check suite.yaml\n')
    return exitStatus.badInput
  }
  const loading = await openSuite(file)
  const problems = loading.ok ? [] : loading.problems
  const warnings = loading.ok ? suiteWarnings(loading.suite, loading.plan) : []
  if (options.json === true) {
    const counts = loading.ok ? { name: loading.suite.name, points: loading.plan.points.length, runs: loading.plan.runs.length } : {}
    io.out(`${JSON.stringify({ file, ok: loading.ok, ...counts, problems, warnings }, null, 2)}\n`)
  } else if (loading.ok) {
    io.out(`${file}: ${plural(loading.plan.points.length, 'point')}, ${plural(loading.plan.runs.length, 'run')}\n`)
    for (const warning of warnings) io.err(`warning: ${showProblem(warning)}\n`)
  } else {
    for (const problem of problems) io.err(`${showProblem(problem)}\n`)
  }
  return loading.ok ? exitStatus.success : exitStatus.badInput
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
