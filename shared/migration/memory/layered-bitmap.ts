/**
 * A set of pages in which the nearest page below or above is found in a few steps, however far away it is: over the
 * words lies a bit for each word that is not empty, over those a bit for each of theirs, and so on, 32 to one. Five
 * layers hold 16 GiB of 4 KiB pages, in 1/31 more memory than one.
 */

import type { Bitmap } from './bitmap.ts'

export class LayeredBitmap {
  /** Bit i of word w of a layer is set exactly if word 32 w + i of the layer below is not zero. The last has one word. */
  readonly #layers: Uint32Array[] = []

  constructor(size: number) {
    let bits = size
    do {
      bits = Math.max(1, Math.ceil(bits / 32))
      this.#layers.push(new Uint32Array(bits))
    } while (bits > 1)
  }

  static copyOf(set: Bitmap): LayeredBitmap {
    const copy = new LayeredBitmap(set.size)
    copy.#layers[0]?.set(set.words)
    for (let layer = 1; layer < copy.#layers.length; layer++) {
      const above = copy.#layers[layer] as Uint32Array
      copy.#layers[layer - 1]?.forEach((word, i) => {
        if (word !== 0) above[i >>> 5] = (above[i >>> 5] ?? 0) | (1 << (i & 31))
      })
    }
    return copy
  }

  add(page: number): void {
    let bit = page
    for (const words of this.#layers) {
      const word = bit >>> 5
      const before = words[word] ?? 0
      words[word] = before | (1 << (bit & 31))
      if (before !== 0) return
      bit = word
    }
  }

  remove(page: number): void {
    let bit = page
    for (const words of this.#layers) {
      const word = bit >>> 5
      const after = (words[word] ?? 0) & ~(1 << (bit & 31))
      words[word] = after
      if (after !== 0) return
      bit = word
    }
  }

  /** The first page at or above `page`, or -1. */
  atOrAbove(page: number): number {
    let bit = page
    for (let layer = 0; layer < this.#layers.length; layer++) {
      const word = bit >>> 5
      const found = (this.#layers[layer]?.[word] ?? 0) & (0xffffffff << (bit & 31))
      if (found !== 0) return this.#descend(layer, (word << 5) + lowestBit(found), lowestBit)
      bit = word + 1
    }
    return -1
  }

  /** The last page at or below `page`, or -1. */
  atOrBelow(page: number): number {
    let bit = page
    for (let layer = 0; layer < this.#layers.length && bit >= 0; layer++) {
      const word = bit >>> 5
      const found = (this.#layers[layer]?.[word] ?? 0) & (0xffffffff >>> (31 - (bit & 31)))
      if (found !== 0) return this.#descend(layer, (word << 5) + highestBit(found), highestBit)
      bit = word - 1
    }
    return -1
  }

  #descend(fromLayer: number, fromBit: number, choose: (word: number) => number): number {
    let bit = fromBit
    for (let layer = fromLayer - 1; layer >= 0; layer--) bit = (bit << 5) + choose(this.#layers[layer]?.[bit] ?? 0)
    return bit
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}

function highestBit(word: number): number {
  return 31 - Math.clz32(word)
}
