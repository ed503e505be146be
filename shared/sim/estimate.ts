/**
 * How long a suite will take to simulate, roughly, before it is run.
 *
 * A run is walked through in its means. The pages are put into groups: the hot and the cold ones of each process, and the
 * rest. An iteration that takes t dirties n (1 - e^(-w t / n)) pages of a group of n with w writes a second, and leaves out
 * 1 - (1 - e^(-x)) / x of a group's pages, x = w t / n, where pages that are dirty again are skipped. Rate control and stop
 * rules are those of the simulation itself. The simulator's work then is
 *
 *     CPU = run + iterations x iteration + iterations x pages of the guest x page + pages handled x handled
 *           + pages accessed on the destination x accessed + batches x batch
 *
 * in which each page that is handled (sent or skipped) is examined for whether it was written.
 */

import { firstRate, lastCopyRate, nextRate, type Rate, wantedRate } from '../migration/policies/rate-control.ts'
import { type IterationSummary, type Verdict, verdictAfter, verdictAt } from '../migration/policies/stop-rules.ts'
import { diskFiles } from '../scenario/disk-files.ts'
import type { PlannedPoint, SuitePlan } from '../scenario/plan.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { replayedPagesPerSecond } from '../trace/fit.ts'
import { expectedLossNs } from './network/packet-loss.ts'

/** Costs of the simulator in seconds of CPU on a laboratory workstation; lab values, to be calibrated by `npm run bench`. */
export const simulationCosts = {
  /** Setting up and recording one run. */
  run: 4e-3,
  /** Each iteration, whatever its size. */
  iteration: 50e-6,
  /** Each page of the guest that is looked through in an iteration. */
  page: 1.5e-9,
  /** Each page sent or skipped: its chance of having been written is drawn. */
  handled: 25e-9,
  /** Each page that may be accessed on the destination: its access is drawn and put in order, and it may fault. */
  accessed: 400e-9,
  /** Each batch: the link, the limiter and the log are asked. */
  batch: 4e-6,
} as const

/** Seconds that a run on agents takes beside its migration (lab): the guest is filled, watched before and after, and checked. */
export const agentsRunSeconds = 2

/** The estimate stops counting here, whatever the scenario allows. */
const mostIterations = 1000

export interface SuiteEstimate {
  readonly runs: number
  /** CPU time of all simulated runs together; divide by the workers. */
  readonly cpuSeconds: number
  /** Virtual time of all simulated runs together. */
  readonly virtualSeconds: number
  /** Bytes of memory that the guests would put on the wire, in the simulation. */
  readonly simulatedBytes: number
  /** Runs on agents: they take real time, one after the other, and put real bytes on the wire. */
  readonly agents: { readonly runs: number; readonly seconds: number; readonly bytes: number }
}

interface RunEstimate {
  readonly cpuSeconds: number
  readonly virtualSeconds: number
  readonly bytes: number
}

export function estimateSuite(plan: SuitePlan): SuiteEstimate {
  const byPoint = new Map<PlannedPoint, RunEstimate>()
  let cpuSeconds = 0
  let virtualSeconds = 0
  let simulatedBytes = 0
  const agents = { runs: 0, seconds: 0, bytes: 0 }
  for (const { point, backend } of plan.runs) {
    const known = byPoint.get(point) ?? estimateRun(point.scenario)
    byPoint.set(point, known)
    if (backend === 'agents') {
      agents.runs++
      agents.seconds += known.virtualSeconds + agentsRunSeconds
      agents.bytes += known.bytes
    } else {
      cpuSeconds += known.cpuSeconds
      virtualSeconds += known.virtualSeconds
      simulatedBytes += known.bytes
    }
  }
  return { runs: plan.runs.length, cpuSeconds, virtualSeconds, simulatedBytes, agents }
}

function estimateRun(scenario: Scenario): RunEstimate {
  const { fleet, guest, strategy, wws } = scenario
  const { passes, sent, handled, seconds, accessed } = walk(scenario)
  const pages = guest.memory / guest.pageSize
  const readings = passes + wws.duration / wws.readEvery
  const batches = passes + sent / (accessed === 0 ? strategy.batch : Math.min(strategy.batch, strategy.pushBatch))
  const costs = simulationCosts
  const cpuSeconds = costs.run + readings * costs.iteration + passes * pages * costs.page + handled * costs.handled + accessed * costs.accessed + batches * costs.batch
  // Guests share the link: whatever their order, all of them take about as long as one after the other.
  const secondsOfOne = seconds + diskSeconds(scenario) + fileSeconds(scenario)
  return { cpuSeconds: fleet.guests * cpuSeconds, virtualSeconds: fleet.guests * secondsOfOne + wws.duration / 1e9, bytes: fleet.guests * sent * guest.pageSize }
}

interface Walk {
  /** Iterations and the last copy. */
  readonly passes: number
  /** Pages, each as often as it was sent. */
  readonly sent: number
  /** Pages, each as often as it was sent or skipped. */
  readonly handled: number
  readonly seconds: number
  /** Pages that may be accessed on the destination before they are there. */
  readonly accessed: number
}

function walk(scenario: Scenario): Walk {
  const { strategy } = scenario
  switch (strategy.kind) {
    case 'hybrid':
      return withAccesses(scenario, walkPreCopy(scenario))
    case 'three-stage':
      return withAccesses(scenario, walkThreeStage(scenario))
    case 'postcopy':
      return withAccesses(scenario, walkStopAndCopy(scenario))
    case 'on-demand': {
      const whole = walkStopAndCopy(scenario)
      return withAccesses(scenario, { ...whole, seconds: whole.seconds + strategy.demandTime / 1e9 })
    }
    case 'stop-and-copy':
    case 'cold':
      return walkStopAndCopy(scenario)
    default:
      // Pre-copy, or what is taken for it: an estimate needs no more.
      return walkPreCopy(scenario)
  }
}

/** On the destination each page of the working sets is accessed a first time, at most. */
function withAccesses(scenario: Scenario, copied: Walk): Walk {
  const written = groupsOf(scenario).slice(0, -1)
  return { ...copied, accessed: sum(written.map(({ pages }) => pages)) }
}

/** Everything once while the guest runs, then what was written meanwhile. */
function walkThreeStage(scenario: Scenario): Walk {
  const first = walkStopAndCopy(scenario)
  const dirty = sum(groupsOf(scenario).map((group) => dirtiedIn(group, first.seconds)))
  return { ...first, passes: 2, sent: first.sent + dirty, handled: first.handled + dirty, seconds: first.seconds + secondsFor(scenario, dirty, scenario.strategy.maxRate) }
}

function walkStopAndCopy(scenario: Scenario): Walk {
  const pages = scenario.guest.memory / scenario.guest.pageSize
  return { passes: 1, sent: pages, handled: pages, seconds: secondsFor(scenario, pages, scenario.strategy.maxRate), accessed: 0 }
}

function walkPreCopy(scenario: Scenario): Walk {
  const { guest, strategy } = scenario
  const size = { pages: guest.memory / guest.pageSize, gibibytes: guest.memory / 2 ** 30 }
  const groups = groupsOf(scenario)
  const history: IterationSummary[] = []
  let rate = firstRate(strategy)
  let left = groups.map(({ pages }) => pages)
  let handled = 0
  let verdict: Verdict = strategy.stop.iterations === 0 ? { kind: 'stop-and-copy', rule: 'iterations' } : { kind: 'continue' }
  while (verdict.kind === 'continue' && history.length < mostIterations) {
    const { sentPages, seconds } = onePass(scenario, { groups, left, rate })
    handled += sum(left)
    const skippedPages = sum(left) - sentPages
    left = groups.map((group) => dirtiedIn(group, seconds))
    const dirtyPages = sum(left)
    const dirtyBitsPerSecond = seconds === 0 ? 0 : (strategy.dirtyRateFactor * dirtyPages * guest.pageSize * 8) / seconds
    const before = history.at(-1)
    const elapsedNs = (before?.elapsedNs ?? 0) + seconds * 1e9
    history.push({
      iteration: history.length,
      sentPages,
      skippedPages,
      sentBytes: sentPages * guest.pageSize,
      durationNs: seconds * 1e9,
      dirtyPages,
      remainingBytes: dirtyPages * guest.pageSize,
      elapsedNs,
      totalSentPages: (before?.totalSentPages ?? 0) + sentPages,
      rateAtMax: rate === strategy.maxRate,
      wantedRateAboveMax: strategy.maxRate !== null && wantedRate(strategy, dirtyBitsPerSecond) > strategy.maxRate,
    })
    verdict = verdictAt(elapsedNs, strategy.stop, size)
    if (verdict.kind === 'continue') verdict = dirtyPages < 1 ? { kind: 'stop-and-copy', rule: 'nothingLeft' } : verdictAfter(history, strategy.stop, size)
    rate = nextRate(strategy, rate, dirtyBitsPerSecond)
  }
  const sent = history.at(-1)?.totalSentPages ?? 0
  const seconds = (history.at(-1)?.elapsedNs ?? 0) / 1e9
  if (verdict.kind === 'abort') return { passes: history.length, sent, handled, seconds, accessed: 0 }
  const last = sum(left)
  return { passes: history.length + 1, sent: sent + last, handled: handled + last, seconds: seconds + secondsFor(scenario, last, lastCopyRate(strategy, rate)), accessed: 0 }
}

/** Pages that are written at one rate. */
interface Group {
  readonly pages: number
  readonly writesPerSecond: number
}

function groupsOf({ guest, workload }: Scenario): readonly Group[] {
  const written = [workload, ...workload.processes].flatMap((process): readonly Group[] => {
    const pages = process.workingSet / guest.pageSize
    if (process.kind === 'idle' || pages === 0) return []
    if (process.kind !== 'hot-cold' && process.kind !== 'web-server' && process.kind !== 'kernel-compile') return [{ pages, writesPerSecond: process.kind === 'trace' ? replayedPagesPerSecond(process) : process.writes }]
    return [
      { pages: pages * process.hotPages, writesPerSecond: process.writes * process.hotShare },
      { pages: pages * (1 - process.hotPages), writesPerSecond: process.writes * (1 - process.hotShare) },
    ]
  })
  const rest = guest.memory / guest.pageSize - sum(written.map(({ pages }) => pages))
  return [...written, { pages: Math.max(0, rest), writesPerSecond: 0 }]
}

/** What one iteration sends and how long it takes. Skipping shortens it, and what is shorter skips less: a few rounds settle it. */
function onePass(scenario: Scenario, pass: { readonly groups: readonly Group[]; readonly left: readonly number[]; readonly rate: Rate }): { readonly sentPages: number; readonly seconds: number } {
  const { groups, left, rate } = pass
  let sentPages = sum(left)
  if (scenario.strategy.skipDirty) {
    for (let round = 0; round < 8; round++) {
      const seconds = secondsFor(scenario, sentPages, rate)
      sentPages = (sentPages + sum(groups.map((group, index) => (left[index] ?? 0) * cleanShare(group, seconds)))) / 2
    }
  }
  return { sentPages, seconds: secondsFor(scenario, sentPages, rate) }
}

/** Time that pages take over what the others leave of the link, at no more than the given rate. */
function secondsFor({ guest, link }: Scenario, pages: number, rate: Rate): number {
  const free = Math.max(link.bandwidth / 100, link.bandwidth - link.background - guest.traffic)
  const bytes = pages * (guest.pageSize + link.perPage)
  return (bytes * 8) / Math.min(free, rate ?? free) + expectedLossNs(bytes, link) / 1e9
}

/** Time that the disk takes, without what is written meanwhile. */
function diskSeconds({ disk, link, storage }: Scenario): number {
  return disk.kind === 'none' ? 0 : (sum(diskFiles(disk)) * disk.blockSize * 8) / Math.min(link.bandwidth, storage.readRate, storage.writeRate)
}

/** Time that cold migration takes to write and to read the files of the guest. */
function fileSeconds({ guest, storage, strategy }: Scenario): number {
  return strategy.kind === 'cold' ? guest.memory * 8 * (1 / storage.writeRate + 1 / storage.readRate) : 0
}

/** Pages of a group dirtied in a time, in the mean. */
function dirtiedIn({ pages, writesPerSecond }: Group, seconds: number): number {
  return pages === 0 ? 0 : pages * -Math.expm1((-writesPerSecond * seconds) / pages)
}

/** Share of a group's pages that are still clean when their turn comes, at a moment of the time that nothing prefers. */
function cleanShare({ pages, writesPerSecond }: Group, seconds: number): number {
  const writes = pages === 0 ? 0 : (writesPerSecond * seconds) / pages
  return writes === 0 ? 1 : -Math.expm1(-writes) / writes
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
