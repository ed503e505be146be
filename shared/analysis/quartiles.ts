/** Median and quartiles (type 7 of Hyndman and Fan 1996, as R and NumPy count by default), and Tukey's whiskers. */

export interface Quartiles {
  readonly n: number
  readonly min: number
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly max: number
  readonly mean: number
  /** The outermost values within 1.5 times the distance of the quartiles from them. */
  readonly whiskerMin: number
  readonly whiskerMax: number
  /** Values beyond the whiskers. */
  readonly outliers: readonly number[]
}

/** Of at least one finite number. */
export function quartilesOf(values: readonly number[]): Quartiles {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new RangeError('Quartiles need finite numbers, at least one')
  const sorted = values.toSorted((one, other) => one - other)
  const [q1, median, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)]
  const reach = 1.5 * (q3 - q1)
  const within = sorted.filter((value) => value >= q1 - reach && value <= q3 + reach)
  return {
    n: sorted.length,
    min: sorted[0] ?? 0,
    q1,
    median,
    q3,
    max: sorted.at(-1) ?? 0,
    mean: sorted.reduce((sum, value) => sum + value / sorted.length, 0),
    whiskerMin: Math.min(within[0] ?? q1, q1),
    whiskerMax: Math.max(within.at(-1) ?? q3, q3),
    outliers: sorted.filter((value) => value < q1 - reach || value > q3 + reach),
  }
}

/** Of sorted values, with linear interpolation between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}
