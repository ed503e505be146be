/** The host's monotonic clock, and waiting on it more exactly than timers of a millisecond allow. */

/** Nanoseconds on a clock that all processes of a host share and that never goes back. */
export function nowNs(): number {
  return Number(process.hrtime.bigint())
}

/** Timers may come this much late; what is left after them is waited for in naps. */
const timerSlackNs = 1.5e6
const napNs = 100_000
const nap = new Int32Array(new SharedArrayBuffer(4))

/** Resolves at a moment of the clock, usually within a tenth of a millisecond; sockets are served meanwhile. */
export function sleepUntil(untilNs: number): Promise<void> {
  return new Promise((resolve) => {
    const wait = (): void => {
      const leftNs = untilNs - nowNs()
      if (leftNs <= 0) resolve()
      else if (leftNs > timerSlackNs) setTimeout(wait, Math.max(1, Math.floor((leftNs - timerSlackNs) / 1e6)))
      else {
        Atomics.wait(nap, 0, 0, Math.min(leftNs, napNs) / 1e6)
        setImmediate(wait)
      }
    }
    wait()
  })
}

export function sleep(ns: number): Promise<void> {
  return sleepUntil(nowNs() + ns)
}
