import { describe, expect, it } from 'vitest'
import { applyDelta, encodeDelta } from '#shared/wire/delta.ts'

function deltaOf(before: Uint8Array, after: Uint8Array): Uint8Array | null {
  const into = new Uint8Array(after.byteLength)
  const bytes = encodeDelta(before, after, into)
  return bytes < 0 ? null : into.slice(0, bytes)
}

/** A page of zeros with some bytes set. */
function page(bytes: Readonly<Record<number, number>>, length = 4096): Uint8Array {
  const content = new Uint8Array(length)
  for (const [at, byte] of Object.entries(bytes)) content[Number(at)] = byte
  return content
}

describe('the delta of a page', () => {
  it('is written as QEMU writes it: run of equal bytes, run of changed bytes, the bytes', () => {
    expect(deltaOf(page({}), page({ 1000: 7, 1001: 8 }))).toEqual(Uint8Array.of(0xe8, 0x07, 2, 7, 8))
    expect(deltaOf(page({}), page({ 0: 7, 4095: 8 }))).toEqual(Uint8Array.of(0, 1, 7, 0xfe, 0x1f, 1, 8))
  })

  it('goes on over a few equal bytes, which would cost more apart', () => {
    expect(deltaOf(page({}), page({ 4: 1, 6: 2, 9: 3 }))).toEqual(Uint8Array.of(4, 6, 1, 0, 2, 0, 0, 3))
  })

  it('of a page without changes is one run', () => {
    expect(deltaOf(page({}), page({}))).toEqual(Uint8Array.of(0x80, 0x20))
  })

  it('is none where it would not be shorter than the page, or than its place', () => {
    const other = new Uint8Array(4096).fill(1)
    expect(deltaOf(page({}), other)).toBeNull()
    expect(encodeDelta(page({}), page({ 9: 1 }), new Uint8Array(2))).toBe(-1)
    expect(encodeDelta(page({}), page({ 9: 1 }), new Uint8Array(3))).toBe(3)
    expect(encodeDelta(page({}), page({}), new Uint8Array(1))).toBe(-1)
  })

  it('works for a page in shared memory that is at no boundary of words', () => {
    const memory = new Uint8Array(new SharedArrayBuffer(8192))
    const after = memory.subarray(3, 3 + 4096)
    after.set(page({ 0: 1, 77: 5, 4095: 3 }))
    const delta = deltaOf(page({ 77: 4 }), after)
    const old = page({ 77: 4 })
    applyDelta(delta ?? new Uint8Array(0), old)
    expect(old).toEqual(after.slice())
  })

  const malformed: ReadonlyArray<readonly [what: string, delta: readonly number[]]> = [
    ['nothing', []],
    ['a run of equal bytes alone', [9]],
    ['a run of equal bytes at the end', [0, 1, 7, 0xff, 0x1f]],
    ['a run without its bytes', [0, 4, 1, 2, 3]],
    ['no run of changed bytes', [5, 0]],
    ['an empty run in the middle', [0, 1, 7, 0, 1, 7]],
    ['a run beyond the page', [0x81, 0x20, 1, 7]],
    ['changes beyond the page', [0xff, 0x1f, 2, 7, 7]],
    ['something behind the whole page', [0x80, 0x20, 1, 7]],
    ['a length that is cut off', [0x80]],
    ['a length without an end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a length that overflows', [0xff, 0xff, 0xff, 0xff, 0x7f, 1, 7]],
    ['a length in a longer form', [0x81, 0x00, 1, 7]],
  ]
  it.each(malformed)('is refused with a code: %s', (_, bytes) => {
    const memory = new Uint8Array(3 * 4096)
    expect(() => applyDelta(Uint8Array.from(bytes), memory.subarray(4096, 8192))).toThrow(expect.objectContaining({ name: 'GodwitError', code: 'wire.delta' }))
    expect([...memory.subarray(0, 4096), ...memory.subarray(8192)].every((byte) => byte === 0)).toBe(true)
  })
})
