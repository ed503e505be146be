/** `godwit import FILE`: makes a page trace of what valgrind or perf wrote, for `workload.kind: trace`. */

import { basename, resolve } from 'node:path'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { largestTracePage, smallestTracePage } from '#shared/trace/page-trace.ts'
import { digestDigits, traceName } from '#shared/trace/reference.ts'
import { formatQuantity, parseQuantity } from '#shared/units/quantity.ts'
import { type ImportedTrace, importTrace, type TraceKind } from '../../traces/import-trace.ts'
import { traceFile, tracesFolderOf } from '../../traces/traces-folder.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'

export interface ImportCommandOptions {
  readonly kind?: TraceKind
  readonly name?: string
  readonly store: string
  readonly out?: string
  readonly pageSize: string
  readonly quantum: string
  readonly ips: string
  readonly json?: boolean
}

export async function runImport(file: string, options: ImportCommandOptions, io: CliIo): Promise<ExitStatus> {
  const name = nameOf(file, options)
  const referenceOf = (digest: string): string => `${name}@${digest.slice(0, digestDigits)}`
  const imported = await importTrace(file, {
    kind: options.kind,
    pageBytes: pageBytesOf(options.pageSize),
    quantumNs: quantumOf(options.quantum),
    instructionsPerSecond: rateOf(options.ips),
    place: (digest) => (options.out === undefined ? traceFile(tracesFolderOf(options.store), referenceOf(digest)) : resolve(options.out)),
  })
  for (const warning of imported.warnings) io.err(`warning: ${warning}\n`)
  io.out(options.json === true ? `${JSON.stringify({ trace: referenceOf(imported.digest), ...imported })}\n` : inWords(referenceOf(imported.digest), imported))
  if (options.out !== undefined) io.err(`to replay it, bring it to a store: godwit import ${options.out} --store lab.sqlite\n`)
  return exitStatus.success
}

function inWords(reference: string, { pageBytes, pageCount, eventCount, writeCount, durationNs, fileBytes, file }: ImportedTrace): string {
  const size = formatQuantity(pageCount * pageBytes, 'bytes')
  return [
    `${pageCount} pages (${size}), ${eventCount} accesses (${writeCount} writes) in ${formatQuantity(durationNs, 'nanoseconds')}`,
    `kept as ${file} (${formatQuantity(fileBytes, 'bytes')})`,
    '',
    '  workload:',
    '    kind: trace',
    `    trace: ${reference}`,
    `    workingSet: ${Math.ceil((pageCount * pageBytes) / 2 ** 20)} MiB`,
    '',
  ].join('\n')
}

/** The name given, or that of the file up to its ending. */
function nameOf(file: string, { name, out }: ImportCommandOptions): string {
  if (name !== undefined) {
    if (traceName.test(name)) return name
    throw new GodwitError('import.name', `--name: "${name}" is no name for a trace; a name has up to 60 small letters, digits, dots, dashes and underscores, and begins with a letter or digit`)
  }
  const base = basename(file === '-' ? (out ?? 'trace') : file)
    .replace(/(\.gz|\.txt|\.log|\.out|\.trace|\.lackey|\.perf)+$/i, '')
    .replace(/@[\da-f]{12}$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 60)
  return base === '' ? 'trace' : base
}

function pageBytesOf(text: string): number {
  const bytes = quantityOf(text, 'bytes', '--page-size')
  if (Number.isInteger(Math.log2(bytes)) && bytes >= smallestTracePage && bytes <= largestTracePage) return bytes
  throw new GodwitError('import.page-size', '--page-size: a power of two from 4 KiB to 1 GiB is expected')
}

function quantumOf(text: string): number {
  const quantumNs = quantityOf(text, 'nanoseconds', '--quantum')
  if (Number.isInteger(quantumNs) && quantumNs >= 1 && quantumNs <= 1e12) return quantumNs
  throw new GodwitError('import.quantum', '--quantum: a time from 1 ns to 1000 s is expected')
}

function rateOf(text: string): number {
  const rate = Number(text)
  if (rate >= 1 && rate <= 1e12) return rate
  throw new GodwitError('import.ips', '--ips: a number of instructions per second from 1 to 1e12 is expected')
}

function quantityOf(text: string, dimension: 'bytes' | 'nanoseconds', option: string): number {
  const parsed = parseQuantity(text, dimension)
  if (parsed.ok) return parsed.value
  throw new GodwitError('import.option', `${option}: ${parsed.problem}`)
}
