/** The nearest right spelling, as the end of an error message. */

import { nearestSpelling } from '../scenario/spelling.ts'

/** `; did you mean "totalMs"?`, or nothing where no known word is near. */
export function nearest(word: string, known: readonly string[]): string {
  const found = nearestSpelling(word, known)
  return found === undefined ? '' : `; did you mean "${found}"?`
}
