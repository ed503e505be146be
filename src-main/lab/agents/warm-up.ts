/** A small migration on agents that were just started: the first one on a fresh process measures how code is compiled. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import { type HostInUse, runOnAgents } from './run-on-agents.ts'

/** Everything that a migration goes through: iterations, the stop, faults and push (lab). */
const warmUp = {
  guest: { memory: '32 MiB' },
  workload: { kind: 'uniform', writes: '5000 pages/s', reads: '5000 pages/s', workingSet: '32 MiB' },
  link: { bandwidth: '1 Gbit/s' },
  strategy: { kind: 'hybrid', batch: 64, pushBatch: 16, stop: { iterations: 2 } },
}

export async function warmUpAgents(source: HostInUse, destination: HostInUse): Promise<void> {
  const resolution = resolveScenario(warmUp)
  if (!resolution.ok) throw new GodwitError('agent.fault', 'the scenario that agents are warmed up with is wrong; please report this')
  await runOnAgents({ scenario: resolution.scenario, seed: 1, source, destination, isShaped: true })
}
