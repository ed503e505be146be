/**
 * What compressing a page costs and brings, by compressor and by what the page holds.
 *
 * Rates, and the ratio for ordinary pages, are those of one thread of a Core i7-3930K over the Silesia corpus at level 1
 * (verified: README of facebook/zstd at 409c3094, lzbench of zlib 1.2.8, LZ4 r131 and zstd 0.8.2). Later versions and
 * processors are faster. Memory is not that corpus: all other ratios are lab values. Adaptive compression chooses by content, as MECOM does (Jin et al. 2009); MECOM's own compressors
 * and rates are not known here, so which of ours it chooses is a lab choice too.
 */

export const contentClasses = ['zero', 'similar', 'ordinary', 'random'] as const
/** What a page holds: only zeros; words that repeat; ordinary data; data that is compressed or encrypted already. */
export type ContentClass = (typeof contentClasses)[number]

export interface Compressor {
  /** Of one thread, in bytes of plain pages per second. */
  readonly encodeBytesPerSecond: number
  readonly decodeBytesPerSecond: number
  /** Plain size over compressed size. */
  readonly ratio: Readonly<Record<ContentClass, number>>
}

const compressors = {
  zlib: { encodeBytesPerSecond: 95e6, decodeBytesPerSecond: 360e6, ratio: { zero: 200, similar: 8, ordinary: 2.73, random: 1 } },
  lz4: { encodeBytesPerSecond: 620e6, decodeBytesPerSecond: 3100e6, ratio: { zero: 200, similar: 6, ordinary: 2.101, random: 1 } },
  zstd: { encodeBytesPerSecond: 330e6, decodeBytesPerSecond: 940e6, ratio: { zero: 200, similar: 10, ordinary: 2.877, random: 1 } },
} as const satisfies Readonly<Record<string, Compressor>>

/** Bytes per second at which adaptive compression looks at a page to tell its class (lab). */
export const classifyBytesPerSecond = 5e9

export type CompressionName = keyof typeof compressors | 'none' | 'adaptive'

/** The compressor for a page of this class; null: it goes as it is. */
export function compressorFor(name: CompressionName, content: ContentClass): Compressor | null {
  if (name === 'none') return null
  if (name !== 'adaptive') return compressors[name]
  switch (content) {
    case 'zero':
    case 'similar':
      return compressors.lz4
    case 'ordinary':
      return compressors.zstd
    case 'random':
      return null
  }
}
