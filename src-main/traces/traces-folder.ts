/**
 * The folder of imported traces, beside the store. A file is named NAME@DIGEST.trace with 12 digits of the SHA-256 of its
 * content, and so is the trace in a scenario: another content is another name, and no run is taken for one of it.
 */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { traceMisfit } from '#shared/trace/fit.ts'
import { builtInTraces, type TraceLibrary } from '#shared/trace/library.ts'
import { decodePageTrace, type PageTrace } from '#shared/trace/page-trace.ts'
import { digestDigits } from '#shared/trace/reference.ts'

export function tracesFolderOf(storePath: string): string {
  return join(dirname(resolve(storePath)), 'traces')
}

export function traceFile(folder: string, reference: string): string {
  return join(folder, `${reference}.trace`)
}

/** Traces that are kept in memory; a worker makes many runs of one. */
const keptTraces = 4

/** The built-in traces and those of a folder. */
export function folderTraces(folder: string | undefined): TraceLibrary {
  const kept = new Map<string, PageTrace>()
  return {
    get(reference) {
      const known = kept.get(reference) ?? builtInTraces.get(reference)
      if (known !== undefined || folder === undefined) return known
      const file = traceFile(folder, reference)
      if (!existsSync(file)) return undefined
      const trace = readTrace(file, reference)
      const [oldest] = kept.keys()
      if (kept.size === keptTraces && oldest !== undefined) kept.delete(oldest)
      kept.set(reference, trace)
      return trace
    },
  }
}

function readTrace(file: string, reference: string): PageTrace {
  try {
    const trace = decodePageTrace(readFileSync(file))
    if (reference.endsWith(`@${trace.digest.slice(0, digestDigits)}`)) return trace
  } catch (error) {
    if (error instanceof GodwitError) throw new GodwitError(error.code, `"${file}": ${error.message}`, { cause: error })
    throw error
  }
  throw new GodwitError('trace.broken', `"${file}" holds another trace than its name says; import it again`)
}

/** Throws `trace.missing` or `trace.misfit` if a run of the plan could not replay its trace. */
export function requireTraces(plan: SuitePlan, folder: string | undefined): void {
  const traces = folderTraces(folder)
  for (const { scenario } of plan.points) {
    for (const process of [scenario.workload, ...scenario.workload.processes]) {
      if (process.kind !== 'trace') continue
      const trace = traces.get(process.trace)
      if (trace === undefined) {
        const where = folder === undefined ? '' : ` in "${folder}"`
        throw new GodwitError('trace.missing', `the suite replays the trace "${process.trace}", which is not${where || ' here'}; import it with godwit import --store, naming the store of the suite`)
      }
      const misfit = traceMisfit(process, scenario.guest.pageSize, trace)
      if (misfit !== undefined) throw new GodwitError('trace.misfit', `the trace "${process.trace}" cannot be replayed: ${misfit}`)
    }
  }
}
