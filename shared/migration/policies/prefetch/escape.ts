/**
 * How prediction by partial match shares a context's probability between what followed it before and what never did, the
 * four textbook methods. In each, the symbols and the escape together make 1.
 */

export type EscapeMethod = 'A' | 'B' | 'C' | 'D'

/** What is known of a context: how often it was followed at all, and by how many different symbols. */
export interface ContextCounts {
  readonly total: number
  readonly different: number
}

/** The probability of a symbol that followed this context never before (in B: not twice). */
export function escapeProbability(method: EscapeMethod, { total, different }: ContextCounts): number {
  switch (method) {
    case 'A':
      return 1 / (total + 1)
    case 'B':
      return different / total
    case 'C':
      return different / (total + different)
    case 'D':
      return different / (2 * total)
  }
}

/** The probability of a symbol that followed this context `count` times. In B the first time is not counted. */
export function symbolProbability(method: EscapeMethod, count: number, { total, different }: ContextCounts): number {
  switch (method) {
    case 'A':
      return count / (total + 1)
    case 'B':
      return (count - 1) / total
    case 'C':
      return count / (total + different)
    case 'D':
      return (2 * count - 1) / (2 * total)
  }
}
