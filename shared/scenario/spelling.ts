/** The nearest right spelling of a word that was not understood. */

import { closest, distance } from 'fastest-levenshtein'

/**
 * The candidate that was probably meant, or undefined if none is near: at most a third of its letters differ (two for
 * short words). Case does not count.
 */
export function nearestSpelling(word: string, candidates: readonly string[]): string | undefined {
  if (word === '' || word.length > longestWord || candidates.length === 0) return undefined
  const folded = word.toLowerCase()
  const byFolded = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]))
  const best = closest(folded, [...byFolded.keys()])
  const allowed = Math.max(folded.length > 2 ? 2 : 1, Math.floor(Math.max(folded.length, best.length) / 3))
  const differing = distance(folded, best)
  return differing <= allowed && differing < best.length ? byFolded.get(best) : undefined
}

/** No name of the format is longer; comparing much longer text would only cost time. */
const longestWord = 80
