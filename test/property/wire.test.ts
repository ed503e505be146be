/** What holds for everything that travels between agents: it comes out as it went in, or it is refused with a code. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { applyDelta, encodeDelta } from '#shared/wire/delta.ts'
import { FrameReader } from '#shared/wire/frame-reader.ts'
import { bitmapFrame, messageFrame, pagesHead, requestFrame, stateFrame } from '#shared/wire/frame-writer.ts'
import { type FrameLimits, pageKinds, type PageTable, purposes } from '#shared/wire/frames.ts'
import type { GuestState, Message } from '#shared/wire/messages.ts'
import { joined, RecordingSink } from '../helpers/wire.ts'
import { fuzzReader } from '../helpers/wire-fuzz.ts'

const limits: FrameLimits = { messageBytes: 1 << 20, pageCount: 500, pageBytes: 4096, batchPages: 64 }
const zero = pageKinds.indexOf('zero')
const plain = pageKinds.indexOf('plain')

const count = fc.nat(2 ** 40)
const time = fc.double({ min: 0, max: 1e18, noNaN: true }).map((value) => value + 0)
const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const texts = fc.array(text, { maxLength: 5 })
// JSON knows no negative zero.
const body = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const counts = fc.array(count, { maxLength: 8 })
const times = fc.array(time, { maxLength: 8 })

const state: fc.Arbitrary<GuestState> = fc.record({ guestNs: time, serviceNs: time, executed: counts, sleptNs: times, deferred: fc.array(fc.tuple(count, count), { maxLength: 4 }), released: fc.array(fc.tuple(count, count), { maxLength: 4 }) })
const record = fc.record({ timeMs: times, page: counts, latencyMs: times, histogram: fc.record({ upperMs: times, faults: counts }) })
const faults = fc.record({
  majorFaults: count,
  minorFaults: count,
  faultMeanMs: time,
  faultP50Ms: time,
  faultP95Ms: time,
  faultP99Ms: time,
  faultMaxMs: time,
  predictedPages: count,
  usedPredictions: count,
  record: fc.option(record),
})

/** One for every kind, so that a new kind without an arbitrary does not compile. */
const messagesByKind: { readonly [K in Message['kind']]: fc.Arbitrary<Omit<Extract<Message, { kind: K }>, 'kind'>> } = {
  hello: fc.record({ version: count, role: fc.constantFrom('control' as const, 'migration' as const, 'data' as const), session: text, channel: count, agent: text, capabilities: texts }),
  welcome: fc.record({ version: count, agent: text, capabilities: texts }),
  refuse: fc.record({ code: text, message: text }),
  abort: fc.record({ code: text, message: text }),
  ping: fc.record({ sentNs: time }),
  pong: fc.record({ sentNs: time, atNs: time }),
  reserve: fc.record({ scenario: body, seed: count, shaped: fc.boolean(), channels: count }),
  finish: fc.record({ batches: counts }),
  commit: fc.constant({}),
  activate: fc.record({ batches: counts }),
  resume: fc.constant({}),
  reserved: fc.constant({}),
  finished: fc.record({ missing: count }),
  activated: fc.record({ readyNs: time, resumedNs: time }),
  life: fc.record({ atNs: time, guestNs: time, serviceNs: time, majorFaults: count, minorFaults: count }),
  report: fc.record({ faults, cpuMs: time }),
  checkpoint: fc.record({ number: count, pages: count, stopMs: time }),
  order: fc.record({ id: count, order: text, body }),
  answer: fc.record({ id: count, ok: fc.boolean(), body }),
  event: fc.record({ event: text, body }),
}

const message = fc.oneof(...Object.entries(messagesByKind).map(([kind, fields]) => (fields as fc.Arbitrary<object>).map((rest) => ({ kind, ...rest }) as Message)))

/** A batch and the bytes of its pages; runs of neighbouring pages are frequent. */
const batch = fc
  .array(fc.record({ page: fc.nat(limits.pageCount - 1), run: fc.integer({ min: 1, max: 12 }), kind: fc.nat(pageKinds.length - 1), length: fc.integer({ min: 1, max: limits.pageBytes - 1 }), seed: fc.nat(255) }), { minLength: 1, maxLength: 5 })
  .chain((runs) => fc.record({ runs: fc.constant(runs), purpose: fc.constantFrom(...purposes) }))
  .map(({ runs, purpose }) => {
    const pages = runs.flatMap(({ page, run, ...rest }) => Array.from({ length: Math.min(run, limits.pageCount - page) }, (_, i) => ({ page: page + i, ...rest })))
    const contents = pages.map(({ page, kind, length, seed }) => Uint8Array.from({ length: kind === plain ? limits.pageBytes : kind === zero ? 0 : length }, (_, i) => i * 3 + (i >>> 8) + page + seed))
    const table: PageTable = { purpose, count: pages.length, pages: Uint32Array.from(pages, ({ page }) => page), kinds: Uint8Array.from(pages, ({ kind }) => kind), lengths: Uint32Array.from(contents, ({ byteLength }) => byteLength) }
    return { table, contents }
  })

const bitmap = fc.uniqueArray(fc.nat(limits.pageCount - 1)).map((pages) => {
  const set = new Bitmap(limits.pageCount)
  for (const page of pages) set.add(page)
  return set
})

const frame = fc.oneof(
  message.map((one) => ({ is: 'message' as const, message: one, bytes: messageFrame(one) })),
  batch.map((one) => ({ is: 'batch' as const, ...one, bytes: joined([pagesHead(one.table), ...one.contents]) })),
  bitmap.map((one) => ({ is: 'bitmap' as const, bitmap: one, bytes: bitmapFrame(one) })),
  fc.nat(limits.pageCount - 1).map((page) => ({ is: 'request' as const, page, bytes: requestFrame(page) })),
  fc.tuple(state, fc.nat(200_000)).map(([json, bytes]) => ({ is: 'state' as const, json, bytes: stateFrame(json, bytes) })),
)

/** Where a stream is cut: never, everywhere, or in pieces of these lengths again and again. */
const cuts = fc.oneof(fc.constant([Infinity]), fc.constant([1]), fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }))

/** `socket`: into the reader's own buffer; `push`: as bytes that lie elsewhere. */
const ways = fc.constantFrom('socket' as const, 'push' as const)

function feed(reader: FrameReader, bytes: Uint8Array, lengths: readonly number[], way: 'socket' | 'push'): void {
  for (let at = 0, i = 0; at < bytes.byteLength; i++) {
    const most = lengths[i % lengths.length] ?? 1
    const room = way === 'push' ? bytes : reader.buffer()
    const some = bytes.subarray(at, at + Math.min(most, room.byteLength))
    at += some.byteLength
    if (way === 'push') {
      reader.push(some)
      continue
    }
    room.set(some)
    reader.advance(some.byteLength)
  }
}

describe('frames', () => {
  it('come out as they went in, in their order, however the stream is cut, also into shared memory', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), cuts, ways, fc.boolean(), (frames, lengths, way, isShared) => {
        const bytes = limits.pageCount * limits.pageBytes
        const sink = new RecordingSink(limits, isShared ? new Uint8Array(new SharedArrayBuffer(bytes)) : new Uint8Array(bytes))
        feed(new FrameReader(sink, limits), joined(frames.map((one) => one.bytes)), lengths, way)

        const expected = new RecordingSink(limits, new Uint8Array(bytes))
        for (const one of frames) {
          if (one.is === 'message') expected.message(one.message)
          else if (one.is === 'bitmap') expected.bitmap(one.bitmap.words, limits.pageCount)
          else if (one.is === 'request') expected.request(one.page)
          else if (one.is === 'state') expected.state(one.json, one.bytes.byteLength - 8)
          else {
            const { table, contents } = one
            for (const [i, content] of contents.entries()) {
              const page = table.pages[i] ?? 0
              const kind = table.kinds[i] ?? 0
              if (kind === plain) expected.target(page).set(content)
              else expected.coded(page, kind, content, table.purpose)
            }
            expected.pages(table)
          }
        }
        const { memory, ...told } = sink
        const { memory: expectedMemory, ...expectedTold } = expected
        expect(told).toEqual(expectedTold)
        expect(Buffer.compare(memory, expectedMemory)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('that are cut short or flipped are refused with a code, or wait for more', () => {
    fc.assert(
      fc.property(frame, fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 3 }), fc.nat(), (one, flips, length) => {
        const bytes = one.bytes.slice(0, 1 + (length % one.bytes.byteLength))
        for (const [at, bit] of flips) bytes[at % bytes.byteLength] = (bytes[at % bytes.byteLength] ?? 0) ^ (1 << bit)
        try {
          new FrameReader(new RecordingSink(limits), limits).push(bytes)
        } catch (error) {
          if (!(error instanceof GodwitError) || !error.code.startsWith('wire.')) throw error
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('of 200,000 hostile kinds give coded errors only, in bounded memory', () => {
    const { accepted, refused, heldBytes } = fuzzReader({ frames: 200_000, seed: 1 })
    // The noise reached every check, and what was whole was taken.
    expect(Object.keys(refused).sort()).toEqual(['wire.bitmap', 'wire.count', 'wire.delta', 'wire.json', 'wire.kind', 'wire.length', 'wire.message', 'wire.page', 'wire.purpose', 'wire.reserved', 'wire.type'])
    expect(accepted).toBeGreaterThan(30_000)
    // Some were longer than what a reader holds anyway.
    expect(heldBytes).toBeGreaterThan(64 << 10)
    expect(heldBytes).toBeLessThanOrEqual(256 << 10)
  })
})

/** A page, and the same with some stretches written, at any alignment. */
const contents = fc
  .record({
    pageBytes: fc.constantFrom(64, 512, 1001, 4096, 65536),
    offset: fc.nat(7),
    seed: fc.nat(),
    isZero: fc.boolean(),
    writes: fc.array(fc.record({ at: fc.nat(), bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.uint8Array({ minLength: 1, maxLength: 300 })) }), { maxLength: 8 }),
  })
  .map(({ pageBytes, offset, seed, isZero, writes }) => {
    const before = new Uint8Array(pageBytes + 7).subarray(offset, offset + pageBytes)
    if (!isZero) for (let i = 0; i < pageBytes; i++) before[i] = Math.imul(i + seed, 0x9e3779b1) >>> 24
    const after = before.slice()
    for (const { at, bytes } of writes) after.set(bytes.subarray(0, pageBytes - (at % pageBytes)), at % pageBytes)
    return { before, after }
  })

describe('deltas', () => {
  it('make of the old content the new one, in fewer bytes than a page', () => {
    fc.assert(
      fc.property(contents, ({ before, after }) => {
        const into = new Uint8Array(after.byteLength)
        const bytes = encodeDelta(before, after, into)
        if (bytes === -1) return
        expect(bytes).toBeGreaterThan(0)
        expect(bytes).toBeLessThan(after.byteLength)
        const page = before.slice()
        applyDelta(into.subarray(0, bytes), page)
        expect(page).toEqual(after)
      }),
      { numRuns: 2000 },
    )
  })

  it('exist wherever little was written', () => {
    fc.assert(
      fc.property(contents, ({ before, after }) => {
        let written = 0
        for (let i = 0; i < after.byteLength; i++) if (before[i] !== after[i]) written++
        const bytes = encodeDelta(before, after, new Uint8Array(after.byteLength))
        // At worst each changed byte is a run of its own, with two lengths of at most three bytes; or a page is one run.
        if (7 * written + 3 < after.byteLength) expect(bytes).toBeLessThanOrEqual(Math.max(3, 7 * written))
        if (7 * written + 3 < after.byteLength) expect(bytes).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('that are noise are refused with a code, or change the page only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(16, 64, 4096), (delta, pageBytes) => {
        const memory = new Uint8Array(3 * pageBytes)
        try {
          applyDelta(delta, memory.subarray(pageBytes, 2 * pageBytes))
        } catch (error) {
          if (!(error instanceof GodwitError) || error.code !== 'wire.delta') throw error
        }
        expect([...memory.subarray(0, pageBytes), ...memory.subarray(2 * pageBytes)].every((byte) => byte === 0)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
