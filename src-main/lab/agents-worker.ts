/** The worker thread that makes runs on agents, one at a time: they share the machine with what they measure. */

import { parentPort, workerData } from 'node:worker_threads'
import { hostsInUse } from './agents/hosts.ts'
import { runOnAgents } from './agents/run-on-agents.ts'
import { warmUpAgents } from './agents/warm-up.ts'
import type { WorkerData } from './run-messages.ts'
import { serveRuns } from './serve-runs.ts'

const { tracesFolder, agents } = (workerData as WorkerData | null) ?? {}
const hosts = hostsInUse(agents, tracesFolder)

/** Where the agents were in the run before; others have just been started. */
let warmPlaces = ''

serveRuns(parentPort, async (scenario, seed, onlooker) => {
  const [source, destination] = await Promise.all([hosts.source(), hosts.destination()])
  const places = JSON.stringify([source, destination].map(({ address: { host, port } }) => [host, port]))
  if (places !== warmPlaces) await warmUpAgents(source, destination)
  warmPlaces = places
  return runOnAgents({
    scenario,
    seed,
    source,
    destination,
    isShaped: hosts.isShaped,
    ...(onlooker === undefined ? {} : { wantsProgress: () => onlooker.isDue(), onProgress: (progress) => onlooker.show(progress) }),
  })
})
