/** How far a suite is, on standard error: a bar on a terminal, a line every few seconds elsewhere. */

import { Presets, SingleBar } from 'cli-progress'
import type { SuiteProgress } from '../lab/run-suite.ts'
import type { CliIo } from './io.ts'

export interface ProgressView {
  readonly update: (progress: SuiteProgress) => void
  readonly close: () => void
}

const secondsBetweenLines = 5

export function progressView(io: CliIo, { quiet }: { readonly quiet: boolean }): ProgressView {
  if (quiet) return { update: () => undefined, close: () => undefined }
  return io.interactive ? bar() : lines(io)
}

function bar(): ProgressView {
  const view = new SingleBar(
    { format: '{bar} {percentage} % | {done} of {planned} runs | {left}', stream: process.stderr, hideCursor: true, clearOnComplete: true, fps: 10 },
    Presets.shades_classic,
  )
  const clock = remainingClock()
  let isStarted = false
  return {
    update: (progress) => {
      const payload = { done: progress.reused + progress.finished, planned: progress.planned, left: clock(progress) }
      if (isStarted) view.update(payload.done, payload)
      else view.start(progress.planned, payload.done, payload)
      isStarted = true
    },
    close: () => view.stop(),
  }
}

function lines(io: CliIo): ProgressView {
  const clock = remainingClock()
  let last = performance.now()
  return {
    update: (progress) => {
      if (performance.now() - last < secondsBetweenLines * 1000) return
      last = performance.now()
      io.err(`${progress.reused + progress.finished} of ${progress.planned} runs, ${clock(progress)}\n`)
    },
    close: () => undefined,
  }
}

/** Says how long the rest takes if it goes on as it went since the first call. */
function remainingClock(): (progress: SuiteProgress) => string {
  const start = performance.now()
  return ({ planned, reused, finished }) => {
    if (finished === 0) return 'time left not known yet'
    const secondsLeft = ((performance.now() - start) / 1000 / finished) * (planned - reused - finished)
    return `${durationInWords(secondsLeft)} left`
  }
}

export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
