/** The worker thread that simulates runs. */

import { parentPort } from 'node:worker_threads'
import { simulate } from '#shared/sim/simulate.ts'
import { serveRuns } from './serve-runs.ts'

serveRuns(parentPort, (scenario, seed) => simulate(scenario, seed))
