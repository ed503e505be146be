/** What the agent's thread and the guest's thread tell each other. */

import type { Scenario } from '#shared/scenario/scenario.ts'
import type { FaultReport, GuestState } from '#shared/wire/messages.ts'
import type { MessagePort } from 'node:worker_threads'
import type { Verification } from './contract.ts'
import type { SharedBuffers } from './shared-guest.ts'

export interface GuestThreadData {
  readonly scenario: Scenario
  readonly seed: number
  readonly isWhole: boolean
  readonly tracesFolder: string | undefined
  readonly shared: SharedBuffers
  /** The guest's thread looks here between operations; it never waits for events. */
  readonly mail: MessagePort
}

/** Handled in the order in which they were sent. Those with an id are answered. */
export type GuestOrder =
  | { readonly kind: 'start' }
  | { readonly kind: 'stand'; readonly id: number }
  | { readonly kind: 'restore'; readonly state: GuestState }
  | { readonly kind: 'limit-dirtying'; readonly isOn: boolean }
  | { readonly kind: 'watch-processes' }
  | { readonly kind: 'wake-all' }
  | { readonly kind: 'faults'; readonly id: number }
  | { readonly kind: 'verify'; readonly id: number }

export interface Answers {
  readonly stand: GuestState
  /** `predictedPages` is known to the agent's thread alone. */
  readonly faults: FaultReport
  readonly verify: Verification
}

export type GuestNote =
  /** Memory holds what it should: the guest can be started. */
  | { readonly kind: 'ready'; readonly state: GuestState }
  | { readonly kind: 'fault'; readonly page: number }
  | { readonly kind: 'answer'; readonly id: number; readonly body: unknown }
