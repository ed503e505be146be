/** Tells a page of zeros by looking at it; ends at the first words that are not. */

/** Words looked at together: fewer branches. A page of 512 bytes, the smallest, has 128. */
const step = 8

/** `count` words from `first`; a multiple of 8, as in every page. */
export function isZeroPage(words: Int32Array, first: number, count: number): boolean {
  const end = first + count
  for (let i = first; i < end; i += step) {
    const low = (words[i] ?? 0) | (words[i + 1] ?? 0) | (words[i + 2] ?? 0) | (words[i + 3] ?? 0)
    const high = (words[i + 4] ?? 0) | (words[i + 5] ?? 0) | (words[i + 6] ?? 0) | (words[i + 7] ?? 0)
    if ((low | high) !== 0) return false
  }
  return true
}
