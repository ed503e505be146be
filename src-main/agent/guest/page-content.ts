/**
 * What memory holds before the guest writes to it: pages of zeros, pages that repeat themselves, ordinary ones and random
 * ones, drawn page by page as the simulator draws them.
 *
 * Content is cut from a pool of each class at a place drawn for the piece, so that memory is filled, and compared, as fast
 * as it can be copied; a word of its own keeps every piece apart from the others. Pools are made so that compressors do
 * about what `shared/scenario/compressors.ts` says of their classes (lab).
 */

import type { ContentClass } from '#shared/scenario/compressors.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { hashedUniform, mix32, streamSeed } from '#shared/sim/kernel/streams.ts'

/** Pages are made of pieces this long, or are one. */
const pieceWords = 1024
/** So many pieces that those of a large page seldom overlap, and little enough to be read fast. */
const poolWords = 256 * 1024
/** Words of an ordinary stretch that are new, and that repeat what stood a little before. */
const newWords = 6
const repeatedWords = 10
/** A byte of an ordinary page that is new is one of 64, like the letters of a text. */
const letterMask = 0x3f3f3f3f
const letterBase = 0x40404040
/** Words that a page which repeats itself is made of: the dictionary of a stretch, its runs, and the longest of them. */
const dictionaryWords = 8
const dictionaryRuns = 24
const longestRun = 14

interface Range {
  readonly firstPage: number
  readonly endPage: number
}

export class PageContent {
  readonly #pageWords: number
  readonly #written: readonly Range[]
  readonly #guest: Scenario['guest']
  readonly #seeds: { readonly zero: number; readonly content: number; readonly piece: number }
  readonly #pools: Readonly<Record<Exclude<ContentClass, 'zero'>, Int32Array>>

  /** `written`: where the guest writes; no page there is one of zeros. */
  constructor(scenario: Scenario, seed: number, written: readonly Range[]) {
    this.#guest = scenario.guest
    this.#pageWords = scenario.guest.pageSize / 4
    this.#written = written
    this.#seeds = { zero: streamSeed(seed, 'zero pages'), content: streamSeed(seed, 'page content'), piece: streamSeed(seed, 'pieces of pages') }
    this.#pools = { random: randomPool(streamSeed(seed, 'random pages')), similar: similarPool(streamSeed(seed, 'similar pages')), ordinary: ordinaryPool(streamSeed(seed, 'ordinary pages')) }
  }

  classOf(page: number): ContentClass {
    const { zeroPages, similarPages, randomPages } = this.#guest
    if (zeroPages > 0 && !this.#isWritten(page) && hashedUniform(this.#seeds.zero, page, 0) < zeroPages) return 'zero'
    const drawn = hashedUniform(this.#seeds.content, page, 0)
    if (drawn < similarPages) return 'similar'
    return drawn < similarPages + randomPages ? 'random' : 'ordinary'
  }

  /** Writes the page into words, from a place on. */
  fill(page: number, into: Int32Array, at: number): void {
    const content = this.classOf(page)
    const end = at + this.#pageWords
    if (content === 'zero') {
      into.fill(0, at, end)
      return
    }
    const pool = this.#pools[content]
    let piece = 0
    for (let from = at; from < end; from += pieceWords, piece++) {
      const drawn = mix32(mix32(this.#seeds.piece + Math.imul(page, 0x9e3779b1)) ^ Math.imul(piece + 1, 0x85ebca77))
      const length = Math.min(pieceWords, end - from)
      const start = drawn % (poolWords - length)
      into.set(pool.subarray(start, start + length), from)
      into[from + length - 1] = drawn | 1
    }
  }

  #isWritten(page: number): boolean {
    return this.#written.some(({ firstPage, endPage }) => page >= firstPage && page < endPage)
  }
}

/** Small and repeatable (xorshift). */
function numbersFrom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  }
}

function randomPool(seed: number): Int32Array {
  const next = numbersFrom(seed)
  return Int32Array.from({ length: poolWords }, next)
}

/** Runs of one word out of a few, as in tables and in memory that was cleared with a pattern. */
function similarPool(seed: number): Int32Array {
  const next = numbersFrom(seed)
  const pool = new Int32Array(poolWords)
  let base = 0
  for (let at = 0, run = 0; at < poolWords; run++) {
    if (run % dictionaryRuns === 0) base = next() & ~0x3ff
    const word = base + ((next() >>> 8) % dictionaryWords) * 16
    const length = 1 + ((next() >>> 8) % longestRun)
    pool.fill(word, at, at + length)
    at += length
  }
  return pool
}

/** New words, and words that stood a little before. */
function ordinaryPool(seed: number): Int32Array {
  const next = numbersFrom(seed)
  const pool = new Int32Array(poolWords)
  for (let at = 0; at < poolWords; ) {
    for (let i = 0; i < newWords; i++) pool[at++] = (next() & letterMask) | letterBase
    const back = newWords + ((next() >>> 8) % 64)
    for (let i = 0; i < repeatedWords && at < poolWords; i++, at++) pool[at] = pool[Math.max(0, at - back)] ?? 0
  }
  return pool
}
