/**
 * What operations write. A write adds a number to a word, both drawn for the operation: additions may come in any order,
 * so that a replay needs only to know which were made. Taking a page sets it as a whole, by the taking alone.
 */

import { mix32, streamSeed } from '#shared/sim/kernel/streams.ts'

export class WrittenValues {
  readonly #seed: number
  readonly #pageWords: number

  constructor(seed: number, stream: number, pageWords: number) {
    this.#seed = streamSeed(seed, `values of stream ${stream}`)
    this.#pageWords = pageWords
  }

  /** The word of its page that operation k writes. */
  word(k: number): number {
    return mix32(this.#seed ^ mix32(k)) % this.#pageWords
  }

  /** Never 0, so that every write changes its page. */
  value(k: number): number {
    return mix32(this.#seed + Math.imul(k, 0x9e3779b1)) | 1
  }
}
