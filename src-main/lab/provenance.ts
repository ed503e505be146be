/** Where results come from: what is noted in each run so that it can be made again. */

import { arch, hostname, release, type } from 'node:os'
import type { Provenance } from '#shared/model/migration-stats.ts'
import type { PlannedRun } from '#shared/scenario/plan.ts'
import { modelVersion } from '#shared/sim/model-version.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { RunResult } from './run-messages.ts'

export const programVersion = packageJson.version

export function provenanceOf(run: PlannedRun, { startedAt, wallMs }: Omit<RunResult, 'stats'>): Provenance {
  return {
    scenarioHash: run.point.scenarioHash,
    programVersion,
    modelVersion,
    node: process.version,
    os: `${type()} ${release()} ${arch()}`,
    host: hostname(),
    backendVersion: `${run.backend} ${programVersion}, model ${modelVersion}`,
    startedAt,
    wallMs,
  }
}
