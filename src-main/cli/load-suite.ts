/** The suite that a command is given: a file, or a suite preset by its name. */

import { open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { planSuite } from '#shared/scenario/expand.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { scenarioPresets, suitePresets } from '#shared/scenario/presets/index.ts'
import { formatProblem, type Problem } from '#shared/scenario/problem.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { nearestSpelling } from '#shared/scenario/spelling.ts'
import type { Suite } from '#shared/scenario/suite.ts'
import type { CliIo } from './io.ts'

export interface LoadedSuite {
  readonly suite: Suite
  readonly plan: SuitePlan
  /** The file as it was read. */
  readonly text: string
}

export type SuiteLoading = ({ readonly ok: true } & LoadedSuite) | { readonly ok: false; readonly problems: readonly Problem[] }

/** Reads, checks and expands a suite; what is wrong is printed, and then there is none. */
export async function loadSuite(file: string, io: CliIo): Promise<LoadedSuite | undefined> {
  const loading = await openSuite(file)
  if (loading.ok) return loading
  for (const problem of loading.problems) io.err(`${showProblem(problem)}\n`)
  return undefined
}

/** As `loadSuite`, with the problems as data. */
export async function openSuite(file: string): Promise<SuiteLoading> {
  const reading = await readText(file)
  if (!reading.ok) return { ok: false, problems: [fileProblem(file, reading.message)] }
  const read = readSuite(reading.text, file)
  if (!read.ok) return read
  const planned = planSuite(read.suite)
  return planned.ok ? { ok: true, suite: read.suite, plan: planned.plan, text: reading.text } : planned
}

/** A problem as a line for a terminal; one that is about the file as a whole names no line. */
export function showProblem(problem: Problem): string {
  return problem.line === 0 ? `${problem.file}: ${problem.message}` : formatProblem(problem)
}

function fileProblem(file: string, message: string): Problem {
  return { file, line: 0, column: 0, field: '', found: '', message }
}

/** A suite larger than this is no suite: a million values need less. */
const largestFileMiB = 16

type Reading = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }

async function readText(file: string): Promise<Reading> {
  try {
    const handle = await open(file, 'r')
    try {
      const stat = await handle.stat()
      if (stat.isDirectory()) return fault('this is a folder; name a suite file in it')
      if (!stat.isFile() && !stat.isFIFO()) return fault('this is no file; name a suite file')
      if (stat.size > largestFileMiB * 2 ** 20) return fault(`the file has ${Math.ceil(stat.size / 2 ** 20)} MiB; a suite file has at most ${largestFileMiB} MiB`)
      return decode(await handle.readFile())
    } finally {
      await handle.close()
    }
  } catch (error) {
    return readFault(file, error)
  }
}

function decode(bytes: Uint8Array): Reading {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return fault('the file is no text in UTF-8; save it as UTF-8')
  }
}

function readFault(file: string, error: unknown): Reading {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const preset = Object.hasOwn(suitePresets, file) ? suitePresets[file] : undefined
    return preset === undefined ? missing(file) : { ok: true, text: preset.yaml }
  }
  if (code === 'EACCES' || code === 'EPERM') return fault('the file may not be read; check its permissions')
  return fault(`the file cannot be read: ${error instanceof Error ? error.message : String(error)}`)
}

function missing(file: string): Reading {
  if (Object.hasOwn(scenarioPresets, file)) {
    return fault(`this is a scenario preset, not a suite; write a file with base: { preset: ${file} }, or start from "godwit presets ${file}"`)
  }
  const near = nearestSpelling(file, Object.keys(suitePresets))
  return fault(`there is no such file and no such suite preset${near === undefined ? '; "godwit presets" lists the presets' : `; did you mean "${near}"?`}`)
}

function fault(message: string): Reading {
  return { ok: false, message }
}
