/**
 * From the processes of a workload to the sources of their writes. Proportions inside the composed kinds
 * (kernel-compile, web-server, oltp) are our own (lab): no measurement of them is published as page rates.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import type { ProcessSpec } from '../../scenario/sections/workload.ts'
import { assertNever } from '../../units/assert-never.ts'
import { streamSeed } from '../kernel/streams.ts'
import { bursts, type Intensity, inTurn, steady } from '../memory/intensity.ts'
import { PoissonSource, SweepSource, type WriteSource } from '../memory/write-source.ts'

interface Range {
  readonly firstPage: number
  readonly pages: number
}

type MakeSource = (range: Range, intensity: Intensity, purpose: string) => WriteSource[]

/** The sources of all processes, laid out as the scenario says. Sources without writes are left out. */
export function writeSources(scenario: Scenario, seed: number): WriteSource[] {
  const { guest, workload } = scenario
  const sources: WriteSource[] = []
  let nextFree = 0
  const processes: readonly ProcessSpec[] = [workload, ...workload.processes]
  processes.forEach((process, index) => {
    if (process.kind === 'idle') return
    const firstPage = Math.floor((process.start ?? nextFree) / guest.pageSize)
    const pages = Math.floor(process.workingSet / guest.pageSize)
    nextFree = Math.max(nextFree, (firstPage + pages) * guest.pageSize)
    if (process.writes > 0) sources.push(...sourcesOf(process, { firstPage, pages }, streamSeed(seed, `writes of process ${index}`)))
  })
  return sources
}

function sourcesOf(process: ProcessSpec, range: Range, seed: number): WriteSource[] {
  const { writes, hotPages, hotShare, period, duty } = process
  const uniform: MakeSource = (part, intensity, purpose) =>
    part.pages > 0 ? [new PoissonSource(part, intensity, 'equal', streamSeed(seed, purpose))] : []
  const sweep: MakeSource = (part, intensity, purpose) => (part.pages > 0 ? [new SweepSource(part, intensity, streamSeed(seed, purpose))] : [])

  switch (process.kind) {
    case 'idle':
      return []
    case 'sequential':
    case 'diabolical':
      return sweep(range, steady(writes), 'sweep')
    case 'uniform':
      return uniform(range, steady(writes), 'uniform')
    case 'hot-cold': {
      const [hot, cold] = split(range, hotPages)
      const hotWrites = cold.pages === 0 ? writes : writes * hotShare
      return [...uniform(hot, steady(hot.pages === 0 ? 0 : hotWrites), 'hot'), ...uniform(cold, steady(hot.pages === 0 ? writes : writes - hotWrites), 'cold')]
    }
    case 'zipf':
      return [zipf(range, process.exponent, steady(writes), streamSeed(seed, 'zipf'))]
    case 'phased':
      return phased(process, range, uniform)
    case 'burst':
      return uniform(range, bursts(writes, period, duty), 'burst')
    case 'kernel-compile': {
      const [hot, fresh] = split(range, hotPages)
      return [...uniform(hot, steady(writes * hotShare), 'hot'), ...sweep(fresh, bursts(writes * (1 - hotShare), period, duty), 'fresh')]
    }
    case 'web-server': {
      const [hot, rest] = split(range, hotPages)
      const [heap, log] = split(rest, 7 / 8)
      const cold = writes * (1 - hotShare)
      return [...uniform(hot, steady(writes * hotShare), 'hot'), ...uniform(heap, steady(cold / 2), 'heap'), ...sweep(log, steady(cold / 2), 'log')]
    }
    case 'oltp': {
      const [rows, log] = split(range, 15 / 16)
      return [
        zipf(rows, process.exponent, steady(writes * 0.75), streamSeed(seed, 'rows')),
        ...sweep(log, steady(writes * 0.15), 'log'),
        ...sweep(rows, bursts(writes * 0.1, period, duty), 'checkpoint'),
      ]
    }
    default:
      return assertNever(process.kind)
  }
}

/** The first `share` of a range and the rest. */
function split(range: Range, share: number): readonly [Range, Range] {
  const pages = Math.round(range.pages * share)
  return [
    { firstPage: range.firstPage, pages },
    { firstPage: range.firstPage + pages, pages: range.pages - pages },
  ]
}

function zipf(range: Range, exponent: number, intensity: Intensity, seed: number): WriteSource {
  const weights = new Float32Array(range.pages)
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += (i + 1) ** -exponent
  for (let i = 0; i < weights.length; i++) weights[i] = (i + 1) ** -exponent / sum
  return new PoissonSource(range, intensity, weights, seed)
}

function phased(process: ProcessSpec, range: Range, uniform: MakeSource): WriteSource[] {
  const { phases, phaseLength, writes, hotShare } = process
  if (phases === 1) return uniform(range, steady(writes), 'part 0')
  const sources: WriteSource[] = []
  for (let part = 0; part < phases; part++) {
    const firstPage = range.firstPage + Math.floor((range.pages * part) / phases)
    const end = range.firstPage + Math.floor((range.pages * (part + 1)) / phases)
    const cold = (writes * (1 - hotShare)) / (phases - 1)
    sources.push(...uniform({ firstPage, pages: end - firstPage }, inTurn(part, phases, phaseLength, writes * hotShare, cold), `part ${part}`))
  }
  return sources
}
