/** `godwit demo`: repeats the evaluation of Clark et al. 2005 and draws the figures; as any run, it prints what was published beside it. */

import { join } from 'node:path'
import type { CliIo, ExitStatus } from '../io.ts'
import { runRun } from './run.ts'

export interface DemoOptions {
  /** Where the store, the tables and the figures go. */
  readonly out: string
  readonly workers?: number
}

const suiteName = 'clark-2005'

export function runDemo({ out, workers }: DemoOptions, io: CliIo): Promise<ExitStatus> {
  return runRun(suiteName, { store: join(out, `${suiteName}.sqlite`), out, ...(workers === undefined ? {} : { workers }) }, io)
}
