/**
 * KubeVirt's stall detector (verified: pkg/virt-launcher/virtwrap/stall-detector.go and live-migration-source.go of
 * August 2026, behind the feature gate MigrationStallDetection).
 *
 * At the end of each iteration the bytes left are compared with the least that was left a window ago or earlier. If they
 * are not below it by the margin, the migration stalls. From then on it waits for a good moment, an iteration that leaves
 * hardly more than the least seen so far; the longer that does not come, the more is good enough: after a window, then
 * half of it, and so on, the least that was left since the stall takes the place of the best.
 *
 * `soften` is what it does without leave to disrupt the guest: if what is left takes at most one and a half times the
 * limit `stallDowntime`, the limit of the switch-over is raised to it, for a minute at most; otherwise it gives up.
 */

import type { GuestSize, IterationSummary, StopLimits } from './stop-rules.ts'

export type StallVerdict = 'none' | 'stalled' | 'soft-stop' | 'abort'

/** By how much the estimate may exceed the limit (verified: DefaultPrecopyPossibleFactor). */
const possibleFactor = 1.5
/** By this the patience falls each time it ends (verified: DefaultPatienceWindowDecayFactor). */
const patienceDecay = 0.5
/** How long a raised limit may wait for its iteration, nanoseconds (verified: DefaultSwitchoverTimeout). */
const softStopNs = 60e9
/** How often the time for completion must suffice for what is left (verified: DefaultCompletionTimeoutFactor). */
const completionFactor = 2

interface Left {
  readonly atNs: number
  readonly bytes: number
}

interface Stall {
  best: number
  readonly since: number[]
  patienceNs: number
  deadlineNs: number
}

/** What the detector says at the end of the last iteration. */
export function stallVerdict(history: readonly IterationSummary[], limits: StopLimits, guest: GuestSize): StallVerdict {
  const { stallWindow, stallMargin, stallSmoothing, stallAction } = limits
  if (stallWindow === null) return 'none'
  const recent: Left[] = []
  let outside = Infinity
  let stall: Stall | null = null
  let softFromNs: number | null = null
  let bytesPerNs: number | null = null
  let verdict: StallVerdict = 'none'
  for (const iteration of history) {
    const { remainingBytes: bytes, elapsedNs: atNs } = iteration
    const measured = iteration.durationNs === 0 ? 0 : iteration.sentBytes / iteration.durationNs
    bytesPerNs = bytesPerNs === null ? measured : stallSmoothing * measured + (1 - stallSmoothing) * bytesPerNs
    verdict = 'none'
    if (softFromNs !== null) {
      verdict = softVerdict(iteration, limits, softFromNs)
      continue
    }
    while (recent[0] !== undefined && atNs - recent[0].atNs >= stallWindow) outside = Math.min(outside, recent.shift()?.bytes ?? Infinity)
    if (bytes <= outside && bytes < (recent.at(-1)?.bytes ?? Infinity)) recent.push({ atNs, bytes })
    if (stall !== null) {
      relax(stall, { atNs, bytes })
    } else {
      if (bytes < outside * (1 - stallMargin)) continue
      const best = Math.min(outside, ...recent.map((left) => left.bytes))
      stall = { best, since: [], patienceNs: stallWindow, deadlineNs: atNs + stallWindow }
    }
    if (bytes > stall.best * (1 + stallMargin)) continue
    const estimateNs = bytesPerNs === 0 ? Infinity : bytes / bytesPerNs
    if (atNs + estimateNs > completionNs(limits, guest)) continue
    verdict = 'stalled'
    if (stallAction !== 'soften') continue
    if (estimateNs > possibleFactor * softLimit(limits)) {
      verdict = 'abort'
      continue
    }
    softFromNs = atNs
    verdict = softVerdict(iteration, limits, softFromNs)
  }
  return verdict
}

/** With the limit raised, the switch-over comes when the hypervisor's own estimate is below it. */
function softVerdict(last: IterationSummary, limits: StopLimits, sinceNs: number): StallVerdict {
  const estimateNs = last.sentBytes === 0 ? Infinity : (last.remainingBytes / last.sentBytes) * last.durationNs
  if (estimateNs <= softLimit(limits)) return 'soft-stop'
  return last.elapsedNs - sinceNs > softStopNs ? 'abort' : 'none'
}

function softLimit({ stallDowntime, downtime }: StopLimits): number {
  return stallDowntime ?? downtime ?? Infinity
}

function completionNs({ timeoutPerGiB }: StopLimits, { gibibytes }: GuestSize): number {
  return timeoutPerGiB === null ? Infinity : completionFactor * timeoutPerGiB * gibibytes
}

function relax(stall: Stall, { atNs, bytes }: Left): void {
  stall.since.push(bytes)
  if (atNs < stall.deadlineNs) return
  const least = Math.min(...stall.since)
  stall.since.splice(stall.since.indexOf(least), 1)
  stall.best = least
  stall.patienceNs *= patienceDecay
  stall.deadlineNs = atNs + stall.patienceNs
}
