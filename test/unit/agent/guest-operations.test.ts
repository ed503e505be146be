/** The workload operation by operation: the same places, times and rates as the sources of the simulator. */

import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { operationStreams, selfMigrationProcess, writeSources } from '#shared/sim/guests/workload-sources.ts'
import { aliasTable, type OperationStream } from '#shared/sim/memory/operation-stream.ts'
import { allocationsOf, takenPages } from '#shared/sim/memory/allocation-source.ts'
import { builtInTraces } from '#shared/trace/library.ts'
import { builtInFacts } from '#shared/trace/built-in/facts.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const kinds = ['sequential', 'uniform', 'hot-cold', 'zipf', 'phased', 'burst', 'kernel-compile', 'web-server', 'oltp', 'diabolical'] as const

function workload(kind: (typeof kinds)[number]): Scenario {
  return scenarioOf({ guest: { memory: '64 MiB' }, workload: { kind, writes: '20000 pages/s', reads: '5000 pages/s', workingSet: '16 MiB', phaseLength: '700 ms' } })
}

function pagesWritten(streams: readonly OperationStream[], guestNs: number, pageCount: number): Bitmap {
  const written = new Bitmap(pageCount)
  for (const stream of streams) for (let k = 0; k < stream.countAt(guestNs); k++) if (stream.isWrite(k)) written.add(stream.page(k))
  return written
}

describe('operation streams', () => {
  it.each(kinds)('make as many writes and reads as the scenario says, inside the working set (%s)', (kind) => {
    const streams = operationStreams(workload(kind), 3)
    const made = (does: string): number => streams.reduce((sum, stream) => sum + (stream.does === does ? stream.countAt(28e9) : 0), 0)
    expect(made('write') / 28).toBeCloseTo(20_000, -1)
    expect(made('read') / 28).toBeCloseTo(5000, -1)
    for (const stream of streams) {
      for (let k = 0; k < Math.min(5000, stream.countAt(28e9)); k++) {
        expect(stream.page(k)).toBeGreaterThanOrEqual(stream.firstPage)
        expect(stream.page(k)).toBeLessThan(stream.endPage)
      }
      expect(stream.endPage).toBeLessThanOrEqual(4096)
    }
  })

  it.each(kinds)('place operation k where the count reaches k + 1 (%s)', (kind) => {
    for (const stream of operationStreams(workload(kind), 5)) {
      for (const k of [0, 1, 17, 1000, 12_345]) {
        const atNs = stream.guestNsOf(k)
        expect(stream.countAt(atNs + 5)).toBeGreaterThanOrEqual(k + 1)
        expect(stream.countAt(atNs - 5)).toBeLessThanOrEqual(k)
      }
    }
  })

  it('sweep over the same pages at the same times as the simulator', () => {
    const scenario = scenarioOf({ guest: { memory: '64 MiB' }, workload: { kind: 'sequential', writes: '3000 pages/s', workingSet: '16 MiB' } })
    const streams = operationStreams(scenario, 9)
    for (const guestNs of [1e5, 3.3e8, 1.1e9, 5e9]) {
      const expected = new Bitmap(16_384)
      for (const source of writeSources(scenario, 9)) {
        source.advance(guestNs)
        source.clean(expected)
      }
      expect(pagesWritten(streams, guestNs, 16_384).words).toEqual(expected.words)
    }
  })

  it.each(['uniform', 'zipf', 'oltp', 'web-server'] as const)('write about as many different pages as the simulator expects (%s)', (kind) => {
    const scenario = workload(kind)
    const guestNs = 3e8
    const expected = new Bitmap(16_384)
    for (const source of writeSources(scenario, 11)) {
      source.advance(guestNs)
      source.clean(expected)
    }
    const written = pagesWritten(operationStreams(scenario, 11), guestNs, 16_384).count()
    expect(Math.abs(written - expected.count())).toBeLessThan(0.06 * expected.count())
  })

  it('take pages when the balloon says that they are held', () => {
    const scenario = scenarioOf({ guest: { memory: '64 MiB', freeMemory: '16 MiB' }, workload: { kind: 'idle', allocation: '8 MiB', allocationPeriod: '3 s' } })
    const [stream] = operationStreams(scenario, 4)
    const [allocation] = allocationsOf(scenario, 4)
    if (stream === undefined || allocation === undefined) throw new Error('nothing allocates')
    expect(stream.does).toBe('take')
    const before = Math.floor(takenPages(allocation, 0))
    for (const guestNs of [0, 1e6, 1.5e9, 2.9e9, 7e9]) expect(before + stream.countAt(guestNs)).toBe(Math.floor(takenPages(allocation, guestNs)))
    expect(stream.page(0)).toBe(allocation.firstPage + (before % allocation.pages))
  })

  it.each(['recorded', 'scaled'] as const)('replay a trace event by event (%s)', (traceFit) => {
    const [fact] = builtInFacts
    if (fact === undefined) throw new Error('no trace comes with Godwit')
    const trace = `${fact.name}@${fact.digest}`
    const found = builtInTraces.get(trace)
    if (found === undefined) throw new Error('the trace is not here')
    const bytes = found.pageCount * found.pageBytes
    const scenario = scenarioOf({ guest: { memory: '2 GiB' }, workload: { kind: 'trace', trace, traceFit, workingSet: traceFit === 'recorded' ? `${bytes} B` : `${2 * bytes} B` } })
    const streams = operationStreams(scenario, 2)
    const [stream] = streams
    if (streams.length !== 1 || stream === undefined) throw new Error('a trace is one stream')
    for (const guestNs of [found.durationNs / 7, found.durationNs * 1.3]) {
      const pageCount = 2 ** 31 / 4096
      const expected = new Bitmap(pageCount)
      for (const source of writeSources(scenario, 2)) {
        source.advance(guestNs)
        source.clean(expected)
      }
      const count = stream.countAt(guestNs)
      let writes = 0
      for (let k = 0; k < count; k++) if (stream.isWrite(k)) writes++
      expect(pagesWritten(streams, guestNs, pageCount).words).toEqual(expected.words)
      expect(stream.writesAmong(count)).toBe(writes)
      expect(stream.guestNsOf(count - 1)).toBeLessThanOrEqual(guestNs)
      expect(stream.guestNsOf(count)).toBeGreaterThan(guestNs)
    }
  })

  it('keep what a migration inside the guest writes apart, as a process of its own', () => {
    const scenario = scenarioOf({ guest: { memory: '64 MiB' }, strategy: { kind: 'self' }, workload: { kind: 'uniform', workingSet: '8 MiB' } })
    const streams = operationStreams(scenario, 1)
    expect(streams.map(({ process }) => process)).toEqual([0, selfMigrationProcess(scenario)])
  })
})

describe('the alias table', () => {
  it('keeps the weights', () => {
    const weights = Float32Array.from([0.5, 0.25, 0.125, 0.0625, 0.0625])
    const { keep, alias } = aliasTable(weights)
    const found = Array.from(weights, () => 0)
    for (const [column, share] of keep.entries()) {
      found[column] = (found[column] ?? 0) + share / weights.length
      const other = alias[column] ?? 0
      found[other] = (found[other] ?? 0) + (1 - share) / weights.length
    }
    for (const [column, weight] of weights.entries()) expect(found[column]).toBeCloseTo(weight, 12)
  })
})
