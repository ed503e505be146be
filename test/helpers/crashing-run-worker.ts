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

function eatMemory(): never {
  const eaten: number[][] = []
  for (;;) eaten.push(Array.from({ length: 10_000 }, (_, index) => index + 0.5))
}
