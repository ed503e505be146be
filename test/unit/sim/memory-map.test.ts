import { describe, expect, it } from 'vitest'
import type { MemoryMap } from '#shared/migration/memory-map.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

function scenarioWith(memory: string) {
  return scenarioOf({
    guest: { memory, nonPageable: '0 B' },
    workload: { kind: 'uniform', writes: '20000 pages/s', workingSet: '16 MiB' },
    strategy: { stop: { iterations: 3 } },
  })
}

function filmOf(memory: string): { readonly film: MemoryMap; readonly totalMs: number; readonly fingerprint: string } {
  let film: MemoryMap | null = null
  const { totalMs, fingerprint } = simulate(scenarioWith(memory), 1, { onMemoryMap: (map) => (film = map) })
  if (film === null) throw new Error('no film was made')
  return { film, totalMs, fingerprint }
}

describe('the film of the address space', () => {
  it('begins with little present and ends with everything', () => {
    const { film, totalMs } = filmOf('64 MiB')
    const first = film.frames[0]
    const last = film.frames.at(-1)
    expect(film.pagesPerCell * (last?.present.length ?? 0)).toBeGreaterThanOrEqual(film.pageCount)
    expect(first?.present.filter((share) => share > 0).length).toBeLessThan(300)
    expect(last?.present.every((share) => share === 255)).toBe(true)
    expect(last?.timeMs).toBeCloseTo(totalMs, 6)
  })

  it('shows dirty pages inside the working set only, and those sent again', () => {
    const { film } = filmOf('64 MiB')
    const inside = Math.ceil(4096 / film.pagesPerCell)
    const dirtyInside = film.frames.some(({ dirty }) => dirty.slice(0, inside).some((share) => share > 100))
    const dirtyOutside = film.frames.some(({ dirty }) => dirty.slice(inside).some((share) => share > 0))
    expect([dirtyInside, dirtyOutside]).toEqual([true, false])
    const last = film.frames.at(-1)
    expect(Math.max(...(last?.sent.slice(0, inside) ?? []))).toBeGreaterThan(16)
    expect(last?.sent.slice(inside).every((times) => times === 16)).toBe(true)
  })

  it('keeps a bounded number of frames, in the order of time, and changes nothing of the run', () => {
    const { film, fingerprint } = filmOf('1 GiB')
    expect(film.frames.length).toBeLessThanOrEqual(161)
    expect(film.frames.length).toBeGreaterThan(60)
    const times = film.frames.map(({ timeMs }) => timeMs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(simulate(scenarioWith('1 GiB'), 1).fingerprint).toBe(fingerprint)
  })
})

describe('the film of post-copy', () => {
  const film = ((): MemoryMap => {
    let made: MemoryMap | null = null
    const scenario = scenarioOf({
      guest: { memory: '64 MiB', freeMemory: '12 MiB', nonPageable: '0 B' },
      workload: { kind: 'hot-cold', writes: '5000 pages/s', reads: '20000 pages/s', workingSet: '32 MiB' },
      balloon: { kind: 'static', size: '8 MiB' },
      strategy: { kind: 'postcopy', push: 'multi-pivot', prefetch: 'next-k' },
    })
    simulate(scenario, 1, { onMemoryMap: (map) => (made = map) })
    if (made === null) throw new Error('no film was made')
    return made
  })()

  it('shows missing memory that comes by push, on demand and by prediction, until nothing is missing', () => {
    const shareOf = (values: Uint8Array | undefined): number => [...(values ?? [])].reduce((sum, value) => sum + value, 0) / (255 * (values?.length ?? 1))
    const missing = film.frames.map((frame) => shareOf(frame.missing))
    expect(Math.max(...missing)).toBeGreaterThan(0.7)
    expect(missing.at(-1)).toBe(0)
    const last = film.frames.at(-1)
    const [demanded, predicted, present] = [shareOf(last?.demanded), shareOf(last?.predicted), shareOf(last?.present)]
    expect(demanded).toBeGreaterThan(0)
    expect(predicted).toBeGreaterThan(0)
    expect(demanded + predicted).toBeLessThan(present)
    expect(film.frames.every(({ dirty, missing: lacking }) => !lacking.some((share) => share > 0) || dirty.every((share) => share === 0))).toBe(true)
  })

  it('shows what the guest gave back, which never comes', () => {
    const last = film.frames.at(-1)
    const released = [...(last?.released.keys() ?? [])].filter((cell) => last?.released[cell] === 255)
    expect(released.length * film.pagesPerCell).toBeCloseTo(2048, -2)
    for (const cell of released) expect(last?.present[cell]).toBe(0)
  })
})
