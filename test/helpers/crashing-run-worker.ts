/**
 * A run worker that breaks on purpose. What it does to a run is named by the guest's number of processors; all other
 * runs are the simulator's.
 */

import { parentPort } from 'node:worker_threads'
import { simulate } from '#shared/sim/simulate.ts'
import { serveRuns } from '../../src-main/lab/serve-runs.ts'

/** Guests with this many processors break their run. */
export const breaking = { throws: 61, exits: 62, eatsMemory: 63, givesNonsense: 64 } as const

serveRuns(parentPort, (scenario, seed) => {
  switch (scenario.guest.vcpus) {
    case breaking.throws:
      throw new RangeError('the guest does not fit')
    case breaking.exits:
      process.exit(7)
    case breaking.eatsMemory:
      return eatMemory()
    case breaking.givesNonsense:
      return { ...simulate(scenario, seed), totalMs: Number.NaN }
    default:
      return simulate(scenario, seed)
  }
})

/** Small things one after the other: a single large one may end the whole process before the worker's limit is seen. */
function eatMemory(): never {
  let eaten: { readonly before: unknown; readonly filling: string } | null = null
  for (let index = 0; ; index++) eaten = { before: eaten, filling: `page ${index}` }
}
