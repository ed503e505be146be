/**
 * The bounds of the survey (sources/002, source): with RAM / link the time that the memory takes over the link,
 *
 *     pre-copy:  total = RAM / link + overhead + what is sent again    worst downtime = state + RAM / link
 *     post-copy: total = RAM / link + overhead                         downtime = state
 *
 * The lower bound sends nothing again and leaves only the state for the downtime. The upper bound sends all memory again
 * in every iteration that the policy allows (the survey gives none for the total time: lab), and once more while the
 * guest stands. Link speed and overhead are those of the scenario: the lower bound takes the highest rate that the limiter may
 * reach, the upper one the lowest. Zero pages count as markers, in their mean.
 */

import type { Rate } from '../migration/policies/rate-control.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type MigrationModel, type ModelAnswer, notApplicable, whyNoModel } from './model.ts'
import { announcementNs, copyPages, copyState, type CopyOptions, expectedZeroPages, fixedDowntimeNs, guestPages, logReadNs, setupNs, workingSetPages } from './wire.ts'

type Bound = 'lower' | 'upper'
type Formula = (scenario: Scenario, bound: Bound) => ModelAnswer

/** By the name of the strategy; the survey speaks of no other. */
const formulas: Readonly<Record<string, Formula>> = { precopy: preCopy, 'stop-and-copy': stopAndCopy, postcopy: postCopy }

export const surveyLower: MigrationModel = {
  label: 'Survey, lower bound',
  meaning: 'Memory once over the link and overhead; downtime: state',
  origin: 'sources/002, a survey of live migration',
  tag: 'source',
  bound: 'lower',
  predict: (scenario) => predict(scenario, 'lower'),
}

export const surveyUpper: MigrationModel = {
  label: 'Survey, upper bound',
  meaning: 'Memory again in every iteration that the policy allows (our own bound); downtime: state and all memory (the survey)',
  origin: 'sources/002, a survey of live migration',
  tag: 'lab',
  bound: 'upper',
  predict: (scenario) => predict(scenario, 'upper'),
}

function predict(scenario: Scenario, bound: Bound): ModelAnswer {
  const reason = whyNoModel(scenario)
  if (reason !== null) return notApplicable(reason)
  const formula = formulas[scenario.strategy.kind]
  return formula === undefined ? notApplicable(`the survey says nothing of ${scenario.strategy.kind}`) : formula(scenario, bound)
}

function preCopy(scenario: Scenario, bound: Bound): ModelAnswer {
  if (scenario.strategy.stop.iterations === 0) return stopAndCopy(scenario, bound)
  const { memory, downtimeMs, state } = terms(scenario, bound)
  if (bound === 'lower') return { kind: 'completes', totalMs: outsideMs(scenario) + memory.ms + downtimeMs, downtimeMs, transferredBytes: memory.bytes + state.bytes, iterationCount: 1 }
  const iterations = mostIterations(scenario)
  const worstDowntimeMs = downtimeMs + memory.ms
  const sentTimes = Math.min(iterations, (scenario.strategy.stop.sentFactor ?? Infinity) + 1)
  const readsMs = (iterations * logReadNs(scenario, workingSetPages(scenario))) / 1e6
  return {
    kind: 'completes',
    totalMs: outsideMs(scenario) + sentTimes * memory.ms + readsMs + worstDowntimeMs,
    downtimeMs: worstDowntimeMs,
    transferredBytes: (sentTimes + 1) * memory.bytes + state.bytes,
    iterationCount: iterations,
  }
}

function stopAndCopy(scenario: Scenario, bound: Bound): ModelAnswer {
  const { memory, state, downtimeMs: stateMs } = terms(scenario, bound)
  const downtimeMs = stateMs + memory.ms
  return { kind: 'completes', totalMs: outsideMs(scenario) + downtimeMs, downtimeMs, transferredBytes: memory.bytes + state.bytes, iterationCount: 0 }
}

function postCopy(scenario: Scenario, bound: Bound): ModelAnswer {
  const { memory, downtimeMs: committedMs, state } = terms(scenario, bound)
  // The guest resumes with the first of the three messages; commitment comes when its memory has.
  const downtimeMs = committedMs - (2 * scenario.link.latency) / 1e6
  return { kind: 'completes', totalMs: outsideMs(scenario) + committedMs + memory.ms, downtimeMs, transferredBytes: memory.bytes + state.bytes, iterationCount: 0 }
}

interface Term {
  readonly bytes: number
  readonly ms: number
}

/** RAM / link, and the downtime of a guest of which only the state is left. */
function terms(scenario: Scenario, bound: Bound): { readonly memory: Term; readonly state: Term; readonly downtimeMs: number } {
  const options = linkOf(scenario, bound)
  const memory = copyPages(scenario, guestPages(scenario), { ...options, zeroPages: expectedZeroPages(scenario) })
  const state = copyState(scenario, options)
  const dirtyPages = bound === 'lower' ? 0 : workingSetPages(scenario)
  return {
    memory: { bytes: memory.bytes, ms: memory.ns / 1e6 },
    state: { bytes: state.bytes, ms: state.ns / 1e6 },
    downtimeMs: (fixedDowntimeNs(scenario, dirtyPages) + state.ns) / 1e6,
  }
}

/** Time before the first copy and after the resumption. */
function outsideMs(scenario: Scenario): number {
  return (setupNs(scenario) + announcementNs(scenario)) / 1e6
}

/** The best or the worst that link and limiter allow. */
function linkOf({ strategy }: Scenario, bound: Bound): CopyOptions {
  if (bound === 'lower') return { rate: strategy.maxRate, guestRuns: false, freeBytes: strategy.burst }
  const slowest: Rate = strategy.rateControl === 'fixed' ? strategy.maxRate : strategy.minRate
  return { rate: slowest, guestRuns: true }
}

function mostIterations({ strategy }: Scenario): number {
  return Math.min(strategy.stop.iterations ?? Infinity, strategy.stop.giveUp)
}
