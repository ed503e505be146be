import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { FrameReader } from '#shared/wire/frame-reader.ts'
import { bitmapFrame, messageFrame, pagesHead, requestFrame, stateFrame } from '#shared/wire/frame-writer.ts'
import { type FrameLimits, pageKinds, type PageTable } from '#shared/wire/frames.ts'
import { guestState, joined, RecordingSink, smallLimits } from '../../helpers/wire.ts'

const limits: FrameLimits = { messageBytes: 1 << 20, pageCount: 1024, pageBytes: 4096, batchPages: 1024 }
const plain = pageKinds.indexOf('plain')
const zero = pageKinds.indexOf('zero')
const delta = pageKinds.indexOf('delta')

function tableOf(entries: ReadonlyArray<readonly [page: number, kind: number, bytes: number]>): PageTable {
  return {
    purpose: 'copy',
    count: entries.length,
    pages: Uint32Array.from(entries, ([page]) => page),
    kinds: Uint8Array.from(entries, ([, kind]) => kind),
    lengths: Uint32Array.from(entries, ([, , bytes]) => bytes),
  }
}

function plainTable(pages: readonly number[], pageBytes = limits.pageBytes): PageTable {
  return tableOf(pages.map((page) => [page, plain, pageBytes]))
}

const range = (from: number, end: number): number[] => Array.from({ length: end - from }, (_, i) => from + i)

/** What a socket does: at most `most` bytes at a time into the reader's own buffer. Returns the buffers that were not the scratch. */
function readAsSocket(reader: FrameReader, bytes: Uint8Array, memory: Uint8Array, most = Infinity): Uint8Array[] {
  const direct: Uint8Array[] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const room = reader.buffer()
    expect(room.byteLength).toBeGreaterThan(0)
    if (room.buffer === memory.buffer) direct.push(room)
    const count = Math.min(room.byteLength, bytes.byteLength - at, most)
    room.set(bytes.subarray(at, at + count))
    reader.advance(count)
    at += count
  }
  return direct
}

function expectFault(frame: Uint8Array, code: string, given: FrameLimits = limits): void {
  const reader = new FrameReader(new RecordingSink(given), given)
  expect(() => reader.push(frame)).toThrow(expect.objectContaining({ name: 'GodwitError', code }))
}

/** A frame with some numbers changed: 32-bit words by their offset. */
function changed(frame: Uint8Array, words: Readonly<Record<number, number>>): Uint8Array {
  const copy = frame.slice()
  for (const [at, word] of Object.entries(words)) new DataView(copy.buffer).setUint32(Number(at), word, true)
  return copy
}

describe('a frame reader', () => {
  it('reads neighbouring pages straight into memory, in one view, once what came with the table is placed', () => {
    const sink = new RecordingSink(limits)
    const reader = new FrameReader(sink, limits)
    const content = Uint8Array.from({ length: 256 * 4096 }, (_, i) => i * 7 + (i >>> 12))
    const direct = readAsSocket(reader, joined([pagesHead(plainTable(range(100, 356))), content]), sink.memory)
    expect(sink.memory.slice(100 * 4096, 356 * 4096)).toEqual(content)
    expect(sink.tables).toHaveLength(1)
    expect(direct).toHaveLength(1)
    expect(direct[0]?.byteLength).toBeGreaterThan(900_000)
  })

  it('does not read straight into pages that lie apart, and places them all the same', () => {
    const sink = new RecordingSink(limits)
    const pages = range(0, 64).map((i) => i * 2)
    const content = Uint8Array.from({ length: 64 * 4096 }, (_, i) => i >>> 9)
    const direct = readAsSocket(new FrameReader(sink, limits), joined([pagesHead(plainTable(pages)), content]), sink.memory)
    expect(direct).toEqual([])
    for (const [i, page] of pages.entries()) expect(sink.target(page).slice()).toEqual(content.slice(i * 4096, (i + 1) * 4096))
  })

  it('keeps pages of different memories apart, whatever their places in them', () => {
    const memories = [new Uint8Array(8 * 4096), new Uint8Array(8 * 4096)] as const
    const sink = new RecordingSink(limits)
    sink.target = (page) => memories[page % 2 === 0 ? 0 : 1].subarray(page * 4096, (page + 1) * 4096)
    const content = Uint8Array.from({ length: 8 * 4096 }, (_, i) => 1 + (i >>> 12))
    readAsSocket(new FrameReader(sink, limits), joined([pagesHead(plainTable(range(0, 8))), content]), sink.memory, 5000)
    for (const page of range(0, 8)) {
      expect(memories[page % 2 === 0 ? 0 : 1][page * 4096 + 4095]).toBe(page + 1)
      expect(memories[page % 2 === 0 ? 1 : 0][page * 4096 + 4095]).toBe(0)
    }
  })

  it('never gives out memory beyond the pages of the batch', () => {
    const sink = new RecordingSink(limits)
    const content = new Uint8Array(40 * 4096).fill(9)
    const next = messageFrame({ kind: 'commit' })
    for (const room of readAsSocket(new FrameReader(sink, limits), joined([pagesHead(plainTable(range(10, 50))), content, next]), sink.memory)) {
      expect(room.byteOffset).toBeGreaterThanOrEqual(10 * 4096)
      expect(room.byteOffset + room.byteLength).toBeLessThanOrEqual(50 * 4096)
    }
    expect(sink.memory.slice(50 * 4096).every((byte) => byte === 0)).toBe(true)
    expect(sink.messages).toEqual([{ kind: 'commit' }])
  })

  it('asks for each plain page once, in order, and not far ahead of what has come', () => {
    const asked: number[] = []
    const sink = new RecordingSink(limits)
    const target = sink.target.bind(sink)
    sink.target = (page) => {
      asked.push(page)
      return target(page)
    }
    const reader = new FrameReader(sink, limits)
    reader.push(pagesHead(plainTable(range(0, 1024))))
    expect(asked.length).toBeLessThanOrEqual((1 << 20) / 4096 + 1)
    reader.push(new Uint8Array(1024 * 4096))
    expect(asked).toEqual(range(0, 1024))
  })

  it('hands out pages of all kinds in the order of the table', () => {
    const order: string[] = []
    const sink = new RecordingSink(limits)
    const target = sink.target.bind(sink)
    sink.target = (page) => {
      order.push(`plain ${page}`)
      return target(page)
    }
    sink.coded = (page, kind, bytes, purpose) => void order.push(`${pageKinds[kind] ?? '?'} ${page}: ${[...bytes].join(' ')} ${purpose}`)
    sink.pages = () => void order.push('whole')
    const table = { ...tableOf([[5, zero, 0], [7, delta, 3], [6, plain, 4096], [2, zero, 0], [3, plain, 4096]]), purpose: 'push' } as const
    new FrameReader(sink, limits).push(joined([pagesHead(table), Uint8Array.of(1, 2, 3), new Uint8Array(4096).fill(6), new Uint8Array(4096).fill(3)]))
    expect(order).toEqual(['zero 5:  push', 'delta 7: 1 2 3 push', 'plain 6', 'zero 2:  push', 'plain 3', 'whole'])
    expect([sink.memory[6 * 4096], sink.memory[3 * 4096 + 4095]]).toEqual([6, 3])
  })

  it('reads coded pages, messages and bitmaps that are longer than its scratch', () => {
    const large: FrameLimits = { messageBytes: 1 << 20, pageCount: 1 << 20, pageBytes: 2 << 20, batchPages: 4 }
    const sink = new RecordingSink(large, new Uint8Array(0))
    const coded = Uint8Array.from({ length: (2 << 20) - 1 }, (_, i) => i * 31)
    const bitmap = Bitmap.full(large.pageCount)
    const long = { kind: 'refuse', code: 'x', message: 'ü'.repeat(90_000) } as const
    const reader = new FrameReader(sink, large)
    readAsSocket(reader, joined([pagesHead(tableOf([[9, delta, coded.byteLength]])), coded, messageFrame(long), bitmapFrame(bitmap), requestFrame(77)]), sink.memory, 10_007)
    expect(sink.codedPages).toEqual([{ page: 9, kind: delta, bytes: coded, purpose: 'copy' }])
    expect(sink.messages).toEqual([long])
    expect(sink.bitmaps).toEqual([{ words: bitmap.words, pageCount: large.pageCount }])
    expect(sink.requests).toEqual([77])
    expect(reader.buffer().buffer.byteLength).toBeLessThanOrEqual(64 << 10)
  })

  it('tells device state once it is whole, with its length', () => {
    const sink = new RecordingSink(limits)
    const frame = stateFrame(guestState, 512 << 10)
    expect(frame.byteLength).toBe((512 << 10) + 8)
    const reader = new FrameReader(sink, limits)
    reader.push(frame.subarray(0, frame.byteLength - 1))
    expect(sink.states).toEqual([])
    expect(reader.buffer().buffer.byteLength).toBeLessThanOrEqual(64 << 10)
    reader.push(frame.subarray(frame.byteLength - 1))
    expect(sink.states).toEqual([{ json: guestState, bytes: 512 << 10 }])
  })

  it('gives nothing for what is only announced: memory grows with what has come', () => {
    const wide = { ...limits, messageBytes: 1 << 30 }
    const reader = new FrameReader(new RecordingSink(wide), wide)
    reader.push(changed(messageFrame({ kind: 'commit' }), { 0: 1 << 30 }))
    expect(reader.buffer().buffer.byteLength).toBeLessThanOrEqual(64 << 10)
    reader.push(new Uint8Array(100_000))
    expect(reader.buffer().buffer.byteLength).toBeLessThanOrEqual(2 * 100_030)
  })

  it('takes no more for a message than its length', () => {
    const reader = new FrameReader(new RecordingSink(limits), limits)
    reader.push(changed(messageFrame({ kind: 'commit' }), { 0: 70_000 }))
    reader.push(new Uint8Array(66_000))
    expect(reader.buffer().buffer.byteLength).toBe(70_000)
  })

  it('holds little for a connection on which little is said, and reads more at a time where more comes', () => {
    const reader = new FrameReader(new RecordingSink(limits), limits)
    for (let i = 0; i < 1000; i++) reader.push(requestFrame(i))
    expect(reader.buffer().byteLength).toBeLessThanOrEqual(4 << 10)
    reader.push(joined(Array.from({ length: 1000 }, (_, i) => requestFrame(i))))
    expect(reader.buffer().byteLength).toBeGreaterThan(60_000)
  })

  it('accepts no pages before a reservation, and some after it', () => {
    const none = { ...limits, pageCount: 0, pageBytes: 0, batchPages: 0 }
    const frame = joined([pagesHead(plainTable([3])), new Uint8Array(4096)])
    for (const early of [frame, requestFrame(0), bitmapFrame(new Bitmap(0))]) expectFault(early, 'wire.unreserved', none)
    const sink = new RecordingSink(limits)
    const reader = new FrameReader(sink, none)
    reader.push(messageFrame({ kind: 'commit' }))
    reader.setLimits(limits)
    reader.push(frame)
    expect(sink.tables).toHaveLength(1)
  })

  it('checks a frame against the limits that held at its head', () => {
    const sink = new RecordingSink(limits)
    const reader = new FrameReader(sink, limits)
    const frame = bitmapFrame(Bitmap.full(limits.pageCount))
    reader.push(frame.subarray(0, 20))
    reader.setLimits({ ...limits, pageCount: 1 << 20 })
    reader.push(frame.subarray(20))
    expect(sink.bitmaps[0]?.pageCount).toBe(limits.pageCount)
  })

  it('refuses heads that are none', () => {
    const commit = messageFrame({ kind: 'commit' })
    expectFault(changed(commit, { 4: 5 }), 'wire.type')
    expectFault(changed(commit, { 4: 0x100 }), 'wire.reserved')
    expectFault(changed(commit, { 0: limits.messageBytes + 1 }), 'wire.length')
    expectFault(changed(commit, { 0: 0 }), 'wire.length')
    expectFault(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'), 'wire.type')
    expectFault(changed(requestFrame(1), { 0: 5 }), 'wire.length')
    expectFault(changed(stateFrame({}, 0), { 0: 4 }), 'wire.length')
  })

  it('refuses payloads that are none', () => {
    expectFault(requestFrame(limits.pageCount), 'wire.page')
    expectFault(changed(messageFrame({ kind: 'commit' }), { 8: 0xffffffff }), 'wire.json')
    expectFault(changed(messageFrame({ kind: 'commit' }), { 8: 0 }), 'wire.json')
    expectFault(messageFrame({ kind: 'abort', code: 'a', message: '~' }).map((byte) => (byte === '~'.charCodeAt(0) ? 0xff : byte)), 'wire.json')
    expectFault(changed(stateFrame({ a: 1 }, 100), { 8: 97 }), 'wire.length')
    expectFault(changed(stateFrame({ a: 1 }, 100), { 8: 0 }), 'wire.length')
    expectFault(changed(stateFrame({ a: 1 }, 100), { 8: 6 }), 'wire.json')
    expectFault(changed(stateFrame({ a: 1 }, 100), { 60: 1 }), 'wire.reserved')
    expectFault(bitmapFrame(new Bitmap(limits.pageCount + 32)), 'wire.length')
    expectFault(bitmapFrame(new Bitmap(limits.pageCount - 1)), 'wire.bitmap')
    expectFault(changed(bitmapFrame(new Bitmap(smallLimits.pageCount)), { [8 + 4 + 4 * 9]: 1 << 12 }), 'wire.bitmap', smallLimits)
  })

  it('refuses tables that are none, before it asks for a place', () => {
    const refuse = (table: PageTable, code: string, words: Readonly<Record<number, number>> = {}): void => {
      const sink = new RecordingSink(limits)
      sink.target = () => expect.unreachable()
      sink.coded = () => expect.unreachable()
      const reader = new FrameReader(sink, limits)
      expect(() => reader.push(joined([changed(pagesHead(table), words), new Uint8Array(8192)]))).toThrow(expect.objectContaining({ name: 'GodwitError', code }))
    }
    refuse(plainTable([limits.pageCount]), 'wire.page')
    refuse(tableOf([[1, 6, 4096]]), 'wire.kind')
    refuse(tableOf([[1, plain, 4095]]), 'wire.length')
    refuse(tableOf([[1, zero, 1]]), 'wire.length')
    refuse(tableOf([[1, delta, 0]]), 'wire.length')
    refuse(tableOf([[1, delta, 4096]]), 'wire.length')
    refuse(plainTable([1]), 'wire.length', { 0: 16 + 4097 })
    refuse(plainTable([1, 2]), 'wire.length', { 0: 20 })
    refuse(plainTable([1]), 'wire.length', { 0: 0xffffffff })
    refuse(plainTable([1]), 'wire.count', { 12: 0 })
    refuse(plainTable([1]), 'wire.count', { 12: 1025 })
    refuse(plainTable([1]), 'wire.purpose', { 8: 5 })
    refuse(plainTable([1]), 'wire.reserved', { 8: 0x100 })
  })

  it('throws the same again after a fault, and reads nothing more', () => {
    const sink = new RecordingSink(limits)
    const reader = new FrameReader(sink, limits)
    const first = thrownBy(() => reader.push(requestFrame(5000)))
    expect(first).toBeInstanceOf(GodwitError)
    expect(reader.buffer().byteLength).toBeGreaterThan(0)
    expect(thrownBy(() => reader.advance(0))).toBe(first)
    expect(thrownBy(() => reader.push(requestFrame(5)))).toBe(first)
    expect(sink.requests).toEqual([])
  })

  it('ends with what its sink throws', () => {
    const sink = new RecordingSink(limits)
    const refusal = new GodwitError('wire.unexpected', 'not your turn')
    sink.request = () => {
      throw refusal
    }
    const reader = new FrameReader(sink, limits)
    expect(thrownBy(() => reader.push(requestFrame(5)))).toBe(refusal)
    expect(thrownBy(() => reader.push(messageFrame({ kind: 'commit' })))).toBe(refusal)
    expect(sink.messages).toEqual([])
  })

  it('survives JSON of any depth', () => {
    const json = new TextEncoder().encode(`{"kind":"event","event":"x","body":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)
    const frame = new Uint8Array(8 + json.byteLength)
    frame.set(json, 8)
    const sink = new RecordingSink(limits)
    new FrameReader(sink, limits).push(changed(frame, { 0: json.byteLength }))
    expect(sink.messages).toHaveLength(1)
  })
})

function thrownBy(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
