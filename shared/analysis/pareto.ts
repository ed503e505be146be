/** The Pareto front: the settings that no other setting beats in one quantity without losing in the other. */

export interface Candidate {
  readonly x: number
  readonly y: number
}

export interface Directions {
  /** Which end of each quantity is wanted. Default lower. */
  readonly x?: 'lower' | 'higher'
  readonly y?: 'lower' | 'higher'
}

/**
 * Places of the candidates on the front, from the best in x to the best in y. Of candidates that are equal in both, all
 * are on the front or none.
 */
export function paretoFront(candidates: readonly Candidate[], { x = 'lower', y = 'lower' }: Directions = {}): readonly number[] {
  const cost = candidates.map((candidate) => ({ x: x === 'lower' ? candidate.x : -candidate.x, y: y === 'lower' ? candidate.y : -candidate.y }))
  const order = cost.map((_, place) => place).toSorted((one, other) => compare(cost[one], cost[other]) || one - other)
  const front: number[] = []
  let best: Candidate = { x: Number.NEGATIVE_INFINITY, y: Number.POSITIVE_INFINITY }
  for (const place of order) {
    const candidate = cost[place]
    if (candidate === undefined) continue
    const equal = candidate.x === best.x && candidate.y === best.y
    if (!equal && candidate.y >= best.y) continue
    best = candidate
    front.push(place)
  }
  return front
}

function compare(one: Candidate | undefined, other: Candidate | undefined): number {
  if (one === undefined || other === undefined) return 0
  return one.x - other.x || one.y - other.y
}
