/** The balloon, released page cache, and allocation: by hand, against brute force, and in whole migrations. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { BalloonArea } from '#shared/sim/guests/balloon.ts'
import { type Allocation, AllocationSource, takenPages } from '#shared/sim/memory/allocation-source.ts'
import { FirstTouchSource } from '#shared/sim/memory/first-touch-source.ts'
import { steady } from '#shared/sim/memory/intensity.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const none = (): void => undefined

function allocationOf(pages: number, periodNs: number, seed = 1): Allocation {
  return { process: 0, firstPage: 100, pages, intensity: steady((pages * 1e9) / periodNs), seed }
}

describe('allocation', () => {
  it('writes each page when it is taken, as counted write by write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1000 }), fc.nat(1000), fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 }), (pages, periodNs, seed, steps) => {
        const allocation = allocationOf(pages, periodNs, seed)
        const source = new AllocationSource(allocation)
        let guestNs = 0
        let taken = Math.floor(takenPages(allocation, 0))
        for (const step of steps) {
          guestNs += step
          source.advance(guestNs)
          const written = new Set<number>()
          for (const end = Math.floor(takenPages(allocation, guestNs)); taken < end; taken++) written.add(100 + (taken % pages))
          for (let page = 100; page < 100 + pages; page++) expect(source.isDirty(page)).toBe(written.has(page))
          const dirty = new Bitmap(200)
          expect(source.clean(dirty)).toBe(written.size)
          expect(dirty.count()).toBe(written.size)
        }
      }),
    )
  })
})

describe('the balloon', () => {
  it('takes the free memory above the reserve at once when nobody allocates', () => {
    const area = new BalloonArea({ firstPage: 10, pages: 90, allocation: null, reservePages: 20, intervalNs: 1e9, inflatedPerNs: 1e-6 })
    expect([area.pages, area.has(29), area.has(30), area.has(99), area.has(100)]).toEqual([70, false, true, true, false])
    area.advance(1e10, none)
    expect([area.pages, area.inflatedPages, area.deflatedPages]).toEqual([70, 0, 0])
  })

  it('gives a page back when it is allocated, and takes what was freed at the next look', () => {
    const allocation = allocationOf(100, 1000)
    const start = takenPages(allocation, 0)
    const area = new BalloonArea({ firstPage: 100, pages: 100, allocation, reservePages: 0, intervalNs: 5000, inflatedPerNs: 1 })
    expect(area.pages).toBe(100 - Math.ceil(start))
    // One page is allocated in 10 ns; at the end of the period the balloon is empty, and stays so until the look.
    const endNs = (100 - start) * 10
    area.advance(endNs + 50, none)
    expect(area.pages).toBe(0)
    expect(area.deflatedPages).toBeCloseTo(100 - Math.ceil(start), 6)
    const ranges: Array<[number, number]> = []
    area.advance(5000 + 200, (first, end) => ranges.push([first, end]))
    const held = takenPages(allocation, 5200) % 100
    expect(area.pages).toBe(100 - Math.max(Math.ceil(takenPages(allocation, 5000) % 100), Math.floor(held)))
    expect(ranges.every(([first, end]) => first < end)).toBe(true)
  })

  it('never holds an allocated page, reports each page that goes in, and does not depend on when it is asked', () => {
    fc.assert(
      fc.property(
        fc.record({ pages: fc.integer({ min: 1, max: 40 }), periodNs: fc.integer({ min: 50, max: 3000 }), seed: fc.nat(1000), reserve: fc.nat(10), intervalNs: fc.integer({ min: 20, max: 4000 }), perNs: fc.double({ min: 0.001, max: 2, noNaN: true }) }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }),
        ({ pages, periodNs, seed, reserve, intervalNs, perNs }, steps) => {
          const allocation = allocationOf(pages, periodNs, seed)
          const make = (): BalloonArea => new BalloonArea({ firstPage: 100, pages, allocation, reservePages: reserve, intervalNs, inflatedPerNs: perNs })
          const area = make()
          const fine = make()
          const wentIn = new Set<number>()
          const before = new Set<number>()
          for (let page = 100; page < 100 + pages; page++) if (area.has(page)) before.add(page)
          let guestNs = 0
          for (const step of steps) {
            for (let part = 1; part <= 7; part++) fine.advance(guestNs + (step * part) / 7, none)
            guestNs += step
            area.advance(guestNs, (first, end) => {
              for (let page = first; page < end; page++) wentIn.add(page)
            })
            const held = Math.floor(takenPages(allocation, guestNs) % pages)
            for (let page = 100; page < 100 + pages; page++) {
              if (area.has(page)) expect(page - 100, 'in the balloon and allocated').toBeGreaterThanOrEqual(held)
              if (area.has(page)) expect(before.has(page) || wentIn.has(page), 'went in unreported').toBe(true)
            }
            expect(Math.abs(area.pages - fine.pages)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })
})

describe('released page cache', () => {
  it('is written once, at its first read, whenever it is asked for', () => {
    const source = new FirstTouchSource({ firstPage: 50, pages: 1000 }, steady(500), 3)
    const all = new Bitmap(1050)
    let found = 0
    for (let second = 1; second <= 40; second++) {
      source.advance(second * 1e9)
      const dirty = new Bitmap(1050)
      found += source.clean(dirty)
      for (let page = dirty.next(0); page >= 0; page = dirty.next(page + 1)) {
        expect(all.has(page)).toBe(false)
        expect(source.isRead(page)).toBe(true)
        expect(source.isDirty(page)).toBe(false)
      }
      all.addAll(dirty)
      // 1000 (1 - e^(-t/2)) pages are expected, with a deviation of at most sqrt(250).
      expect(Math.abs(found - 1000 * -Math.expm1(-second / 2))).toBeLessThan(64)
    }
    expect(all.count()).toBe(source.readPages)
  })
})

const guest = { memory: '64 MiB', freeMemory: '24 MiB', pageCache: '8 MiB', nonPageable: '1 MiB' } as const
const workload = { kind: 'hot-cold', writes: '3000 pages/s', reads: '3000 pages/s', workingSet: '16 MiB' } as const

describe('a migration', () => {
  const kinds = ['stop-and-copy', 'precopy', 'postcopy', 'hybrid', 'three-stage', 'on-demand'] as const

  it.each(kinds)('sends nothing of a static balloon: %s', (kind) => {
    const strategy = { kind, policy: 'xen-current', demandTime: '1 s' } as const
    const plain = simulate(scenarioOf({ guest, workload: { kind: 'idle' }, strategy }), 1)
    const stats = simulate(scenarioOf({ guest, workload: { kind: 'idle' }, strategy, balloon: { kind: 'static', size: '24 MiB' } }), 1)
    expect(stats.outcome).toBe('completed')
    expect([plain.pagesSent, stats.pagesSent, stats.releasedPages]).toEqual([16384, 10240, 6144])
    expect(stats.transferredBytes).toBe(plain.transferredBytes - 6144 * 4096)
    expect(stats.timeline.balloonBytes?.every((bytes) => bytes === 24 * 2 ** 20)).toBe(true)
  })

  it('sends no page cache that was released, and pays for each page that is read again', () => {
    const base = { guest, workload: { kind: 'idle' }, strategy: { kind: 'precopy', policy: 'xen-current' }, link: { bandwidth: '100 Mbit/s' } } satisfies ScenarioInput
    const unread = simulate(scenarioOf({ ...base, balloon: { releasePageCache: true } }), 1)
    expect([unread.pagesSent, unread.releasedPages, unread.cacheLostMs]).toEqual([14336, 2048, 0])
    const read = simulate(scenarioOf({ ...base, balloon: { releasePageCache: true, cacheReads: '200 pages/s', cacheMiss: '1 ms' } }), 1)
    expect(read.outcome).toBe('completed')
    expect(read.pagesSent + read.releasedPages).toBeGreaterThanOrEqual(16384)
    expect(read.releasedPages).toBeLessThan(2048)
    // A page is read again at most once; each such read costs a millisecond.
    expect(Math.abs(read.cacheLostMs - (2048 - read.releasedPages))).toBeLessThan(60)
    expect(read.guestLostMs).toBeGreaterThanOrEqual(read.cacheLostMs * 0.9)
  })

  it('finds self-ballooning in both places of the guest: every strategy ends complete, whatever is allocated', () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constantFrom(...kinds),
          allocation: fc.integer({ min: 0, max: 20 }).map((mebibytes) => `${mebibytes} MiB`),
          allocationPeriod: fc.constantFrom('100 ms', '700 ms', '5 s'),
          interval: fc.constantFrom('50 ms', '300 ms', '5 s'),
          inflateRate: fc.constantFrom('2000 pages/s', '250000 pages/s'),
          releasePageCache: fc.boolean(),
          push: fc.constantFrom('linear', 'dual', 'multi-pivot'),
          prefetch: fc.constantFrom('none', 'next-k'),
          preempt: fc.boolean(),
        }),
        fc.nat(1e6),
        ({ kind, allocation, allocationPeriod, push, prefetch, preempt, ...balloon }, seed) => {
          const stats = simulate(
            scenarioOf({
              guest,
              workload: { ...workload, allocation, allocationPeriod },
              link: { bandwidth: '300 Mbit/s' },
              strategy: { kind, policy: 'xen-current', push, preempt, demandTime: '500 ms', ...(kind === 'stop-and-copy' || kind === 'precopy' ? {} : { prefetch }) },
              balloon: { kind: 'self-ballooning', reserve: '2 MiB', ...balloon, cacheReads: balloon.releasePageCache ? '500 pages/s' : '0 pages/s' },
            }),
            seed,
          )
          expect(stats.outcome).toBe('completed')
          expect(stats.precopyBytes + stats.downtimeBytes + stats.postcopyBytes).toBe(stats.transferredBytes)
          if (kind === 'postcopy' || kind === 'on-demand' || kind === 'stop-and-copy') expect(stats.pagesSent).toBeLessThanOrEqual(16384)
          expect(stats.pagesSent + stats.releasedPages).toBeGreaterThanOrEqual(16384)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('contradictions', () => {
  const cases: ReadonlyArray<readonly [string, ScenarioInput]> = [
    ['larger than the guest', { guest, balloon: { kind: 'static', size: '1 GiB' } }],
    ['larger than the free memory', { guest, balloon: { kind: 'static', size: '32 MiB' } }],
    ['never gives any back', { guest, workload: { allocation: '8 MiB' }, balloon: { kind: 'static', size: '20 MiB' } }],
    ['the reserve is larger', { guest, balloon: { kind: 'self-ballooning', reserve: '25 MiB' } }],
    ['allocate more than the free memory', { guest, workload: { allocation: '25 MiB' } }],
    ['reaches into free memory', { guest, workload: { kind: 'uniform', workingSet: '50 MiB' }, balloon: { kind: 'self-ballooning', reserve: '0 B' } }],
    ['no page cache to release', { balloon: { releasePageCache: true } }],
    ['only one of them', { optimisations: { autoConverge: true, throttle: 'dirty-limit' } }],
    ['in pre-copy only', { strategy: { kind: 'postcopy' }, optimisations: { stun: true } }],
  ]
  it.each(cases)('are refused: %s', (words, input) => {
    const resolution = resolveScenario(input)
    expect(resolution.ok ? '' : resolution.issues.map(({ message }) => message).join('; ')).toContain(words)
  })
})
