/** Ctrl-C: the first one asks for a clean stop, the second ends the program at once. */

export interface Interruption {
  readonly signal: AbortSignal
  readonly close: () => void
}

/** Exit status of a program that a signal ended, as shells count it: 128 + SIGINT. */
const interrupted = 130

export function watchInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(interrupted)
    controller.abort()
    onFirst()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    close: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
