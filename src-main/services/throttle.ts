/**
 * Tells often-changing things at most so often: the first change at once, the last one always. A teller that is still at
 * work when its turn comes is not started a second time.
 */

export interface Throttled {
  /** Something changed. */
  readonly changed: () => void
  /** Tells now what waits, and resolves when all that was told is out. */
  readonly flush: () => Promise<void>
  /** Tells nothing any more. */
  readonly stop: () => void
}

export function throttled(tell: () => Promise<void> | void, everyMs: number): Throttled {
  let isDue = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> = Promise.resolve()

  const run = (): void => {
    if (!isDue || isStopped) return
    isDue = false
    telling = telling.then(tell)
    timer = setTimeout(() => {
      timer = undefined
      run()
    }, everyMs)
  }
  return {
    changed: () => {
      isDue = true
      if (timer === undefined) run()
    },
    flush: async () => {
      clearTimeout(timer)
      timer = undefined
      run()
      await telling
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
