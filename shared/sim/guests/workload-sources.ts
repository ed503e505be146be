/**
 * From the processes of a workload to the sources of their writes, and of their accesses. Proportions inside the composed kinds
 * (kernel-compile, web-server, oltp) are our own (lab): no measurement of them is published as page rates.
 */

import { GodwitError } from '../../model/godwit-error.ts'
import { memoryLayout } from '../../scenario/memory-layout.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import type { ProcessSpec } from '../../scenario/sections/workload.ts'
import { traceMisfit } from '../../trace/fit.ts'
import { builtInTraces, type TraceLibrary } from '../../trace/library.ts'
import { assertNever } from '../../units/assert-never.ts'
import { hashedUniform, streamSeed } from '../kernel/streams.ts'
import { bursts, type Intensity, inTurn, steady } from '../memory/intensity.ts'
import { type AccessSource, PoissonAccesses, SweepAccesses } from '../memory/access-source.ts'
import { TraceAccesses, type TraceReplay, TraceSource } from '../memory/trace-source.ts'
import { PoissonSource, SweepSource, type WriteSource } from '../memory/write-source.ts'
import { type Allocation, allocationsOf, AllocationSource } from '../memory/allocation-source.ts'
import { drawnOperations, type OperationStream, type ProcesslessStream, sweptOperations } from '../memory/operation-stream.ts'
import { traceOperations } from '../memory/trace-operations.ts'
import { ProcessSource } from '../memory/process-source.ts'
import { selfMigrationWrites } from './migration-writes.ts'
import { releasedCache } from './released-memory.ts'

interface Range {
  readonly firstPage: number
  readonly pages: number
}

type Weights = Float32Array | 'equal'

/** How sources of one kind are made: those of writes, or those of accesses. */
interface SourceKind<Source> {
  readonly purpose: string
  readonly perSecond: (process: ProcessSpec) => number
  readonly poisson: (range: Range, intensity: Intensity, weights: Weights, seed: number) => Source
  readonly sweep: (range: Range, intensity: Intensity, seed: number) => Source
  readonly replay: (replay: TraceReplay) => Source
  readonly allocation: (allocation: Allocation) => Source
  /** The source as one of a process, which can be put to sleep if the scenario stuns. */
  readonly owned: (process: number, source: Source, canSleep: boolean) => Source
}

const writing: SourceKind<WriteSource> = {
  purpose: 'writes',
  perSecond: ({ writes }) => writes,
  poisson: (range, intensity, weights, seed) => new PoissonSource(range, intensity, weights, seed),
  sweep: (range, intensity, seed) => new SweepSource(range, intensity, seed),
  replay: (replay) => new TraceSource(replay),
  allocation: (allocation) => new AllocationSource(allocation),
  owned: (process, source, canSleep) => (canSleep ? new ProcessSource(process, source) : source),
}

const accessing: SourceKind<AccessSource> = {
  purpose: 'accesses',
  perSecond: ({ writes, reads }) => writes + reads,
  poisson: (range, intensity, weights, seed) => new PoissonAccesses(range, intensity, weights, seed),
  sweep: (range, intensity, seed) => new SweepAccesses(range, intensity, seed),
  replay: (replay) => new TraceAccesses(replay),
  allocation: (allocation) => new SweepAccesses(allocation, allocation.intensity, allocation.seed),
  owned: (_process, source) => source,
}

/** Null: what the stream of this kind would do, the one of the other kind does. */
type FoundStream = OperationStream | null

const unowned = (stream: ProcesslessStream): FoundStream => ({ ...stream, process: -1 })

function operating(does: 'write' | 'read'): SourceKind<FoundStream> {
  return {
    purpose: `${does}s`,
    perSecond: ({ writes, reads }) => (does === 'write' ? writes : reads),
    poisson: (range, intensity, weights, seed) => unowned(drawnOperations(does, range, intensity, weights, seed)),
    sweep: (range, intensity, seed) => unowned(sweptOperations(does, range, intensity, seed)),
    replay: (replay) => (does === 'write' ? unowned(traceOperations(replay)) : null),
    allocation: (allocation) => (does === 'write' ? unowned(sweptOperations('take', allocation, allocation.intensity, allocation.seed)) : null),
    owned: (process, stream) => (stream === null ? null : { ...stream, process }),
  }
}

/** The sources of the writes of all processes, laid out as the scenario says. */
export function writeSources(scenario: Scenario, seed: number, traces?: TraceLibrary): WriteSource[] {
  const cache = releasedCache(scenario, seed)
  return [...workloadSources(scenario, seed, writing, traces), ...(cache === null ? [] : [cache])]
}

/** The sources of reads and writes together. They follow the pattern of the writes, and are drawn apart from them. */
export function accessSources(scenario: Scenario, seed: number, traces?: TraceLibrary): AccessSource[] {
  const { pageCache } = memoryLayout(scenario)
  const { releasePageCache, cacheReads } = scenario.balloon
  const cache = { firstPage: pageCache.first, pages: pageCache.end - pageCache.first }
  const reads = releasePageCache && cacheReads > 0 && cache.pages > 0
  return [
    ...workloadSources(scenario, seed, accessing, traces),
    ...(reads ? [new PoissonAccesses(cache, steady(cacheReads), 'equal', streamSeed(seed, 'reads of the page cache'))] : []),
  ]
}

/**
 * The workload operation by operation: the writes of all processes, their reads, reads of page cache that was given back,
 * and what a migration inside the guest writes, which counts as one process more.
 */
export function operationStreams(scenario: Scenario, seed: number, traces?: TraceLibrary): OperationStream[] {
  const { pageCache } = memoryLayout(scenario)
  const { releasePageCache, cacheReads } = scenario.balloon
  const cache = { firstPage: pageCache.first, pages: pageCache.end - pageCache.first }
  const own = selfMigrationWrites(scenario, seed)
  const streams: FoundStream[] = [
    ...workloadSources(scenario, seed, operating('write'), traces),
    ...workloadSources(scenario, seed, operating('read'), traces),
  ]
  if (releasePageCache && cacheReads > 0 && cache.pages > 0) streams.push({ ...drawnOperations('read', cache, steady(cacheReads), 'equal', streamSeed(seed, 'reads of the page cache')), process: 0 })
  if (own !== null) streams.push({ ...drawnOperations('write', own.range, own.intensity, 'equal', own.seed), process: selfMigrationProcess(scenario) })
  return streams.filter((stream) => stream !== null)
}

/** The process as which a migration inside the guest counts. */
export function selfMigrationProcess({ workload }: Scenario): number {
  return workload.processes.length + 1
}

function workloadSources<Source>(scenario: Scenario, seed: number, kind: SourceKind<Source>, traces: TraceLibrary = builtInTraces): Source[] {
  const { guest, workload } = scenario
  const sources: Source[] = []
  const add = (process: number, found: readonly Source[]): void => void sources.push(...found.map((source) => kind.owned(process, source, scenario.optimisations.stun)))
  let nextFree = 0
  const processes: readonly ProcessSpec[] = [workload, ...workload.processes]
  const allocations = new Map(allocationsOf(scenario, seed).map((allocation) => [allocation.process, allocation]))
  processes.forEach((process, index) => {
    const allocation = allocations.get(index)
    if (allocation !== undefined) add(index, [kind.allocation(allocation)])
    if (process.kind === 'idle') return
    const firstPage = Math.floor((process.start ?? nextFree) / guest.pageSize)
    const pages = Math.floor(process.workingSet / guest.pageSize)
    nextFree = Math.max(nextFree, (firstPage + pages) * guest.pageSize)
    if (process.kind === 'trace') add(index, [kind.replay(replayOf(process, { firstPage, pages }, { traces, pageBytes: guest.pageSize, seed: streamSeed(seed, `trace of process ${index}`) }))])
    else if (kind.perSecond(process) > 0) add(index, sourcesOf(process, { firstPage, pages }, streamSeed(seed, `${kind.purpose} of process ${index}`), kind))
  })
  return sources
}

function sourcesOf<Source>(process: ProcessSpec, range: Range, seed: number, kind: SourceKind<Source>): Source[] {
  const { hotPages, hotShare, period, duty, exponent } = process
  const perSecond = kind.perSecond(process)
  const uniform = (part: Range, intensity: Intensity, purpose: string): Source[] =>
    part.pages > 0 ? [kind.poisson(part, intensity, 'equal', streamSeed(seed, purpose))] : []
  const sweep = (part: Range, intensity: Intensity, purpose: string): Source[] =>
    part.pages > 0 ? [kind.sweep(part, intensity, streamSeed(seed, purpose))] : []

  switch (process.kind) {
    case 'idle':
    case 'trace':
      return []
    case 'sequential':
    case 'diabolical':
      return sweep(range, steady(perSecond), 'sweep')
    case 'uniform':
      return uniform(range, steady(perSecond), 'uniform')
    case 'hot-cold': {
      const [hot, cold] = split(range, hotPages)
      const hotRate = cold.pages === 0 ? perSecond : perSecond * hotShare
      return [...uniform(hot, steady(hot.pages === 0 ? 0 : hotRate), 'hot'), ...uniform(cold, steady(hot.pages === 0 ? perSecond : perSecond - hotRate), 'cold')]
    }
    case 'zipf':
      return [kind.poisson(range, steady(perSecond), zipfWeights(range.pages, exponent), streamSeed(seed, 'zipf'))]
    case 'phased':
      return phased(process, perSecond, range, uniform)
    case 'burst':
      return uniform(range, bursts(perSecond, period, duty), 'burst')
    case 'kernel-compile': {
      const [hot, fresh] = split(range, hotPages)
      return [...uniform(hot, steady(perSecond * hotShare), 'hot'), ...sweep(fresh, bursts(perSecond * (1 - hotShare), period, duty), 'fresh')]
    }
    case 'web-server': {
      const [hot, rest] = split(range, hotPages)
      const [heap, log] = split(rest, 7 / 8)
      const cold = perSecond * (1 - hotShare)
      return [...uniform(hot, steady(perSecond * hotShare), 'hot'), ...uniform(heap, steady(cold / 2), 'heap'), ...sweep(log, steady(cold / 2), 'log')]
    }
    case 'oltp': {
      const [rows, log] = split(range, 15 / 16)
      return [
        kind.poisson(rows, steady(perSecond * 0.75), zipfWeights(rows.pages, exponent), streamSeed(seed, 'rows')),
        ...sweep(log, steady(perSecond * 0.15), 'log'),
        ...sweep(rows, bursts(perSecond * 0.1, period, duty), 'checkpoint'),
      ]
    }
    default:
      return assertNever(process.kind)
  }
}

/** Writes and accesses are of one replay: both begin at the same moment of the trace. */
function replayOf(process: ProcessSpec, range: Range, { traces, pageBytes, seed }: { readonly traces: TraceLibrary; readonly pageBytes: number; readonly seed: number }): TraceReplay {
  const trace = traces.get(process.trace)
  if (trace === undefined) throw new GodwitError('trace.missing', `the trace "${process.trace}" is not here: imported traces are found beside the store of a run, not in the preview`)
  const misfit = traceMisfit(process, pageBytes, trace)
  if (misfit !== undefined) throw new GodwitError('trace.misfit', `the trace "${process.trace}" cannot be replayed: ${misfit}`)
  const startNs = process.loop && process.traceStart === 'anywhere' ? Math.floor(hashedUniform(seed, 0, 0) * trace.durationNs) : 0
  return { ...range, trace, pageBytes, fit: process.traceFit, loop: process.loop, stretch: process.stretch, startNs }
}

/** The first `share` of a range and the rest. */
function split(range: Range, share: number): readonly [Range, Range] {
  const pages = Math.round(range.pages * share)
  return [
    { firstPage: range.firstPage, pages },
    { firstPage: range.firstPage + pages, pages: range.pages - pages },
  ]
}

function zipfWeights(pages: number, exponent: number): Float32Array {
  const terms = new Float64Array(pages)
  for (let i = 0; i < terms.length; i++) terms[i] = (i + 1) ** -exponent
  let sum = 0
  for (const term of terms) sum += term
  const weights = new Float32Array(pages)
  for (let i = 0; i < weights.length; i++) weights[i] = (terms[i] ?? 0) / sum
  return weights
}

function phased<Source>(process: ProcessSpec, perSecond: number, range: Range, uniform: (part: Range, intensity: Intensity, purpose: string) => Source[]): Source[] {
  const { phases, phaseLength, hotShare } = process
  if (phases === 1) return uniform(range, steady(perSecond), 'part 0')
  const sources: Source[] = []
  for (let part = 0; part < phases; part++) {
    const firstPage = range.firstPage + Math.floor((range.pages * part) / phases)
    const end = range.firstPage + Math.floor((range.pages * (part + 1)) / phases)
    const cold = (perSecond * (1 - hotShare)) / (phases - 1)
    sources.push(...uniform({ firstPage, pages: end - firstPage }, inTurn(part, phases, phaseLength, perSecond * hotShare, cold), `part ${part}`))
  }
  return sources
}
