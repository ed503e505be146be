/** The worker thread that simulates runs. */

import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from '#shared/sim/simulate.ts'
import { folderTraces } from '../traces/traces-folder.ts'
import type { WorkerData } from './run-messages.ts'
import { serveRuns, shownTo } from './serve-runs.ts'

const traces = folderTraces((workerData as WorkerData | null)?.tracesFolder)

serveRuns(parentPort, (scenario, seed, onlooker) => simulate(scenario, seed, { traces, ...shownTo(onlooker) }))
