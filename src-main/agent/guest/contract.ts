/** What an agent does with the guest that it holds. Memory is real and shared with the guest's thread. */

import type { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { FaultReport, GuestState } from '#shared/wire/messages.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

export interface GuestOptions {
  readonly scenario: Scenario
  readonly seed: number
  /** `whole`: memory holds what the seed says, every page is present. `empty`: memory is zero, no page is present; `restore` comes before `start`. */
  readonly memory: 'whole' | 'empty'
  readonly tracesFolder?: string | undefined
}

/** All times are `performance`-like nanoseconds of the host's monotonic clock (process.hrtime). */
export interface HostedGuest {
  readonly pageCount: number
  readonly pageBytes: number
  /** The whole memory; shared with the guest's thread. */
  readonly memory: Uint8Array
  readonly isRunning: boolean

  /** Runs, or goes on. Returns once the thread has been told. */
  start(): void
  /** Stops between two operations; resolves when the thread stands still. A thread that waits for a page stops too. */
  stop(): Promise<void>
  /** Only while stopped. */
  state(): GuestState
  /** Only before the first start, or while stopped (return to a checkpoint). */
  restore(state: GuestState): void
  /** Ends the thread and lets go of the memory. */
  close(): Promise<void>

  /** Work done so far, nanoseconds of undisturbed time; `serviceNs` without the work of processes that sleep. */
  readonly guestNs: number
  readonly serviceNs: number
  /** Operations executed, writes among them. */
  readonly operations: number
  readonly writes: number
  /** Pages written first after a clean, counted from the beginning. */
  readonly writeFaults: number
  /** Raised at least once a millisecond while the guest runs and is not blocked; what a client of the guest sees. */
  readonly beats: number

  /** The log of written pages. The guest is charged this much, really spent, at the first write to a page after a clean. */
  startTracking(writeFaultNs: number): void
  stopTracking(): void
  isDirty(page: number): boolean
  /** Replaces the content of `into` by the pages written since the last call, forgets them, and returns their number. */
  takeDirty(into: Bitmap): number

  /** Share of the guest's time that it sleeps, 0 to below 1. */
  throttle(share: number): void
  /** Share of the guest's time that a migration inside the guest takes. */
  setMigrationShare(share: number): void
  /** Each virtual processor is held to the dirty limit of the scenario from now on, or no more. */
  limitDirtying(on: boolean): void
  /** Processes are watched, and stunned by the rule of the scenario, until `wakeAll`. */
  watchProcesses(): void
  wakeAll(): void
  readonly stunnedProcesses: number

  /** Memory that the guest gave back. */
  isReleased(page: number): boolean
  readonly releasedPages: number
  /** Pages in the balloon now; null: it has none. */
  readonly balloonPages: number | null
  readonly balloonLostMs: number
  readonly cacheLostMs: number

  // On the destination, from its start on, while its memory is brought.

  /** These pages are not present; all others are. Before the first start after `restore`. */
  setMissing(missing: Bitmap): void
  /** Is this page still missing? */
  isMissing(page: number): boolean
  countMissing(): number
  /** The content of these pages is in memory: they are present from now on. Pages that are present already must not be overwritten: ask `isMissing` first. */
  arrived(pages: ArrayLike<number>, count: number, purpose: 'demand' | 'prediction' | 'push'): void
  /** Called on the agent's thread when the guest touches a page that is missing, once a page, after the cost of the trap. */
  onFault: (page: number) => void
  /** Pages that the guest waits for. */
  readonly pendingPages: readonly number[]
  /** Faults so far, for progress. */
  readonly majorFaults: number
  readonly minorFaults: number
  faults(): Promise<FaultReport>

  /** Compares the memory of the stopped guest, released pages apart, with an independent replay of all it did. Memory is used up by it. */
  verify(): Promise<Verification>
}

export interface Verification {
  readonly comparedPages: number
  readonly differingPages: number
  /** The first few that differ, for the message. */
  readonly examples: readonly number[]
}
