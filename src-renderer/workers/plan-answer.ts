/** Plans a suite for the window: reads its text, multiplies it out, and says what came of it. */

import { planSuite } from '#shared/scenario/expand.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import type { PlanAnswer, PlanRequest } from './plan-protocol.ts'
import { outlineOf, type OutlinedPlanning } from './suite-outline.ts'

export function planAnswer({ id, text, fileName }: PlanRequest): PlanAnswer {
  try {
    return { id, ok: true, planning: plan(text, fileName) }
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

function plan(text: string, fileName: string): OutlinedPlanning {
  const read = readSuite(text, fileName)
  if (!read.ok) return { ok: false, problems: read.problems }
  const planned = planSuite(read.suite)
  return planned.ok ? { ok: true, plan: outlineOf(planned.plan) } : planned
}
