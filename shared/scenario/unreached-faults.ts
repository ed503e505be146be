/** Failures that can never come, as far as the scenario alone says so: in a phase that is never entered, or after the end. */

import { formatQuantity } from '../units/quantity.ts'
import type { Scenario } from './scenario.ts'
import type { FaultSpec } from './sections/faults.ts'

type Phase = FaultSpec['phase']

const always: readonly Phase[] = ['any', 'reservation', 'commitment', 'activation']
const stopped: readonly Phase[] = [...always, 'stop-and-copy', 'disk']

/** What is not here may enter any phase. */
const phases: Readonly<Partial<Record<Scenario['strategy']['kind'], readonly Phase[]>>> = {
  precopy: [...stopped, 'precopy'],
  postcopy: [...stopped, 'postcopy'],
  'on-demand': [...stopped, 'postcopy'],
  hybrid: [...stopped, 'precopy', 'postcopy'],
  'three-stage': [...stopped, 'precopy', 'postcopy'],
  'stop-and-copy': stopped,
  self: [...stopped, 'precopy'],
  cold: [...always, 'save', 'move', 'restore'],
}

/** Why this failure never comes; undefined: it may. */
export function neverComes(fault: FaultSpec, scenario: Scenario): { readonly field: 'phase' | 'at'; readonly message: string } | undefined {
  const { kind, stop } = scenario.strategy
  const byPostCopy = kind === 'precopy' && (stop.timeoutAction === 'postcopy' || stop.stallAction === 'postcopy')
  const isEntered = phases[kind]?.includes(fault.phase) !== false && (fault.phase !== 'disk' || scenario.disk.kind !== 'none')
  if (!isEntered && !(byPostCopy && fault.phase === 'postcopy')) return { field: 'phase', message: `never comes: a migration of kind ${kind} has no phase ${fault.phase} here` }
  const endNs = latestEndNs(scenario)
  if (endNs === undefined || fault.phase !== 'any' || fault.at === null || fault.at <= endNs) return undefined
  return { field: 'at', message: `never comes: stop.timeout ends the migration by ${formatQuantity(endNs, 'nanoseconds')}` }
}

/** When the migration has ended at the latest, nanoseconds, if a timeout gives it up and nothing else can hold it. */
function latestEndNs({ strategy, link, guest, disk, fleet, faults }: Scenario): number | undefined {
  const { timeout, timeoutAction, timeoutChecked } = strategy.stop
  if (strategy.kind !== 'precopy' || timeout === null || timeoutAction !== 'abort' || timeoutChecked !== 'always') return undefined
  if (disk.kind !== 'none' || fleet.guests > 1 || faults.length > 1) return undefined
  // What the last rule before the timeout set off: the batch on its way, or a last copy of all memory.
  const rate = Math.min(strategy.minRate ?? Infinity, strategy.maxRate ?? Infinity, link.bandwidth - link.background)
  return rate <= 0 ? undefined : Math.ceil(timeout + guest.suspendTime + guest.resumeTime + (2 * guest.memory * 8e9) / rate)
}
