/**
 * Auto-converge, as in QEMU's migration/ram.c and options.c (verified): if more than a share of the bytes sent was
 * dirtied again in two iterations, the guest is throttled, and more so each time that is not enough.
 */

import type { Scenario } from '../../scenario/scenario.ts'

type ThrottleOptions = Scenario['optimisations']

export interface ThrottleState {
  /** Share of its time taken from the guest, 0 to below 1. */
  readonly share: number
  /** Iterations that dirtied too much since the throttle last changed. */
  readonly highIterations: number
}

export const unthrottled: ThrottleState = { share: 0, highIterations: 0 }

export function nextThrottle(options: ThrottleOptions, state: ThrottleState, dirtyBytes: number, sentBytes: number): ThrottleState {
  if (!options.autoConverge || dirtyBytes <= options.throttleTrigger * sentBytes) return state
  if (state.highIterations === 0) return { ...state, highIterations: 1 }
  const raised = state.share === 0 ? options.throttleInitial : state.share + options.throttleIncrement
  return { share: Math.min(raised, options.throttleMax), highIterations: 0 }
}
