/**
 * Writes down the course of a migration, in whichever world it happens: rows per iteration, spans of phases, and a
 * sampled timeline whose rates are exact means over their intervals.
 */

import type { DowntimeParts, FaultRecord, IterationStats, PhaseSpan, Timeline } from '../model/migration-stats.ts'
import type { PassResult } from './strategies/stages.ts'

/** Running totals at a moment; differences between two moments give the timeline. */
export interface Totals {
  readonly timeNs: number
  readonly sentBytes: number
  /** Work done by the guest, nanoseconds of undisturbed time. */
  readonly workNs: number
  /** Pages dirtied: found by the log so far, and expected since it was last cleared. */
  readonly dirtiedPages: number
  readonly remainingBytes: number
  /** Absent: the guest has no balloon. */
  readonly balloonBytes?: number
}

interface Sample extends Totals {
  /** It stands at the border of a phase or iteration and is never dropped. */
  readonly kept: boolean
}

interface OpenSpan {
  readonly phase: PhaseSpan['phase']
  readonly iteration: number | undefined
  readonly startNs: number
}

function spanOf({ phase, iteration, startNs }: OpenSpan, endMs: number): PhaseSpan {
  const span = { phase, startMs: toMs(startNs), endMs }
  return iteration === undefined ? span : { ...span, iteration }
}

const toMs = (ns: number): number => ns / 1e6

/** From this many samples on, those that may go are thinned to twice the spacing. */
const manySamples = 1024
/** What somebody who watches is shown, borders of phases apart: about as many as a picture has columns. */
const fewSamples = 512

export class MigrationRecorder {
  readonly #totals: () => Totals
  readonly #faults: () => FaultRecord | undefined
  readonly #iterations: IterationStats[] = []
  readonly #spans: PhaseSpan[] = []
  #samples: Sample[] = []
  #spacingNs = 1e6
  #thinAt = manySamples
  #open: OpenSpan | null = null
  #iteration: { readonly iteration: number; readonly phase: IterationStats['phase']; readonly startNs: number } | null = null

  /** `totals` reads the world's running totals at the present moment, `faults` what is known of page faults. */
  constructor(totals: () => Totals, faults: () => FaultRecord | undefined = () => undefined) {
    this.#totals = totals
    this.#faults = faults
  }

  get iterations(): readonly IterationStats[] {
    return this.#iterations
  }

  beginPhase(phase: PhaseSpan['phase'], iteration?: number): void {
    const now = this.#border()
    this.#closeSpan(now)
    this.#open = { phase, iteration, startNs: now }
  }

  beginIteration(iteration: number, phase: IterationStats['phase']): void {
    this.#iteration = { iteration, phase, startNs: this.#border() }
  }

  endIteration(pass: PassResult & { readonly dirtyPages: number }): void {
    const begun = this.#iteration
    if (begun === null) return
    const ns = this.#border() - begun.startNs
    this.#iterations.push({
      iteration: begun.iteration,
      phase: begun.phase,
      startMs: toMs(begun.startNs),
      ms: toMs(ns),
      pages: pass.sentPages,
      zeroPages: pass.zeroPages,
      skippedPages: pass.skippedPages,
      bytes: pass.bytes,
      dirtyPages: pass.dirtyPages,
      rateBitsPerSecond: ns === 0 ? 0 : (pass.bytes * 8e9) / ns,
      dirtyPagesPerSecond: ns === 0 ? 0 : (pass.dirtyPages * 1e9) / ns,
    })
    this.#iteration = null
  }

  /** Takes a sample unless the last one is too near. `nowNs` is given so that most calls cost one comparison. */
  sample(nowNs: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && nowNs - last.timeNs < this.#spacingNs) return
    this.#samples.push({ ...this.#totals(), kept: false })
    if (this.#samples.length >= this.#thinAt) this.#thin()
  }

  /** Closes the record at the end of the migration. */
  finish(): Timeline {
    this.#closeSpan(this.#border())
    return this.#timeline(this.#samples, this.#spans)
  }

  /**
   * The record so far, for those who watch: the open span ends now, and samples stand apart as far as needed for few of
   * them. The world's totals are not read, so that looking never changes what is measured.
   */
  snapshot(nowNs: number): { readonly iterations: readonly IterationStats[]; readonly timeline: Timeline } {
    const open = this.#open
    const spans = open === null ? this.#spans : [...this.#spans, spanOf(open, toMs(nowNs))]
    const samples = this.#samples.length <= fewSamples ? this.#samples : spaced(this.#samples, nowNs / fewSamples)
    return { iterations: [...this.#iterations], timeline: this.#timeline(samples, spans) }
  }

  #timeline(samples: readonly Sample[], spans: readonly PhaseSpan[]): Timeline {
    const faults = this.#faults()
    return { ...timelineOf(samples, spans), ...(faults === undefined ? {} : { faults }) }
  }

  #closeSpan(nowNs: number): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    this.#spans.push(spanOf(open, toMs(nowNs)))
  }

  /** Takes a sample that stays, and returns its time. */
  #border(): number {
    const totals = this.#totals()
    this.#samples.push({ ...totals, kept: true })
    return totals.timeNs
  }

  #thin(): void {
    this.#spacingNs *= 2
    this.#samples = spaced(this.#samples, this.#spacingNs)
    this.#thinAt = Math.max(manySamples, 2 * this.#samples.length)
  }
}

/** Rates are means from each sample to the next, whatever was left out between them. */
function timelineOf(samples: readonly Sample[], phases: readonly PhaseSpan[]): Timeline {
  const timeMs: number[] = []
  const transferBitsPerSecond: number[] = []
  const dirtyPagesPerSecond: number[] = []
  const remainingBytes: number[] = []
  const serviceLevel: number[] = []
  const balloonBytes: number[] = []
  samples.forEach((sample, index) => {
    const next = samples[index + 1]
    const ns = next === undefined ? 0 : next.timeNs - sample.timeNs
    if (next === undefined || ns === 0) return
    timeMs.push(toMs(sample.timeNs))
    transferBitsPerSecond.push(((next.sentBytes - sample.sentBytes) * 8e9) / ns)
    dirtyPagesPerSecond.push((Math.max(0, next.dirtiedPages - sample.dirtiedPages) * 1e9) / ns)
    remainingBytes.push(sample.remainingBytes)
    serviceLevel.push((next.workNs - sample.workNs) / ns)
    if (sample.balloonBytes !== undefined) balloonBytes.push(sample.balloonBytes)
  })
  return { timeMs, transferBitsPerSecond, dirtyPagesPerSecond, remainingBytes, serviceLevel, phases: [...phases], ...(balloonBytes.length === 0 ? {} : { balloonBytes }) }
}

/** Those that must stay, and of the others those that are at least so far from the one before. */
function spaced(samples: readonly Sample[], spacingNs: number): Sample[] {
  let previousNs = -Infinity
  return samples.filter(({ kept, timeNs }) => {
    if (!kept && timeNs - previousNs < spacingNs) return false
    previousNs = timeNs
    return true
  })
}

/** The downtime and its parts from the instants at which they ended. Instants that were not reached repeat the last. */
export function downtimeParts(instants: {
  readonly pauseNs: number
  readonly suspendedNs: number
  readonly copiedNs: number
  readonly stateSentNs: number
  readonly committedNs: number
  readonly resumedNs: number
}): { readonly downtimeMs: number; readonly downtimeParts: DowntimeParts } {
  const { pauseNs, suspendedNs, copiedNs, stateSentNs, committedNs, resumedNs } = instants
  return {
    downtimeMs: toMs(resumedNs - pauseNs),
    downtimeParts: {
      suspendMs: toMs(suspendedNs - pauseNs),
      lastCopyMs: toMs(copiedNs - suspendedNs),
      stateMs: toMs(stateSentNs - copiedNs),
      commitMs: toMs(committedNs - stateSentNs),
      resumeMs: toMs(resumedNs - committedNs),
    },
  }
}
