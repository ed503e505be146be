/** A scenario that came over the wire is checked like one from a file: no peer is trusted. Filled in, it stays what it is. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import { agentsProblems } from '#shared/scenario/agents-rules.ts'
import { isTree, resolveScenario } from '#shared/scenario/resolve.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

export function readScenario(value: unknown): Scenario {
  if (!isTree(value)) throw new GodwitError('agent.scenario', 'a scenario with its sections is expected')
  const resolved = resolveScenario(value)
  const [first] = resolved.ok ? agentsProblems(resolved.scenario) : resolved.issues
  if (resolved.ok && first === undefined) return resolved.scenario
  throw new GodwitError('agent.scenario', `the scenario cannot be run here: ${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`)
}
