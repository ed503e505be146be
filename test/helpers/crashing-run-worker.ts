/**
 * A run worker that breaks on purpose. What it does to a run is named by the guest's number of processors; all other
 * runs are the simulator's.
 */

import { parentPort } from 'node:worker_threads'
import { simulate } from '#shared/sim/simulate.ts'
import { type Onlooker, serveRuns, shownTo } from '../../src-main/lab/serve-runs.ts'

/** Guests with this many processors break their run. */
export const breaking = { throws: 61, exits: 62, eatsMemory: 63, givesNonsense: 64, exitsAfterReports: 65 } as const

serveRuns(parentPort, (scenario, seed, onlooker) => {
  switch (scenario.guest.vcpus) {
    case breaking.throws:
      throw new RangeError('the guest does not fit')
    case breaking.exits:
      process.exit(7)
    case breaking.eatsMemory:
      return eatMemory()
    case breaking.givesNonsense:
      return { ...simulate(scenario, seed), totalMs: Number.NaN }
    case breaking.exitsAfterReports:
      return simulate(scenario, seed, shownTo(onlooker && exitingAfterReports(onlooker)))
    default:
      return simulate(scenario, seed, shownTo(onlooker))
  }
})

/** The reports before the fourth are on their way. */
function exitingAfterReports(onlooker: Onlooker): Onlooker {
  let reports = 0
  return {
    isDue: () => onlooker.isDue(),
    show: (progress) => {
      reports += 1
      if (reports === 4) process.exit(7)
      onlooker.show(progress)
    },
  }
}

/** Small things one after the other: a single large one may end the whole process before the worker's limit is seen. */
function eatMemory(): never {
  let eaten: { readonly before: unknown; readonly filling: string } | null = null
  for (let index = 0; ; index++) eaten = { before: eaten, filling: `page ${index}` }
}
