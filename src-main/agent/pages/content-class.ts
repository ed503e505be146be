/**
 * Tells what a page holds by a quick look, for adaptive compression: MECOM (Jin et al. 2009, recalled) counts the words of
 * a page that match a small dictionary of words seen before, in full or in their upper bits, and chooses the compressor by
 * that. Pages that are compressed or encrypted already are told by how evenly their bytes are spread.
 *
 * The numbers below are lab values; only the classes are those of the simulator.
 */

import type { ContentClass } from '#shared/scenario/compressors.ts'
import { isZeroPage } from './zero-page.ts'

/** Words looked at, in groups that are spread over the page: a whole page of 1 KiB, a quarter of one of 4 KiB (lab). */
const sampledWords = 256
const groupWords = 16
/** Words in the dictionary (recalled: MECOM and WKdm use 16). */
const dictionaryWords = 16
/** Bits of a word that its neighbour in meaning may differ in: the lower 10 (recalled: WKdm matches the upper 22 bits). */
const lowBits = 10
/** Share of words that match from which a page counts as similar (lab). */
const similarShare = 0.75
/** Sum of the squared counts of bytes, over that of even chance, below which they count as random (lab). */
const randomSpread = 1.25

/** `bytes` and `words` are the same page. */
export function contentClassOf(bytes: Uint8Array, words: Int32Array): ContentClass {
  if (isZeroPage(words, 0, words.length)) return 'zero'
  const dictionary = new Int32Array(dictionaryWords)
  const counts = new Uint32Array(256)
  const sampled = Math.min(sampledWords, words.length)
  const apart = Math.floor((words.length * groupWords) / sampled)
  let matches = 0
  for (let group = 0; group < words.length; group += apart) {
    for (let i = group; i < group + groupWords; i++) {
      const upper = (words[i] ?? 0) >> lowBits
      const slot = (upper ^ (upper >> 4) ^ (upper >> 11)) & (dictionaryWords - 1)
      if (upper === 0 || dictionary[slot] === upper) matches++
      dictionary[slot] = upper
      for (let byte = i * 4; byte < i * 4 + 4; byte++) {
        const value = bytes[byte] ?? 0
        counts[value] = (counts[value] ?? 0) + 1
      }
    }
  }
  if (matches >= similarShare * sampled) return 'similar'
  const sampledBytes = sampled * 4
  const squares = counts.reduce((sum, count) => sum + count * count, 0)
  return squares < randomSpread * (sampledBytes + sampledBytes ** 2 / 256) ? 'random' : 'ordinary'
}
