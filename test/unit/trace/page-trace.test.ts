import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '@noble/hashes/sha2.js'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { fromBase64 } from '#shared/trace/base64.ts'
import { builtInFacts } from '#shared/trace/built-in/facts.ts'
import { builtInTraces } from '#shared/trace/library.ts'
import { decodePageTrace, encodePageTrace, type PageTrace, traceHeaderBytes } from '#shared/trace/page-trace.ts'
import { digestDigits, readTraceReference } from '#shared/trace/reference.ts'

type Written = Omit<PageTrace, 'digest' | 'eventCount'>

const traces: fc.Arbitrary<Written> = fc
  .record({
    events: fc.array(
      fc.record({
        delay: fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 2 ** 40 })),
        page: fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
        isWrite: fc.boolean(),
      }),
      { minLength: 1, maxLength: 200 },
    ),
    pageShift: fc.integer({ min: 12, max: 30 }),
    quantumNs: fc.nat(),
    restNs: fc.integer({ min: 1, max: 2 ** 40 }),
  })
  .map(({ events, pageShift, quantumNs, restNs }) => {
    const distinct = [...new Set(events.map(({ page }) => page))].sort((one, other) => one - other)
    let timeNs = 0
    const times = Float64Array.from(events, ({ delay }) => (timeNs += delay))
    return {
      pageBytes: 2 ** pageShift,
      pageCount: distinct.length,
      durationNs: timeNs + restNs,
      quantumNs,
      times,
      pages: Uint32Array.from(events, ({ page }) => distinct.indexOf(page)),
      writes: Uint8Array.from(events, ({ isWrite }) => (isWrite ? 1 : 0)),
    }
  })

const small: Written = {
  pageBytes: 4096,
  pageCount: 3,
  durationNs: 1000,
  quantumNs: 10,
  times: Float64Array.of(0, 10, 10, 700),
  pages: Uint32Array.of(0, 2, 1, 2),
  writes: Uint8Array.of(0, 1, 0, 1),
}

/** Two accesses in more bytes than three could take. */
const longDelays: Written = { ...small, pageCount: 1, durationNs: 2 ** 41, times: Float64Array.of(0, 2 ** 40), pages: new Uint32Array(2), writes: new Uint8Array(2) }

/** The bytes with some of the header changed and a checksum that fits. */
function forged(change: (view: DataView, bytes: Uint8Array) => void, written: Written = small): Uint8Array {
  const bytes = encodePageTrace(written, written)
  change(new DataView(bytes.buffer), bytes)
  const end = bytes.length - 32
  bytes.set(sha256(bytes.subarray(0, end)), end)
  return bytes
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof GodwitError) return error.code
    throw error
  }
  return 'none'
}

describe('a page trace', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(traces, (written) => {
        const { digest, eventCount, ...read } = decodePageTrace(encodePageTrace(written, written))
        expect(read).toEqual(written)
        expect(eventCount).toBe(written.times.length)
        expect(digest).toMatch(/^[0-9a-f]{64}$/)
      }),
    )
  })

  it('has another digest if anything in it is another', () => {
    const digest = (written: Written): string => decodePageTrace(encodePageTrace(written, written)).digest
    const changed = [{ ...small, durationNs: 1001 }, { ...small, writes: Uint8Array.of(0, 1, 1, 1) }, { ...small, pageBytes: 8192 }, small]
    expect(new Set(changed.map(digest)).size).toBe(4)
    expect(digest({ ...small })).toBe(digest(small))
  })

  it('is refused if it was cut short anywhere, or one bit of it flipped', () => {
    const whole = encodePageTrace(small, small)
    for (let length = 0; length < whole.length; length++) expect(codeOf(() => decodePageTrace(whole.subarray(0, length)))).toMatch(/^trace\.(broken|foreign|newer)$/)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = whole.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(codeOf(() => decodePageTrace(flipped))).toMatch(/^trace\.(broken|foreign|newer)$/)
    }
  })

  it('is refused with an error and nothing else, whatever the bytes behind a fitting checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (body, header) => {
        const head = encodePageTrace(small, small).slice(0, 12)
        const bytes = new Uint8Array(traceHeaderBytes + body.length + 32)
        bytes.set(head)
        bytes.set(header, 12)
        bytes.set(body, traceHeaderBytes)
        bytes.set(sha256(bytes.subarray(0, bytes.length - 32)), bytes.length - 32)
        expect(codeOf(() => decodePageTrace(bytes))).toMatch(/^(trace\.broken|none)$/)
      }),
    )
  })

  it.each([
    ['a foreign file', new TextEncoder().encode('I  0401ab70,3\n'), 'trace.foreign', 'no page trace'],
    ['an empty file', new Uint8Array(0), 'trace.foreign', 'no page trace'],
    ['a newer version', forged((view) => view.setUint32(8, 2, true)), 'trace.newer', 'version 2'],
    ['a newer version whose layout is not known', forged((view) => view.setUint32(8, 9, true)).subarray(0, 90), 'trace.newer', 'version 9'],
    ['a page outside', forged((view) => view.setUint32(16, 2, true)), 'trace.broken', 'accesses page 2 and has 2 pages'],
    ['an access after the end', forged((view) => view.setBigUint64(28, 700n, true)), 'trace.broken', 'after its end'],
    ['more accesses than bytes', forged((view) => view.setBigUint64(20, 2n ** 60n, true)), 'trace.broken', 'cannot hold them'],
    ['fewer accesses than announced', forged((view) => view.setBigUint64(20, 3n, true), longDelays), 'trace.broken', 'announces 3 accesses and has 2'],
    ['more accesses than announced', forged((view) => view.setBigUint64(20, 3n, true)), 'trace.broken', 'more than the 3'],
    ['an odd page size', forged((view) => view.setUint32(12, 5000, true)), 'trace.broken', 'page size is 5000 B'],
    ['no page', forged((view) => view.setUint32(16, 0, true)), 'trace.broken', 'announces 0 pages'],
    ['no end', forged((view) => view.setBigUint64(28, 2n ** 63n, true)), 'trace.broken', 'out of range'],
    ['a number without end', forged((_, bytes) => bytes.fill(255, traceHeaderBytes, bytes.length - 32), { ...small, times: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), pages: new Uint32Array(8), writes: new Uint8Array(8) }), 'trace.broken', 'too large'],
  ])('refuses %s in words', (_, bytes, code, words) => {
    expect(codeOf(() => decodePageTrace(bytes))).toBe(code)
    expect(() => decodePageTrace(bytes)).toThrow(words)
  })
})

describe('the built-in traces', () => {
  it.each(builtInFacts)('$name is what its facts say', ({ name, digest, pageBytes, pageCount, writtenPagesPerSecond }) => {
    const trace = builtInTraces.get(`${name}@${digest}`)
    expect(trace).toMatchObject({ pageBytes, pageCount })
    expect(trace?.digest.slice(0, digestDigits)).toBe(digest)
    const writes = trace?.writes.reduce((sum, write) => sum + write, 0) ?? 0
    expect((writes * 1e9) / (trace?.durationNs ?? 1)).toBeCloseTo(writtenPagesPerSecond, -3)
    expect(new Set(trace?.pages).size).toBe(pageCount)
  })

  it('go by their name, and no other name goes without a digest', () => {
    expect(builtInFacts.map(({ name }) => name)).toEqual(['sort', 'sqlite'])
    for (const { name, digest } of builtInFacts) expect(readTraceReference(name)).toEqual({ ok: true, reference: `${name}@${digest}` })
    expect(readTraceReference('mine@0123456789ab')).toEqual({ ok: true, reference: 'mine@0123456789ab' })
    expect(readTraceReference('mine')).toMatchObject({ ok: false, problem: expect.stringContaining('there are sort and sqlite') as string })
    expect(readTraceReference('../../etc/passwd@0123456789ab')).toMatchObject({ ok: false })
    expect(builtInTraces.get('mine@0123456789ab')).toBeUndefined()
  })
})

describe('base64', () => {
  it('gives the bytes that were written, and refuses other text', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      expect([...fromBase64(Buffer.from(bytes).toString('base64'))]).toEqual([...bytes])
    }))
    expect(() => fromBase64('ab*d')).toThrow('"*" at place 2')
  })
})
