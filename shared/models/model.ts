/** What an analytic model is, and what it says of a migration that nobody ran. */

import type { SourceTag } from '../scenario/fields.ts'
import { mayFault } from '../scenario/postcopy-rules.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { TraceLibrary } from '../trace/library.ts'

/** The metrics that models predict, by their keys in the metric dictionary. */
export const predictedMetrics = ['totalMs', 'downtimeMs', 'transferredBytes', 'iterationCount'] as const
export type PredictedMetric = (typeof predictedMetrics)[number]

/**
 * Milliseconds, bytes on the wire, and iterations of pre-copy without the last copy. `fails`: by the model the migration
 * does not complete. `not-applicable`: the model says nothing of such a scenario.
 */
export type ModelAnswer =
  | ({ readonly kind: 'completes' } & Readonly<Record<PredictedMetric, number>>)
  | { readonly kind: 'fails'; readonly reason: string }
  | { readonly kind: 'not-applicable'; readonly reason: string }

export interface MigrationModel {
  readonly label: string
  readonly meaning: string
  readonly origin: string
  readonly tag: SourceTag
  /** Side on which the model promises to stay; null: it aims at the value itself. */
  readonly bound: 'lower' | 'upper' | null
  /** The seed chooses the history of writes, for models that measure one; traces are found in the library. */
  readonly predict: (scenario: Scenario, seed: number, traces?: TraceLibrary) => ModelAnswer
}

export function notApplicable(reason: string): ModelAnswer {
  return { kind: 'not-applicable', reason }
}

/**
 * Why no closed formula speaks of this scenario; null if nothing stands against it. None of them knows failures, a
 * refusal, a guest that is throttled, or (but for the survey) a strategy other than pre-copy.
 */
export function whyNoModel({ balloon, guest, destination, disk, faults, fleet, optimisations, strategy }: Scenario): string | null {
  if (fleet.guests > 1) return 'the scenario has several guests, and the model knows one'
  if (disk.kind !== 'none') return 'a disk is copied, of which the model knows nothing'
  if (faults.length > 0) return 'the scenario has failures, and the model knows none'
  if (destination.freeMemory !== null && destination.freeMemory < guest.memory) return 'the destination refuses the guest'
  const { autoConverge, channels, compression, delta, stun, throttle } = optimisations
  if (autoConverge || throttle !== 'none' || stun) return 'the guest is slowed, and the model takes its dirtying rate as given'
  if (delta || compression !== 'none' || channels > 1) return 'pages are coded or sent over several connections, of which the model knows nothing'
  if (balloon.kind !== 'none' || balloon.releasePageCache) return 'the guest gives memory back, of which the model knows nothing'
  if (strategy.kind === 'precopy' && mayFault(strategy)) return 'pre-copy may end in post-copy, and the model knows one or the other'
  return null
}

/** As `whyNoModel`, for models of pre-copy; stop-and-copy is pre-copy without an iteration. */
export function whyNoPreCopyModel(scenario: Scenario): string | null {
  const { kind } = scenario.strategy
  const isDescribed = kind === 'precopy' || kind === 'stop-and-copy'
  return whyNoModel(scenario) ?? (isDescribed ? null : `the model describes pre-copy, not ${kind}`)
}

/** As `whyNoPreCopyModel`, for models that take the rate of writes from the scenario. */
export function whyNoRateModel(scenario: Scenario): string | null {
  const replays = [scenario.workload, ...scenario.workload.processes].some(({ kind }) => kind === 'trace')
  return whyNoPreCopyModel(scenario) ?? (replays ? 'the model takes one rate of writes, and a trace has none' : null)
}
