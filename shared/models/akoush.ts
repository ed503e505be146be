/**
 * The two models of Akoush et al. 2010 (within 90 % of what was measured, verified in the abstract; details recalled).
 * Both go through pre-copy iteration by iteration, under the stop rules in force, and differ in what is dirtied:
 *
 * - AVG: one rate measured before, whatever the iteration's length; never more than the memory.
 * - HIST: the pages that a recorded history of the workload dirties in an iteration of that length.
 *
 * A measurement is taken from the workload of the scenario, undisturbed, as Xen read its log: cleared every 2 s
 * (`wws.clearEvery`, verified), ten times over (lab), or for as long as `wws.duration` says.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import { GodwitError } from '../model/godwit-error.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { writeSources } from '../sim/guests/workload-sources.ts'
import type { TraceLibrary } from '../trace/library.ts'
import { type MigrationModel, type ModelAnswer, notApplicable, whyNoPreCopyModel } from './model.ts'
import { type DirtyingLaw, walkPreCopy } from './pre-copy-walk.ts'
import { guestPages, workingSetPages } from './wire.ts'

/** Readings of the log where the scenario does not measure the writable working set itself (lab). */
const defaultReadings = 10

export const akoushAvg: MigrationModel = {
  label: 'Akoush AVG',
  meaning: 'Pre-copy with one dirtying rate, measured before',
  origin: 'Akoush et al. 2010',
  tag: 'recalled',
  bound: null,
  predict: (scenario, seed, traces) =>
    withWorkload(scenario, () => {
      const pages = guestPages(scenario)
      const perNs = measuredDirtyingRate(scenario, seed, traces) / 1e9
      return walkPreCopy(scenario, (fromNs, toNs) => Math.min(pages, perNs * (toNs - fromNs)))
    }),
}

export const akoushHist: MigrationModel = {
  label: 'Akoush HIST',
  meaning: 'Pre-copy with the pages that a recorded history of the workload dirties',
  origin: 'Akoush et al. 2010',
  tag: 'recalled',
  bound: null,
  predict: (scenario, seed, traces) => withWorkload(scenario, () => walkPreCopy(scenario, workloadHistory(scenario, seed, traces))),
}

/** A workload that cannot be measured here, because its trace is elsewhere, is no fault of the program. */
function withWorkload(scenario: Scenario, predict: () => ModelAnswer): ModelAnswer {
  const reason = whyNoPreCopyModel(scenario)
  if (reason !== null) return notApplicable(reason)
  try {
    return predict()
  } catch (error) {
    if (error instanceof GodwitError && error.code.startsWith('trace.')) return notApplicable(error.message)
    throw error
  }
}

/** Different pages dirtied a second, mean over the readings of an undisturbed workload. */
export function measuredDirtyingRate(scenario: Scenario, seed: number, traces?: TraceLibrary): number {
  const { duration, clearEvery } = scenario.wws
  const readings = duration === 0 ? defaultReadings : Math.max(1, Math.floor(duration / clearEvery))
  const history = workloadHistory(scenario, seed, traces)
  let dirtyPages = 0
  for (let reading = 0; reading < readings; reading++) dirtyPages += history(reading * clearEvery, (reading + 1) * clearEvery)
  return (dirtyPages * 1e9) / (readings * clearEvery)
}

/**
 * The mean number of different pages that the workload dirties from one moment to the next; never more than its working
 * sets have, and too many where several patterns write the same pages.
 */
export function workloadHistory(scenario: Scenario, seed: number, traces?: TraceLibrary): DirtyingLaw {
  const mostPages = workingSetPages(scenario)
  const sources = writeSources(scenario, seed, traces)
  const forgotten = new Bitmap(guestPages(scenario))
  let cleanedNs = 0
  const cleanAt = (guestNs: number): void => {
    if (guestNs === cleanedNs) return
    cleanedNs = guestNs
    for (const source of sources) {
      source.advance(guestNs)
      source.clean(forgotten)
    }
  }
  return (fromNs, toNs) => {
    cleanAt(fromNs)
    const dirtyPages = sources.reduce((sum, source) => sum + source.expectedDirty(toNs), 0)
    cleanAt(toNs)
    return Math.min(mostPages, dirtyPages)
  }
}
