/** A suite's text as the queue needs it: planned, or refused with what is wrong; and with more repetitions. */

import { isNode, parseDocument } from 'yaml'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { planSuite } from '#shared/scenario/expand.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { formatProblem, type Problem } from '#shared/scenario/problem.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'

/** Throws `suite.invalid` with every problem in its details. */
export function planText(text: string, fileName: string): SuitePlan {
  const read = readSuite(text, fileName)
  if (!read.ok) throw invalid(read.problems)
  const planned = planSuite(read.suite)
  if (!planned.ok) throw invalid(planned.problems)
  return planned.plan
}

/** The same text with a larger `repeat`; everything else stays as it was written. */
export function withMoreRepetitions(text: string, fileName: string, count: number): string {
  const read = readSuite(text, fileName)
  if (!read.ok) throw invalid(read.problems)
  const repeat = read.suite.repeat + count
  const document = parseDocument(text)
  const written: unknown = document.get('repeat', true)
  if (isNode(written) && written.range) {
    const [start, end] = written.range
    return text.slice(0, start) + String(repeat) + text.slice(end)
  }
  document.set('repeat', repeat)
  return document.toString({ lineWidth: 0 })
}

function invalid(problems: readonly Problem[]): GodwitError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new GodwitError('suite.invalid', `the suite cannot be run: ${first === undefined ? 'it has problems' : formatProblem(first)}${more}`, { details: { problems } })
}
