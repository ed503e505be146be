/**
 * How long a suite will take to simulate, roughly, before it is run.
 *
 * A run is walked through in its means: iteration k sends S(k) pages in t(k) = S(k) x page / bandwidth, in which a process
 * with w writes a second over W pages dirties W (1 - e^(-w t / W)) of them, until a stop rule of the scenario ends it.
 * The simulator's work then is
 *
 *     CPU = run + iterations x iteration + pages x page + (pages sent) x sent + (batches) x batch
 *
 * where `pages` is what is looked through when the log is read, once an iteration.
 */

import type { PlannedPoint, SuitePlan } from './plan.ts'
import type { Scenario } from './scenario.ts'

/** Costs of the simulator in seconds of CPU on a laboratory workstation; lab values, to be calibrated by `npm run bench`. */
export const simulationCosts = {
  /** Setting up and recording one run. */
  run: 4e-3,
  /** Each iteration, whatever its size. */
  iteration: 50e-6,
  /** Each page of the guest that is looked through in an iteration. */
  page: 2e-9,
  /** Each page sent: its chance of having been written is drawn. */
  sent: 40e-9,
  /** Each batch: the link, the limiter and the log are asked. */
  batch: 4e-6,
} as const

/** Iterations after which an endless pre-copy is taken to have ended, for the estimate only. */
const mostIterations = 200

export interface SuiteEstimate {
  readonly runs: number
  /** CPU time of all runs together; divide by the workers. */
  readonly cpuSeconds: number
  /** Virtual time of all runs together. */
  readonly virtualSeconds: number
  /** Bytes that the guests would put on the wire. */
  readonly simulatedBytes: number
}

interface PointEstimate {
  readonly cpuSeconds: number
  readonly virtualSeconds: number
  readonly bytes: number
}

export function estimateSuite(plan: SuitePlan): SuiteEstimate {
  const byPoint = new Map<PlannedPoint, PointEstimate>()
  let cpuSeconds = 0
  let virtualSeconds = 0
  let simulatedBytes = 0
  for (const { point } of plan.runs) {
    const known = byPoint.get(point) ?? estimateScenario(point.scenario)
    byPoint.set(point, known)
    cpuSeconds += known.cpuSeconds
    virtualSeconds += known.virtualSeconds
    simulatedBytes += known.bytes
  }
  return { runs: plan.runs.length, cpuSeconds, virtualSeconds, simulatedBytes }
}

function estimateScenario(scenario: Scenario): PointEstimate {
  const { guest, link, strategy } = scenario
  const pages = guest.memory / guest.pageSize
  const pageBits = (guest.pageSize + link.perPage) * 8
  const free = Math.max(link.bandwidth / 100, link.bandwidth - link.background - guest.traffic)
  const bandwidth = Math.min(free, strategy.maxRate ?? free)
  let rate = Math.min(bandwidth, strategy.minRate ?? bandwidth)
  let sent = 0
  let seconds = 0
  let iterations = 0
  let left = pages
  if (strategy.kind === 'precopy') {
    for (; iterations < mostIterations && !mayStop(scenario, { left, iterations, sent, bandwidth, pageBits }); iterations++) {
      const took = (left * pageBits) / rate
      sent += left
      seconds += took
      left = dirtiedIn(scenario, took)
      if (strategy.rateControl !== 'fixed') rate = Math.min(bandwidth, Math.max(rate, (left * pageBits) / took + strategy.rateIncrement))
    }
  }
  sent += left
  seconds += (left * pageBits) / bandwidth
  const passes = iterations + 1
  const batches = passes + sent / strategy.batch
  const { run, iteration, page, sent: perSent, batch } = simulationCosts
  const cpuSeconds = run + passes * iteration + passes * pages * page + sent * perSent + batches * batch
  return { cpuSeconds, virtualSeconds: seconds, bytes: sent * guest.pageSize }
}

/** Pages dirtied in a time, in the mean, were every process to write its working set evenly. */
function dirtiedIn({ guest, workload }: Scenario, seconds: number): number {
  return [workload, ...workload.processes].reduce((sum, process) => {
    const set = process.workingSet / guest.pageSize
    return process.kind === 'idle' || set === 0 ? sum : sum + set * -Math.expm1((-process.writes * seconds) / set)
  }, 0)
}

function mayStop(
  { guest, strategy }: Scenario,
  now: { readonly left: number; readonly iterations: number; readonly sent: number; readonly bandwidth: number; readonly pageBits: number },
): boolean {
  const { stop } = strategy
  const { left, iterations, sent, bandwidth, pageBits } = now
  if (stop.iterations !== null && iterations >= stop.iterations) return true
  if (iterations === 0) return false
  return (
    left < Math.max(1, stop.pagesLeft ?? 0, stop.smallIteration ?? 0) ||
    (stop.bytesLeft !== null && left * guest.pageSize < stop.bytesLeft) ||
    (stop.downtime !== null && (left * pageBits) / bandwidth <= stop.downtime / 1e9) ||
    (stop.sentFactor !== null && sent * guest.pageSize > stop.sentFactor * guest.memory)
  )
}
