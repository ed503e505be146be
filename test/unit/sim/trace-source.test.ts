/** Replay held against a reference that goes through all accesses one by one. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { AccessCursor } from '#shared/sim/memory/access-source.ts'
import { TraceAccesses, type TraceReplay, TraceSource } from '#shared/sim/memory/trace-source.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { builtInFacts } from '#shared/trace/built-in/facts.ts'
import { builtInTraces } from '#shared/trace/library.ts'
import type { PageTrace } from '#shared/trace/page-trace.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const replays: fc.Arbitrary<TraceReplay> = fc
  .record({
    events: fc.array(fc.record({ delay: fc.nat({ max: 9 }), page: fc.nat({ max: 11 }), isWrite: fc.boolean() }), { minLength: 1, maxLength: 60 }),
    restNs: fc.integer({ min: 1, max: 20 }),
    ratio: fc.constantFrom(1, 2, 4),
    fit: fc.constantFrom('recorded' as const, 'scaled' as const),
    pages: fc.integer({ min: 1, max: 40 }),
    firstPage: fc.nat({ max: 50 }),
    loop: fc.boolean(),
    // Powers of two, so that the reference multiplies and divides without rounding.
    stretch: fc.constantFrom(0.25, 1, 8),
    start: fc.nat({ max: 100 }),
  })
  .map(({ events, restNs, ratio, pages, start, ...rest }) => {
    let timeNs = 0
    const times = Float64Array.from(events, ({ delay }) => (timeNs += delay))
    const trace: PageTrace = {
      pageBytes: 4096,
      pageCount: 12,
      eventCount: events.length,
      durationNs: timeNs + restNs,
      quantumNs: 1,
      digest: '',
      times,
      pages: Uint32Array.from(events, ({ page }) => page),
      writes: Uint8Array.from(events, ({ isWrite }) => (isWrite ? 1 : 0)),
    }
    return { ...rest, trace, pages: rest.fit === 'recorded' ? 12 / ratio + (pages % 7) : pages, pageBytes: 4096 * ratio, startNs: rest.loop ? start % trace.durationNs : 0 }
  })

interface Access {
  readonly guestNs: number
  readonly pages: readonly number[]
  readonly isWrite: boolean
}

/** Every access until a guest time, from guest time 0 on, one after the other. */
function accessesOf(replay: TraceReplay, untilGuestNs: number): Access[] {
  const { trace, loop, stretch, startNs } = replay
  const made: Access[] = []
  for (let round = 0; round === 0 || loop; round++) {
    for (let event = 0; event < trace.times.length; event++) {
      const guestNs = (round * trace.durationNs + (trace.times[event] ?? 0) - startNs) * stretch
      if (guestNs > untilGuestNs) return made
      if (guestNs >= 0) made.push({ guestNs, pages: guestPages(replay, trace.pages[event] ?? 0), isWrite: trace.writes[event] === 1 })
    }
  }
  return made
}

function guestPages({ trace, fit, pages, firstPage, pageBytes }: TraceReplay, tracePage: number): number[] {
  if (fit === 'recorded') return [firstPage + Math.floor((tracePage * trace.pageBytes) / pageBytes)]
  if (pages < trace.pageCount) return [firstPage + Math.floor((tracePage * pages) / trace.pageCount)]
  return Array.from({ length: pages }, (_, offset) => offset)
    .filter((offset) => Math.floor((offset * trace.pageCount) / pages) === tracePage)
    .map((offset) => firstPage + offset)
}

const steps = fc.array(fc.record({ byNs: fc.nat({ max: 400 }), cleans: fc.boolean() }), { minLength: 1, maxLength: 25 })

describe('the writes of a trace', () => {
  it('dirty exactly the pages that going through the trace write by write does', () => {
    fc.assert(
      fc.property(replays, steps, (replay, moves) => {
        const source = new TraceSource(replay)
        const all = accessesOf(replay, 400 * moves.length).filter(({ isWrite }) => isWrite)
        const everyPage = Array.from({ length: replay.pages }, (_, offset) => replay.firstPage + offset).filter((page) => page < source.endPage)
        let cleanedNs = -1
        let nowNs = 0
        for (const { byNs, cleans } of moves) {
          const expectedAfter = source.expectedDirty(nowNs + byNs)
          nowNs += byNs
          source.advance(nowNs)
          const dirty = new Set(all.filter(({ guestNs }) => guestNs > cleanedNs && guestNs <= nowNs).flatMap(({ pages }) => pages))
          expect(everyPage.filter((page) => source.isDirty(page))).toEqual([...dirty].sort((one, other) => one - other))
          expect(source.countDirty()).toBe(dirty.size)
          expect(expectedAfter).toBe(dirty.size)
          if (!cleans) continue
          const into = new Bitmap(200)
          expect(source.clean(into)).toBe(dirty.size)
          expect(everyPage.filter((page) => into.has(page))).toEqual([...dirty].sort((one, other) => one - other))
          expect(into.count()).toBe(dirty.size)
          cleanedNs = nowNs
        }
      }),
      { numRuns: 500 },
    )
  })

  it('end with the trace unless it is looped', () => {
    const trace: PageTrace = { pageBytes: 4096, pageCount: 2, eventCount: 2, durationNs: 100, quantumNs: 1, digest: '', times: Float64Array.of(0, 50), pages: Uint32Array.of(0, 1), writes: Uint8Array.of(1, 1) }
    const base = { trace, firstPage: 0, pages: 2, pageBytes: 4096, fit: 'recorded', stretch: 1, startNs: 0 } as const
    const counts = [true, false].map((loop) => {
      const source = new TraceSource({ ...base, loop })
      source.advance(99)
      source.clean(new Bitmap(2))
      source.advance(100)
      const atHundred = source.countDirty()
      source.advance(1e6)
      return [atHundred, source.countDirty()]
    })
    expect(counts).toEqual([[1, 2], [0, 0]])
  })
})

describe('the accesses of a trace', () => {
  it('come in order, each page once, at the first time it is accessed after a moment', () => {
    fc.assert(
      fc.property(replays, fc.nat({ max: 3000 }), (replay, fromNs) => {
        const oneLoopNs = replay.trace.durationNs * replay.stretch
        const expected = new Map<number, number>()
        for (const { guestNs, pages } of accessesOf(replay, fromNs + oneLoopNs)) {
          if (guestNs >= fromNs) for (const page of pages) if (!expected.has(page)) expected.set(page, guestNs)
        }
        const found = drain(new TraceAccesses(replay).firstAccesses(fromNs))
        expect(new Map(found)).toEqual(expected)
        expect(found).toHaveLength(expected.size)
        expect(found.every(([, guestNs], index) => index === 0 || guestNs >= (found[index - 1]?.[1] ?? 0))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a migration of a replayed program', () => {
  const scenarioWith = (over: ScenarioInput) => scenarioOf({ guest: { memory: '32 MiB' }, link: { bandwidth: '1 Gbit/s' }, ...over })

  it.each(builtInFacts)('by post-copy faults on pages of $name only, and sends each page once', ({ name, pageCount }) => {
    const stats = simulate(scenarioWith({ workload: { kind: 'trace', trace: name, workingSet: '8 MiB' }, strategy: { kind: 'postcopy' } }), 1)
    expect(stats).toMatchObject({ outcome: 'completed', pagesSent: 8192 })
    expect(stats.majorFaults).toBeGreaterThan(0)
    expect(stats.majorFaults).toBeLessThanOrEqual(pageCount)
  })

  it.each(builtInFacts)('by pre-copy measures the writable working set that $name writes in a loop', ({ name, digest }) => {
    const trace = builtInTraces.get(`${name}@${digest}`)
    const written = new Set([...(trace?.pages ?? [])].filter((_, event) => trace?.writes[event] === 1))
    const stats = simulate(scenarioWith({ workload: { kind: 'trace', trace: name, workingSet: '8 MiB' }, strategy: { policy: 'xen-current' }, wws: { duration: '1 s' } }), 1)
    expect(stats.outcome).toBe('completed')
    // The trace is replayed several times in the second of the measurement.
    expect(stats.wws?.samples.at(-1)?.dirtyPages).toBe(written.size)
  })

  it('depends on the seed by where the trace stands, unless it begins at its beginning', () => {
    const fingerprints = (traceStart: 'anywhere' | 'beginning'): Set<string> =>
      new Set([1, 2, 3].map((seed) => simulate(scenarioWith({ workload: { kind: 'trace', trace: 'sqlite', workingSet: '8 MiB', traceStart } }), seed).fingerprint))
    expect(fingerprints('anywhere').size).toBe(3)
    expect(fingerprints('beginning').size).toBe(1)
  })

  it('is refused where its trace is not', () => {
    expect(() => simulate(scenarioWith({ workload: { kind: 'trace', trace: 'mine@0123456789ab', workingSet: '8 MiB' } }), 1)).toThrow('the trace "mine@0123456789ab" is not here')
  })
})

function drain(cursor: AccessCursor): Array<readonly [number, number]> {
  const found: Array<readonly [number, number]> = []
  for (; cursor.page >= 0; cursor.advance()) found.push([cursor.page, cursor.guestNs])
  expect(cursor.guestNs).toBe(Infinity)
  return found
}
