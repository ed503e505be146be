/** The worker thread that makes runs on agents, one at a time: they share the machine with what they measure. */

import { parentPort, workerData } from 'node:worker_threads'
import { hostsInUse } from './agents/hosts.ts'
import { runOnAgents } from './agents/run-on-agents.ts'
import type { WorkerData } from './run-messages.ts'
import { serveRuns } from './serve-runs.ts'

const { tracesFolder, agents } = (workerData as WorkerData | null) ?? {}
const hosts = hostsInUse(agents, tracesFolder)

serveRuns(parentPort, async (scenario, seed, onlooker) => {
  const [source, destination] = await Promise.all([hosts.source(), hosts.destination()])
  return runOnAgents({
    scenario,
    seed,
    source,
    destination,
    isShaped: hosts.isShaped,
    ...(onlooker === undefined ? {} : { wantsProgress: () => onlooker.isDue(), onProgress: (progress) => onlooker.show(progress) }),
  })
})
