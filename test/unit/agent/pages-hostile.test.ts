/** Coded pages that do not come from the page coder: errors with a code, no more output or memory than a page. */

import { constants, deflateRawSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { type PageKind, pageKinds } from '#shared/wire/frames.ts'
import { type CompressedKind, compressPage } from '../../../src-main/agent/pages/compress-page.ts'
import { decodePage } from '../../../src-main/agent/pages/page-decoder.ts'
import { fill, pageBytes } from './coded-pages.ts'

const compressed = ['zlib', 'lz4', 'zstd'] as const

function codeOf(kind: PageKind, bytes: Uint8Array, page = new Uint8Array(pageBytes)): string {
  try {
    decodePage(kind, bytes, page)
    return 'none'
  } catch (error) {
    if (error instanceof GodwitError) return error.code
    throw error
  }
}

function coded(kind: CompressedKind, seed = 1): Uint8Array {
  const page = new Uint8Array(pageBytes)
  fill(page, 'ordinary', seed)
  const bytes = compressPage(kind, page)?.bytes
  if (bytes === undefined) throw new Error('the page did not become smaller')
  return bytes.slice()
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

describe.each(compressed)('a page coded as %s', (kind) => {
  it('decodes', () => {
    expect(codeOf(kind, coded(kind))).toBe('none')
  })

  it('is malformed at every length shorter than it is', () => {
    const whole = coded(kind)
    for (let length = 0; length < whole.byteLength; length++) expect(codeOf(kind, whole.subarray(0, length))).toBe('wire.page-content')
  })

  it('is malformed with anything behind it', () => {
    expect(codeOf(kind, joined(coded(kind), Uint8Array.of(0, 1, 2, 3)))).toBe('wire.page-content')
    expect(codeOf(kind, joined(coded(kind), coded(kind, 2)))).toBe('wire.page-content')
  })

  it('is malformed if it is larger or smaller than the page there', () => {
    expect(codeOf(kind, coded(kind), new Uint8Array(pageBytes * 2))).toBe('wire.page-content')
    expect(codeOf(kind, coded(kind), new Uint8Array(pageBytes / 2))).toBe('wire.page-content')
  })
})

describe('a bomb', () => {
  const large = new Uint8Array(64 << 20)

  /** Memory outside V8's heap that decoding takes at its peak, measured by what is left before anything is collected. */
  function grownBytes(work: () => void): number {
    const before = process.memoryUsage.rss()
    for (let i = 0; i < 20; i++) work()
    return process.memoryUsage.rss() - before
  }

  it('of zlib does not go off', () => {
    const bomb = deflateRawSync(large)
    expect(grownBytes(() => expect(codeOf('zlib', bomb)).toBe('wire.page-content'))).toBeLessThan(large.byteLength)
  })

  it('of zstd does not go off, whatever window it asks for', () => {
    for (const windowLog of [10, 12, 27]) {
      const bomb = zstdCompressSync(large, { params: { [constants.ZSTD_c_windowLog]: windowLog } })
      expect(grownBytes(() => expect(codeOf('zstd', bomb)).toBe('wire.page-content'))).toBeLessThan(large.byteLength)
    }
  })

  it('of lz4 does not go off, whatever length it says', () => {
    const block = coded('lz4')
    for (const said of [0, 1, pageBytes - 1, pageBytes + 1, 0x7fff_ffff, 0xffff_ffff]) {
      new DataView(block.buffer).setUint32(0, said, true)
      // Refused by its head: the decoder would make room first.
      expect(() => decodePage('lz4', block, new Uint8Array(pageBytes))).toThrow(`says that it becomes ${said} B`)
    }
    // Says a page, and holds a run of literals that goes on and on.
    const long = new Uint8Array(4000).fill(0xff)
    new DataView(long.buffer).setUint32(0, pageBytes, true)
    expect(codeOf('lz4', long)).toBe('wire.page-content')
  })
})

describe('bytes of any kind', () => {
  const kinds = fc.constantFrom(...pageKinds)

  it('give a page or an error with a code, and leave what is beside the page alone', () => {
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 300 }), (kind, bytes) => {
        const memory = new Uint8Array(3 * pageBytes).fill(0xaa)
        expect(codeOf(kind, bytes, memory.subarray(pageBytes, 2 * pageBytes))).toMatch(/^(none|wire\..+)$/)
        expect(memory.subarray(0, pageBytes).every((byte) => byte === 0xaa)).toBe(true)
        expect(memory.subarray(2 * pageBytes).every((byte) => byte === 0xaa)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('that were a page once and were changed on the way do so too', () => {
    fc.assert(
      fc.property(fc.constantFrom(...compressed), fc.nat(5), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (kind, seed, flips) => {
        const bytes = coded(kind, seed + 1)
        for (const [at, value] of flips) bytes[at % bytes.byteLength] = value
        expect(codeOf(kind, bytes)).toMatch(/^(none|wire\.page-content)$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('do not pass for a plain page or for zeros unless they have the length', () => {
    expect(codeOf('plain', new Uint8Array(pageBytes - 1))).toBe('wire.page-content')
    expect(codeOf('plain', new Uint8Array(pageBytes))).toBe('none')
    expect(codeOf('zero', Uint8Array.of(0))).toBe('wire.page-content')
  })

  it('decode out of a buffer in which they do not begin at the front', () => {
    for (const kind of compressed) {
      const bytes = coded(kind)
      expect(codeOf(kind, joined(Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9)).subarray(3, 3 + bytes.byteLength))).toBe('none')
    }
  })
})
