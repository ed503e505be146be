/**
 * SimGrid's pre-copy (VmLiveMigration.cpp, verified).
 *
 * Stage 1 sends the memory and measures the bandwidth, bytes over time. Stage 2 repeats: what was dirtied is the work
 * done times an intensity, at most the working set, which itself defaults to 90 % of the memory; it is sent, and the
 * bandwidth measured again; until what is left is at most bandwidth x downtime limit. Stage 3 suspends the guest and
 * sends that. There is no other rule: where the dirtied pages stay above the threshold the loop goes on for ever (until
 * an assertion after 10^7 s), and the model says so. The scenario's policy is not asked, only its downtime limit.
 */

import type { Scenario } from '../scenario/scenario.ts'
import { type MigrationModel, type ModelAnswer, notApplicable, whyNoRateModel } from './model.ts'
import { announcementNs, copyPages, copyState, expectedZeroPages, fixedDowntimeNs, guestPages, setupNs, workingSetPages, writesPerSecond } from './wire.ts'

/** The downtime limit where none is given, nanoseconds (verified). */
const defaultDowntimeNs = 30e6
/** Share of the memory that can be dirtied at most (verified). */
const dirtyShare = 0.9
/** Time left for stage 2, nanoseconds: 10^7 s (verified). */
const stage2Ns = 1e16

export const simgrid: MigrationModel = {
  label: 'SimGrid',
  meaning: "SimGrid's own loop: dirtying capped by the working set, one stop rule, bandwidth times downtime limit",
  origin: 'SimGrid, src/plugins/vm/VmLiveMigration.cpp',
  tag: 'verified',
  bound: null,
  predict: (scenario) => {
    const reason = whyNoRateModel(scenario)
    if (reason !== null) return notApplicable(reason)
    return scenario.strategy.kind === 'precopy' ? stages(scenario) : notApplicable('SimGrid stops the guest only after pre-copy')
  },
}

function stages(scenario: Scenario): ModelAnswer {
  const { strategy } = scenario
  const dirtiedPerNs = writesPerSecond(scenario) / 1e9
  const cap = Math.min(workingSetPages(scenario), dirtyShare * guestPages(scenario))
  const limitNs = strategy.stop.downtime ?? defaultDowntimeNs
  const options = { rate: strategy.maxRate, guestRuns: true }

  let copy = copyPages(scenario, guestPages(scenario), { ...options, zeroPages: expectedZeroPages(scenario) })
  let left = Math.min(cap, dirtiedPerNs * copy.ns)
  let nowNs = setupNs(scenario) + copy.ns
  let sentBytes = copy.bytes
  let iterations = 1
  while (copyPages(scenario, left, options).bytes > (copy.bytes / copy.ns) * limitNs) {
    copy = copyPages(scenario, left, options)
    const next = Math.min(cap, dirtiedPerNs * copy.ns)
    iterations++
    nowNs += copy.ns
    sentBytes += copy.bytes
    if (next >= left || nowNs > stage2Ns) return { kind: 'fails', reason: `SimGrid's loop never ends: ${Math.round(next)} pages are dirtied again in each round` }
    left = next
  }

  const stopped = { ...options, guestRuns: false }
  const rest = copyPages(scenario, left, stopped)
  const state = copyState(scenario, stopped)
  const downtimeNs = fixedDowntimeNs(scenario) + rest.ns + state.ns
  return {
    kind: 'completes',
    totalMs: (nowNs + downtimeNs + announcementNs(scenario)) / 1e6,
    downtimeMs: downtimeNs / 1e6,
    transferredBytes: sentBytes + rest.bytes + state.bytes,
    iterationCount: iterations,
  }
}
