/**
 * Fewer points with the same look: Largest Triangle Three Buckets (Steinarsson 2013). Peaks and edges survive, because
 * each bucket keeps the point that spans the largest triangle with its neighbours; no value is made up.
 */

export interface SeriesPoint {
  readonly x: number
  readonly y: number
}

/** At most `count` of the points, the first and the last among them, in their order. `points` rise in x. */
export function downsample(points: readonly SeriesPoint[], count: number): readonly SeriesPoint[] {
  if (!Number.isInteger(count) || count < 3) throw new RangeError(`A series cannot be drawn with ${count} points; 3 is the least`)
  const first = points[0]
  const last = points.at(-1)
  if (points.length <= count || first === undefined || last === undefined) return points

  const buckets = count - 2
  const edge = (bucket: number): number => 1 + Math.floor((bucket * (points.length - 2)) / buckets)
  const kept: SeriesPoint[] = [first]
  let previous = first
  for (let bucket = 0; bucket < buckets; bucket++) {
    const after = bucket + 1 === buckets ? last : centre(points.slice(edge(bucket + 1), edge(bucket + 2)))
    previous = mostProminent(points.slice(edge(bucket), edge(bucket + 1)), previous, after)
    kept.push(previous)
  }
  kept.push(last)
  return kept
}

function centre(points: readonly SeriesPoint[]): SeriesPoint {
  let x = 0
  let y = 0
  for (const point of points) {
    x += point.x
    y += point.y
  }
  return { x: x / points.length, y: y / points.length }
}

function mostProminent(bucket: readonly SeriesPoint[], before: SeriesPoint, after: SeriesPoint): SeriesPoint {
  let best = before
  let largest = -1
  for (const point of bucket) {
    const doubledArea = Math.abs((before.x - after.x) * (point.y - before.y) - (before.x - point.x) * (after.y - before.y))
    if (doubledArea > largest) {
      largest = doubledArea
      best = point
    }
  }
  return best
}
