/** Makes a page trace of a file: what valgrind or perf wrote, or a trace made elsewhere. */

import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TextDecoder } from 'node:util'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { decodePageTrace, isPageTrace } from '#shared/trace/page-trace.ts'
import { AccessRecorder, type RecordedTrace } from './access-recorder.ts'
import { LackeyReader } from './import-lackey.ts'
import { PerfReader } from './import-perf.ts'
import type { TraceReader } from './trace-reader.ts'
import { bytesOf, wholeLines } from './whole-lines.ts'

export type TraceKind = 'lackey' | 'perf' | 'trace'

export interface ImportOptions {
  /** Absent: found out from the first lines. */
  readonly kind?: TraceKind | undefined
  readonly pageBytes: number
  readonly quantumNs: number
  /** Instructions that a lackey trace is taken to do in a second. */
  readonly instructionsPerSecond: number
  /** Where the trace goes, once its digest is known. */
  readonly place: (digest: string) => string
}

export interface ImportedTrace extends RecordedTrace {
  readonly kind: TraceKind
  readonly pageBytes: number
  readonly file: string
  readonly warnings: readonly string[]
}

/** Throws `trace.*` with a sentence; then nothing is left behind. */
export async function importTrace(source: string, options: ImportOptions): Promise<ImportedTrace> {
  const folder = dirname(options.place('0'.repeat(64)))
  makeFolder(folder)
  const unfinished = join(folder, `.godwit-${randomUUID()}.tmp`)
  try {
    const imported = await readInto(source, unfinished, options)
    const file = options.place(imported.digest)
    renameSync(unfinished, file)
    return { ...imported, file }
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error instanceof GodwitError ? error : writeFault(folder, error)
  }
}

/** Sixteen bytes for each access that a trace may have. */
const largestTraceFile = 2 ** 28

type Imported = Omit<ImportedTrace, 'file'>

async function readInto(source: string, output: string, options: ImportOptions): Promise<Imported> {
  if (options.kind === 'trace' || (options.kind === undefined && (await beginsAsTrace(source)))) return takeTrace(source, output)
  const { pageBytes, quantumNs } = options
  const recorder = new AccessRecorder({ pageBytes, quantumNs, waitingFile: `${output}.accesses` })
  try {
    let kind: Exclude<TraceKind, 'trace'> | undefined = options.kind
    let reader: TraceReader | undefined
    const warnings: string[] = []
    for await (const { bytes, isCutShort } of wholeLines(bytesOf(source))) {
      kind ??= kindOf(bytes)
      if (isCutShort) {
        warnings.push('the last line is cut short and was left out')
        break
      }
      reader ??= kind === 'lackey' ? new LackeyReader(recorder, options.instructionsPerSecond) : new PerfReader(recorder)
      reader.read(bytes)
    }
    if (kind === undefined || reader === undefined || recorder.eventCount === 0) throw new GodwitError('trace.empty', `${nameOf(source)} has no access to memory in it`)
    const { restNs, warnings: more } = reader.end()
    return { kind, pageBytes, ...recorder.writeTo(output, restNs), warnings: [...warnings, ...more] }
  } finally {
    recorder.close()
  }
}

/** What the first lines look like. Commentary alone is taken for lackey's, whose output may begin with pages of it. */
function kindOf(bytes: Uint8Array): 'lackey' | 'perf' {
  const lines = new TextDecoder().decode(bytes.subarray(0, 1 << 16)).split('\n')
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'))
  if (first !== undefined && /^(==|--|\*\*|I {2}[\da-f]+,\d| [LSM] [\da-f]+,\d)/.test(first)) return 'lackey'
  if (first !== undefined && /\s\d+\.(\d{6}|\d{9}):\s/.test(first)) return 'perf'
  const shown = first === undefined ? 'it begins with nothing' : `it begins with ${JSON.stringify(first.slice(0, 60))}`
  throw new GodwitError('trace.foreign', `this is neither output of valgrind --tool=lackey --trace-mem=yes, nor of perf script, nor a page trace: ${shown}`)
}

async function beginsAsTrace(source: string): Promise<boolean> {
  if (source === '-') return false
  for await (const bytes of bytesOf(source)) return isPageTrace(bytes)
  return false
}

/** A trace that is one already is checked and copied. */
async function takeTrace(source: string, output: string): Promise<Imported> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of bytesOf(source)) {
    chunks.push(chunk.slice())
    length += chunk.length
    if (length > largestTraceFile) throw new GodwitError('trace.too-long', `a page trace has at most ${largestTraceFile / 2 ** 20} MiB, and ${nameOf(source)} has more`)
  }
  const bytes = Buffer.concat(chunks)
  const { digest, pageBytes, pageCount, eventCount, durationNs, writes } = decodePageTrace(bytes)
  writeFileSync(output, bytes, { flag: 'wx', flush: true })
  return { kind: 'trace', pageBytes, digest, pageCount, eventCount, durationNs, writeCount: writes.reduce((sum, write) => sum + write, 0), fileBytes: bytes.length, warnings: [] }
}

function nameOf(source: string): string {
  return source === '-' ? 'standard input' : `"${basename(source)}"`
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw writeFault(folder, error)
  }
}

function writeFault(folder: string, error: unknown): GodwitError {
  return new GodwitError('trace.write', `the trace cannot be kept in "${folder}": ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}
