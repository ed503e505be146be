/**
 * Drives a strategy in real time. What a step yields in this world are promises: it goes on when they resolve, and what
 * they reject with, or what somebody throws in from outside, is thrown into it where it waits.
 */

import type { Step } from '#shared/migration/world.ts'

export class Drive<T> {
  /** Resolves with what the step returns; rejects with what it throws. Never settles once it was stopped. */
  readonly result: Promise<T>
  readonly #step: Step<T>
  #breakOff: ((reason: Error) => void) | null = null
  #ended = false

  constructor(step: Step<T>) {
    this.#step = step
    this.result = new Promise((resolve, reject) => {
      this.#run().then((value) => {
        if (value !== undefined) resolve(value.value)
      }, reject)
    })
  }

  /** Throws `reason` into the step where it waits; does nothing once it has ended. */
  interrupt(reason: Error): void {
    this.#breakOff?.(reason)
  }

  /** Ends the step where it waits; what it holds is given back by its own `finally`. */
  stop(): void {
    if (this.#ended) return
    this.#ended = true
    this.#step.return(undefined as never)
  }

  async #run(): Promise<{ readonly value: T } | undefined> {
    try {
      let turn = this.#step.next()
      while (turn.done !== true) {
        const failure = await this.#settled(turn.value)
        if (this.#ended) return undefined
        turn = failure === null ? this.#step.next() : this.#step.throw(failure.reason)
      }
      return { value: turn.value }
    } finally {
      this.#ended = true
      this.#breakOff = null
    }
  }

  /** Waits for a promise, or for an interruption, whichever comes first. */
  #settled(waited: unknown): Promise<{ readonly reason: unknown } | null> {
    return new Promise((resolve) => {
      this.#breakOff = (reason) => resolve({ reason })
      Promise.resolve(waited).then(
        () => resolve(null),
        (reason: unknown) => resolve({ reason }),
      )
    })
  }
}

/** Runs two steps at a time and returns when both have ended; what one throws, or an interruption, ends both. */
export function* both(first: Step<void>, second: Step<void>): Step<void> {
  const drives = [new Drive(first), new Drive(second)]
  try {
    yield Promise.all(drives.map(({ result }) => result))
  } finally {
    for (const drive of drives) drive.stop()
  }
}

/** Waits for a promise within a step and returns what it resolves with. */
export function* until<T>(promise: Promise<T>): Step<T> {
  let value: { readonly got: T } | null = null
  yield promise.then((got) => {
    value = { got }
  })
  return (value as { readonly got: T } | null as { readonly got: T }).got
}
