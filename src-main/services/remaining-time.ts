/** How long the runs that are left will take, from how fast the last ones came. */

/** Older runs say less about the next: points differ. */
const recentRuns = 64

export interface RemainingTime {
  readonly runFinished: () => void
  /** Null until two runs have come. */
  readonly secondsFor: (runsLeft: number) => number | null
}

export function remainingTime(nowMs: () => number): RemainingTime {
  let times: number[] = []
  return {
    runFinished: () => {
      times = [...times.slice(1 - recentRuns), nowMs()]
    },
    secondsFor: (runsLeft) => {
      if (runsLeft === 0) return 0
      const [first] = times
      const last = times.at(-1)
      if (first === undefined || last === undefined || times.length < 2) return null
      // A run that takes long has its share, also before it ends.
      const perRunMs = Math.max((last - first) / (times.length - 1), (nowMs() - first) / times.length)
      return (perRunMs * runsLeft) / 1000
    },
  }
}
