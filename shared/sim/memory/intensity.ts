/**
 * How the writes of a process are spread over guest time: a non-decreasing function from guest time (nanoseconds of
 * undisturbed work) to the expected number of writes since guest time 0.
 */
export type Intensity = (guestNs: number) => number

export function steady(writesPerSecond: number): Intensity {
  const perNs = writesPerSecond / 1e9
  return (guestNs) => guestNs * perNs
}

/** All writes of a period fall into its first part; the mean over whole periods is `writesPerSecond`. */
export function bursts(writesPerSecond: number, periodNs: number, duty: number): Intensity {
  const perPeriod = (writesPerSecond * periodNs) / 1e9
  const onNs = periodNs * duty
  return (guestNs) => {
    const periods = Math.floor(guestNs / periodNs)
    const within = Math.min(1, (guestNs - periods * periodNs) / onNs)
    return perPeriod * (periods + within)
  }
}

/** One of several parts that are hot in turn: a high rate in its own phase, a low one in the others. */
export function inTurn(part: number, parts: number, phaseNs: number, hotPerSecond: number, coldPerSecond: number): Intensity {
  const cycleNs = parts * phaseNs
  return (guestNs) => {
    const cycles = Math.floor(guestNs / cycleNs)
    const within = guestNs - cycles * cycleNs - part * phaseNs
    const hotNs = cycles * phaseNs + Math.min(phaseNs, Math.max(0, within))
    return (hotNs * hotPerSecond + (guestNs - hotNs) * coldPerSecond) / 1e9
  }
}
