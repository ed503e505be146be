/** Pages are coded by the rules of the simulator's data path, but for real, and arrive as they are. */

import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { compressorFor, contentClasses } from '#shared/scenario/compressors.ts'
import type { Scenario, ScenarioInput } from '#shared/scenario/scenario.ts'
import { DataPath } from '#shared/sim/data-path.ts'
import { adaptiveChoice } from '../../../src-main/agent/pages/compress-page.ts'
import { contentClassOf } from '../../../src-main/agent/pages/content-class.ts'
import { type CodingContext, PageCoder } from '../../../src-main/agent/pages/page-coder.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'
import { differingPages, fill, type Filling, fillings, kindsOf, numbersFrom, pageBytes, pageOf, receive, sharedMemory } from './coded-pages.ts'

type Optimisations = NonNullable<ScenarioInput['optimisations']>

const guestPages = 64
const first: CodingContext = { purpose: 'copy', iteration: 0, isLast: false }
const second: CodingContext = { purpose: 'copy', iteration: 1, isLast: false }
const last: CodingContext = { purpose: 'copy', iteration: 2, isLast: true }
const all = Int32Array.from({ length: guestPages }, (_, page) => page)

function scenarioWith(optimisations: Optimisations): Scenario {
  return scenarioOf({ guest: { memory: `${guestPages * 4} KiB`, nonPageable: '0 B', deviceState: '4 KiB' }, strategy: { kind: 'precopy' }, optimisations })
}

const coders: PageCoder[] = []

function coderOf(optimisations: Optimisations, memory: Uint8Array): PageCoder {
  const coder = new PageCoder(scenarioWith(optimisations), memory)
  coders.push(coder)
  return coder
}

afterEach(async () => {
  await Promise.all(coders.splice(0).map((coder) => coder.close()))
})

/** A memory in which page n is filled with the n-th filling, over and over. */
function memoryOf(...kinds: readonly Filling[]): Uint8Array {
  const memory = sharedMemory(guestPages)
  for (const page of all) fill(pageOf(memory, page), kinds[page % kinds.length] ?? 'ordinary', page + 1)
  return memory
}

/** Changes a few bytes of a page, as a guest does. */
function touch(memory: Uint8Array, page: number, seed: number): void {
  const next = numbersFrom(seed)
  for (let i = 0; i < 8; i++) pageOf(memory, page)[next() % pageBytes] = next() % 256
}

describe('whatever the data path is', () => {
  const optimisations = fc.record({
    zeroPages: fc.constantFrom('off' as const, 'marker' as const, 'multifd' as const),
    delta: fc.boolean(),
    deltaCache: fc.constantFrom('32 KiB', '128 KiB', '1 MiB'),
    compression: fc.constantFrom('none' as const, 'zlib' as const, 'lz4' as const, 'zstd' as const, 'adaptive' as const),
    compressionThreads: fc.integer({ min: 1, max: 3 }),
  })
  const write = fc.record({ page: fc.nat(guestPages - 1), filling: fc.constantFrom(...fillings, 'touch' as const, 'touch' as const), seed: fc.nat(1e6) })
  const batch = fc.record({
    pages: fc.uniqueArray(fc.nat(guestPages - 1), { minLength: 0, maxLength: guestPages }),
    writes: fc.array(write, { maxLength: 20 }),
    iteration: fc.nat(3),
    purpose: fc.constantFrom('copy' as const, 'copy' as const, 'copy' as const, 'demand' as const, 'push' as const),
    isLast: fc.boolean(),
  })

  it('the destination gets the content of every page, and the counts are those of what was sent', async () => {
    await fc.assert(
      fc.asyncProperty(optimisations, fc.array(batch, { minLength: 1, maxLength: 8 }), async (choice, batches) => {
        const memory = memoryOf('zero', 'ordinary', 'random', 'similar')
        const destination = sharedMemory(guestPages)
        const coder = new PageCoder(scenarioWith(choice), memory)
        let sentBytes = 0
        let zeroPages = 0
        try {
          for (const { pages, writes, ...context } of batches) {
            for (const { page, filling, seed } of writes) {
              if (filling === 'touch') touch(memory, page, seed)
              else fill(pageOf(memory, page), filling, seed)
            }
            const coded = await coder.encode(Int32Array.from(pages), pages.length, context)
            receive(coded, destination)
            expect(differingPages(memory, destination).filter((page) => pages.includes(page))).toEqual([])
            expect(coded.zeroPages).toBe(kindsOf(coded)['zero'] ?? 0)
            sentBytes += coded.bytes
            zeroPages += coded.zeroPages
          }
        } finally {
          await coder.close()
        }
        const { bytesByKind, deltaSavedBytes, deltaHits, deltaOverflows } = coder.summary()
        expect(bytesByKind.plain + bytesByKind.delta + bytesByKind.compressed).toBe(sentBytes)
        expect(bytesByKind.zero).toBe(zeroPages * 8)
        expect(bytesByKind.delta).toBe((deltaHits - deltaOverflows) * pageBytes - deltaSavedBytes)
      }),
      { numRuns: 30 },
    )
  })

  it('zeros and the cache of deltas are counted as the simulator counts them', async () => {
    await fc.assert(
      fc.asyncProperty(optimisations, fc.array(batch, { minLength: 1, maxLength: 8 }), async (choice, batches) => {
        const memory = memoryOf('zero', 'ordinary', 'similar')
        const scenario = scenarioWith({ ...choice, compression: 'none' })
        const coder = new PageCoder(scenario, memory)
        const simulated = new DataPath(scenario, 1, (page) => page % 3 === 0)
        let zeroPages = 0
        let simulatedZeroPages = 0
        for (const { pages, purpose, iteration, isLast } of batches) {
          const numbers = Int32Array.from(pages)
          zeroPages += (await coder.encode(numbers, pages.length, { purpose, iteration, isLast })).zeroPages
          simulatedZeroPages += simulated.load(numbers, pages.length, { purpose, iteration, isLast }).zeroPages
        }
        const { deltaHits, deltaMisses } = coder.summary()
        const expected = simulated.summary(0)
        expect({ zeroPages, deltaHits, deltaMisses }).toEqual({ zeroPages: simulatedZeroPages, deltaHits: expected.deltaHits, deltaMisses: expected.deltaMisses })
      }),
      { numRuns: 100 },
    )
  })
})

describe('pages that go as they are', () => {
  it('are coded at once and sent from where they lie, side by side in one view', () => {
    const memory = memoryOf('zero', 'ordinary')
    const coder = coderOf({ zeroPages: 'off' }, memory)
    const coded = coder.encode(Int32Array.of(4, 5, 6, 20, 9, 10), 6, first)
    if (coded instanceof Promise) throw new Error('it took its time')
    expect(coded.contents.map(({ buffer, byteOffset, byteLength }) => [buffer === memory.buffer, byteOffset / pageBytes, byteLength / pageBytes])).toEqual([
      [true, 4, 3],
      [true, 20, 1],
      [true, 9, 2],
    ])
    expect(coded.bytes).toBe(6 * pageBytes)
    expect(kindsOf(coded)).toEqual({ plain: 6 })
  })

  it('are as many as the caller says, however many it has room for', () => {
    const coder = coderOf({ zeroPages: 'marker' }, memoryOf('ordinary'))
    const coded = coder.encode(all, 3, first)
    expect(coded).toMatchObject({ bytes: 3 * pageBytes, table: { count: 3 } })
  })
})

describe('markers of zeros', () => {
  it('stand for pages without a single bit, and no others', async () => {
    const memory = sharedMemory(guestPages)
    const coder = coderOf({ zeroPages: 'marker' }, memory)
    expect((await coder.encode(all, guestPages, first)).zeroPages).toBe(guestPages)
    for (let byte = 0; byte < pageBytes; byte += 61) {
      pageOf(memory, 7)[byte] = 1
      expect((await coder.encode(Int32Array.of(6, 7, 8), 3, first)).zeroPages).toBe(2)
      pageOf(memory, 7)[byte] = 0
    }
  })
})

describe('deltas', () => {
  it('begin in the iteration after that which filled the cache, and stop in post-copy', async () => {
    const memory = memoryOf('ordinary')
    const coder = coderOf({ delta: true, zeroPages: 'off' }, memory)
    const kinds = async (context: CodingContext) => {
      for (const page of all) touch(memory, page, page + context.iteration * 100 + 1)
      return kindsOf(await coder.encode(all, guestPages, context))
    }
    expect(await kinds(first)).toEqual({ plain: guestPages })
    expect(await kinds(second)).toEqual({ plain: guestPages })
    expect(await kinds({ ...second, iteration: 2 })).toEqual({ delta: guestPages })
    expect(await kinds({ purpose: 'push', iteration: 3, isLast: false })).toEqual({ plain: guestPages })
    expect(await kinds({ purpose: 'demand', iteration: 3, isLast: false })).toEqual({ plain: guestPages })
    expect(coder.summary()).toMatchObject({ deltaMisses: guestPages, deltaHits: guestPages, deltaOverflows: 0 })
  })

  it('leave the cache alone in the last copy', async () => {
    const coder = coderOf({ delta: true, zeroPages: 'off' }, memoryOf('ordinary'))
    await coder.encode(all, guestPages, { ...last, iteration: 1 })
    expect(kindsOf(await coder.encode(all, guestPages, last))).toEqual({ plain: guestPages })
    expect(coder.summary()).toMatchObject({ deltaHits: 0, deltaMisses: 2 * guestPages })
  })

  it('code a page that did not change', async () => {
    const memory = memoryOf('ordinary')
    const destination = sharedMemory(guestPages)
    const coder = coderOf({ delta: true, zeroPages: 'off' }, memory)
    receive(await coder.encode(all, guestPages, second), destination)
    const again = await coder.encode(all, guestPages, last)
    receive(again, destination)
    expect(kindsOf(again)).toEqual({ delta: guestPages })
    expect(differingPages(memory, destination)).toEqual([])
  })

  it('are against zeros when a marker was sent in between', async () => {
    const memory = memoryOf('ordinary')
    const destination = sharedMemory(guestPages)
    const coder = coderOf({ delta: true, zeroPages: 'marker' }, memory)
    const page = Int32Array.of(3)
    receive(await coder.encode(page, 1, second), destination)
    const before = pageOf(memory, 3).slice()
    pageOf(memory, 3).fill(0)
    receive(await coder.encode(page, 1, { ...second, iteration: 2 }), destination)
    pageOf(memory, 3).set(before)
    touch(memory, 3, 5)
    receive(await coder.encode(page, 1, { ...second, iteration: 3 }), destination)
    expect(pageOf(destination, 3)).toEqual(pageOf(memory, 3))
    // Against the content before the marker it would have been short.
    expect(coder.summary()).toMatchObject({ deltaHits: 1, deltaOverflows: 1 })
  })

  it('are against the whole page when that was sent in between', async () => {
    const memory = memoryOf('ordinary')
    const destination = sharedMemory(guestPages)
    const coder = coderOf({ delta: true, zeroPages: 'off' }, memory)
    const page = Int32Array.of(3)
    for (const [index, seed] of [1, 2, 3].entries()) {
      if (seed === 2) fill(pageOf(memory, 3), 'random', 9)
      else touch(memory, 3, seed)
      receive(await coder.encode(page, 1, { ...second, iteration: index + 1 }), destination)
      expect(pageOf(destination, 3)).toEqual(pageOf(memory, 3))
    }
    expect(coder.summary()).toMatchObject({ deltaMisses: 1, deltaHits: 2, deltaOverflows: 1 })
  })

  it.each(['none', 'zstd'] as const)('are against what was sent, whatever the guest wrote until it left (compression: %s)', async (compression) => {
    const memory = memoryOf('ordinary', 'random')
    const destination = sharedMemory(guestPages)
    const coder = coderOf({ delta: true, zeroPages: 'off', compression }, memory)
    const changeAll = (change: number): void => {
      for (let byte = 0; byte < memory.length; byte++) memory[byte] = (memory[byte] ?? 0) ^ change
    }
    // The whole pages, as cached: written again before the threads or the connection get at them.
    const sent = memory.slice()
    const coding = coder.encode(all, guestPages, second)
    changeAll(1)
    const coded = await coding
    changeAll(3)
    receive(coded, destination)
    expect(differingPages(sent, destination)).toEqual([])
    // And back, but for a few bytes: only against what was sent is this a short delta that gives the right page.
    changeAll(2)
    for (const page of all) touch(memory, page, page + 1)
    const delta = coder.encode(all, guestPages, { ...second, iteration: 2 })
    const expected = memory.slice()
    changeAll(1)
    const codedDelta = await delta
    expect(kindsOf(codedDelta)).toEqual({ delta: guestPages })
    receive(codedDelta, destination)
    expect(differingPages(expected, destination)).toEqual([])
  })

  it('that would not be shorter than the page are compressed instead', async () => {
    const memory = memoryOf('ordinary')
    const coder = coderOf({ delta: true, zeroPages: 'off', compression: 'zstd' }, memory)
    await coder.encode(all, guestPages, second)
    // Another byte everywhere, and text that compresses as before.
    for (let byte = 0; byte < memory.length; byte++) memory[byte] = (memory[byte] ?? 0) ^ 1
    expect(kindsOf(await coder.encode(all, guestPages, last))).toEqual({ zstd: guestPages })
    expect(coder.summary()).toMatchObject({ deltaHits: guestPages, deltaOverflows: guestPages, compressedPages: 2 * guestPages })
  })
})

describe('compression', () => {
  it.each(['zlib', 'lz4', 'zstd'] as const)('by %s sends what does not become smaller as it is', async (compression) => {
    const coder = coderOf({ compression, zeroPages: 'off', compressionThreads: 2 }, memoryOf('random', 'ordinary', 'zero', 'similar'))
    expect(kindsOf(await coder.encode(all, guestPages, first))).toEqual({ plain: guestPages / 4, [compression]: (guestPages * 3) / 4 })
    expect(coder.summary().compressedPages).toBe((guestPages * 3) / 4)
  })

  it('that is adaptive chooses by content, as the simulator does', async () => {
    const coder = coderOf({ compression: 'adaptive', zeroPages: 'off' }, memoryOf('random', 'ordinary', 'zero', 'similar'))
    expect(kindsOf(await coder.encode(all, guestPages, first))).toEqual({ plain: guestPages / 4, zstd: guestPages / 4, lz4: guestPages / 2 })
    for (const content of contentClasses) {
      const chosen = adaptiveChoice[content]
      expect(compressorFor('adaptive', content)).toBe(chosen === null ? null : compressorFor(chosen, content))
    }
  })

  it.each(fillings)('takes pages filled as %s for what they are, large or small', (filling) => {
    for (const bytes of [512, 1024, 4096, 65_536]) {
      for (let seed = 1; seed <= 50; seed++) {
        const page = new Uint8Array(bytes)
        fill(page, filling, seed)
        expect(contentClassOf(page, new Int32Array(page.buffer))).toBe(filling)
      }
    }
  })

  it('accounts for the processor time of its threads', async () => {
    const coder = coderOf({ compression: 'zlib', zeroPages: 'off' }, memoryOf('ordinary'))
    expect(coder.threadCpuMs).toBe(0)
    for (let iteration = 0; iteration < 20; iteration++) await coder.encode(all, guestPages, { ...first, iteration })
    expect(coder.threadCpuMs).toBeGreaterThan(0)
  })

  it('keeps batches apart that are coded at the same time', async () => {
    const memory = memoryOf('ordinary', 'similar', 'random')
    const coder = coderOf({ compression: 'zstd', compressionThreads: 3, zeroPages: 'off' }, memory)
    const destination = sharedMemory(guestPages)
    const batches = Array.from({ length: 8 }, (_, i) => all.slice(i * 8, i * 8 + 8))
    for (const coded of await Promise.all(batches.map(async (pages) => coder.encode(pages, pages.length, first)))) receive(coded, destination)
    expect(differingPages(memory, destination)).toEqual([])
  })

  it('ends with an error when the coder is closed', async () => {
    const coder = coderOf({ compression: 'zlib' }, memoryOf('ordinary'))
    const coded = Promise.resolve(coder.encode(all, guestPages, first))
    const ended = expect(coded).rejects.toMatchObject({ code: 'agent.closed' })
    await coder.close()
    await ended
    await expect(coder.encode(all, guestPages, first)).rejects.toMatchObject({ code: 'agent.closed' })
  })

  it('refuses memory that its threads cannot see', () => {
    expect(() => new PageCoder(scenarioWith({ compression: 'lz4' }), new Uint8Array(guestPages * pageBytes))).toThrow(/must be shared/)
  })
})
