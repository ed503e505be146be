/**
 * A set of pages, one bit each. Every concern of a migration (to send, to fix, stale at the destination) is one of
 * these; there is never an object per page.
 */
export class Bitmap {
  readonly size: number
  /** Bit i of word w is page 32 w + i. Bits beyond `size` are always zero. */
  readonly words: Uint32Array

  constructor(size: number) {
    this.size = size
    this.words = new Uint32Array(Math.ceil(size / 32))
  }

  /** All pages from 0 up to, not including, `size`. */
  static full(size: number): Bitmap {
    const pages = new Bitmap(size)
    pages.addRange(0, size)
    return pages
  }

  has(page: number): boolean {
    return (((this.words[page >>> 5] ?? 0) >>> (page & 31)) & 1) === 1
  }

  add(page: number): void {
    const word = page >>> 5
    this.words[word] = (this.words[word] ?? 0) | (1 << (page & 31))
  }

  remove(page: number): void {
    const word = page >>> 5
    this.words[word] = (this.words[word] ?? 0) & ~(1 << (page & 31))
  }

  /** Adds the pages from `first` up to, not including, `end`. */
  addRange(first: number, end: number): void {
    let page = first
    while (page < end && (page & 31) !== 0) this.add(page++)
    const lastFullWord = end >>> 5
    const word = page >>> 5
    if (lastFullWord > word) {
      this.words.fill(0xffffffff, word, lastFullWord)
      page = lastFullWord << 5
    }
    while (page < end) this.add(page++)
  }

  addAll(other: Bitmap): void {
    const { words } = this
    for (let w = 0; w < words.length; w++) words[w] = (words[w] ?? 0) | (other.words[w] ?? 0)
  }

  clear(): void {
    this.words.fill(0)
  }

  count(): number {
    let total = 0
    for (const word of this.words) if (word !== 0) total += bitsSet(word)
    return total
  }

  isEmpty(): boolean {
    return this.words.every((word) => word === 0)
  }

  /** The first page at or after `from`, or -1. */
  next(from: number): number {
    if (from >= this.size) return -1
    let w = from >>> 5
    let word = (this.words[w] ?? 0) & (0xffffffff << (from & 31))
    while (word === 0) {
      if (++w >= this.words.length) return -1
      word = this.words[w] ?? 0
    }
    return (w << 5) + (31 - Math.clz32(word & -word))
  }
}

function bitsSet(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
