/** The instants of the downtime as they are reached, and what the guest had lost of its time by then. */

import { downtimeParts } from './recorder.ts'
import type { DowntimeParts, MigrationStats } from '../model/migration-stats.ts'

/** In their order. */
const names = ['pauseNs', 'suspendedNs', 'copiedNs', 'stateSentNs', 'committedNs', 'resumedNs'] as const
export type Instant = (typeof names)[number]

export class Instants {
  /** Nanoseconds from the start; those not reached yet stand at the last one reached, or where the migration broke off. */
  readonly #atNs: Record<Instant, number> = { pauseNs: 0, suspendedNs: 0, copiedNs: 0, stateSentNs: 0, committedNs: 0, resumedNs: 0 }
  #reached = -1
  #lostAtPauseNs = 0
  #lostAtResumeNs = 0

  /** `lostNs`: what the guest has lost so far; read at its pause and its resumption. */
  mark(instant: Instant, nowNs: number, lostNs: number): void {
    this.#reached = names.indexOf(instant)
    this.#setFrom(this.#reached, nowNs)
    if (instant === 'pauseNs') this.#lostAtPauseNs = lostNs
    if (instant === 'resumedNs') this.#lostAtResumeNs = lostNs
  }

  /** The migration broke off: what was waited for has had the time until now. */
  breakOff(nowNs: number): void {
    if (this.#reached >= 0) this.#setFrom(this.#reached + 1, nowNs)
  }

  /** Nanoseconds from the start; see `#atNs`. */
  at(instant: Instant): number {
    return this.#atNs[instant]
  }

  downtime(): { readonly downtimeMs: number; readonly downtimeParts: DowntimeParts } {
    return downtimeParts(this.#atNs)
  }

  /** Splits what was lost in all at the guest's pause and at its resumption. */
  lost(lostNs: number): Pick<MigrationStats, 'guestLostMs' | 'guestLostParts'> {
    const atPauseNs = this.#reached >= names.indexOf('pauseNs') ? this.#lostAtPauseNs : lostNs
    const atResumeNs = this.#reached >= names.indexOf('resumedNs') ? this.#lostAtResumeNs : lostNs
    return {
      guestLostMs: lostNs / 1e6,
      guestLostParts: { sourceMs: atPauseNs / 1e6, downtimeMs: (atResumeNs - atPauseNs) / 1e6, destinationMs: (lostNs - atResumeNs) / 1e6 },
    }
  }

  #setFrom(first: number, nowNs: number): void {
    for (const name of names.slice(first)) this.#atNs[name] = nowNs
  }
}
