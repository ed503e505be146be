/** Scenarios for tests, written as in a file. */

import { resolveScenario } from '#shared/scenario/resolve.ts'
import type { Scenario, ScenarioInput } from '#shared/scenario/scenario.ts'

/** The filled-in scenario; throws with every problem if the input is wrong. */
export function scenarioOf(input: ScenarioInput): Scenario {
  const resolution = resolveScenario(input)
  if (resolution.ok) return resolution.scenario
  throw new Error(resolution.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}
