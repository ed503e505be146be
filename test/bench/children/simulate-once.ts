/** A process that simulates one scenario, given as JSON, and prints what that cost. */

import { simulate } from '#shared/sim/simulate.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import type { CostOfRun } from '../simulation.ts'

const resolution = resolveScenario(JSON.parse(process.argv[2] ?? '{}'))
if (!resolution.ok) throw new Error(resolution.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))

const stats = simulate(resolution.scenario, 42)
const usage = process.resourceUsage()
const cost: CostOfRun = {
  // The whole process counts: loading the program and filling in the scenario too.
  cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
  peakMegabytes: (usage.maxRSS * 1024) / 1e6,
  outcome: stats.outcome,
  pagesSent: stats.pagesSent,
  majorFaults: stats.majorFaults,
  iterations: stats.iterationCount,
  stopRule: stats.stopRule,
}
process.stdout.write(JSON.stringify(cost))
