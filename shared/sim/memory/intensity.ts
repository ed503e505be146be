/**
 * How the accesses of a process are spread over guest time: a non-decreasing function from guest time (nanoseconds of
 * undisturbed work) to the expected number of accesses since guest time 0, and its inverse.
 */
export interface Intensity {
  at(guestNs: number): number
  /** The earliest guest time at which the expected number reaches `count`; Infinity if it never does. */
  inverse(count: number): number
}

export function steady(perSecond: number): Intensity {
  const perNs = perSecond / 1e9
  return { at: (guestNs) => guestNs * perNs, inverse: (count) => (perNs === 0 ? Infinity : count / perNs) }
}

/** All accesses of a period fall into its first part; the mean over whole periods is `perSecond`. */
export function bursts(perSecond: number, periodNs: number, duty: number): Intensity {
  const perPeriod = (perSecond * periodNs) / 1e9
  const onNs = periodNs * duty
  return {
    at(guestNs) {
      const periods = Math.floor(guestNs / periodNs)
      const within = Math.min(1, (guestNs - periods * periodNs) / onNs)
      return perPeriod * (periods + within)
    },
    inverse(count) {
      if (perPeriod === 0) return Infinity
      const periods = Math.floor(count / perPeriod)
      return periods * periodNs + (count / perPeriod - periods) * onNs
    },
  }
}

/** One of several parts that are hot in turn: a high rate in its own phase, a low one in the others. */
export function inTurn(part: number, parts: number, phaseNs: number, hotPerSecond: number, coldPerSecond: number): Intensity {
  const cycleNs = parts * phaseNs
  const coldNs = part * phaseNs
  const perCycle = (phaseNs * hotPerSecond + (cycleNs - phaseNs) * coldPerSecond) / 1e9
  return {
    at(guestNs) {
      const cycles = Math.floor(guestNs / cycleNs)
      const within = guestNs - cycles * cycleNs - coldNs
      const hotNs = cycles * phaseNs + Math.min(phaseNs, Math.max(0, within))
      return (hotNs * hotPerSecond + (guestNs - hotNs) * coldPerSecond) / 1e9
    },
    inverse(count) {
      if (perCycle === 0) return Infinity
      const cycles = Math.floor(count / perCycle)
      const cycleStart = cycles * cycleNs
      let left = (count - cycles * perCycle) * 1e9
      const before = coldNs * coldPerSecond
      if (left < before) return cycleStart + left / coldPerSecond
      left -= before
      const during = phaseNs * hotPerSecond
      if (left < during) return cycleStart + coldNs + left / hotPerSecond
      left -= during
      return cycleStart + coldNs + phaseNs + (coldPerSecond === 0 ? 0 : left / coldPerSecond)
    },
  }
}
