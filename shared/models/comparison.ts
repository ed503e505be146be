/**
 * Predictions beside results: for each point the error of every model against the mean of its completed runs, and for each
 * model what that comes to over a suite.
 */

import type { IntervalResult } from '../analysis/interval.ts'
import type { PointSummary } from '../analysis/summarise.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { TraceLibrary } from '../trace/library.ts'
import { type ModelName, modelNames, models } from './index.ts'
import { type ModelAnswer, type PredictedMetric, predictedMetrics } from './model.ts'

type PerMetric<Value> = Readonly<Record<PredictedMetric, Value>>

export interface Prediction {
  readonly answer: ModelAnswer
  /** (predicted - simulated) / simulated; null where one of the two is missing, or the simulated value is 0. */
  readonly errors: PerMetric<number | null>
}

export interface PointPredictions {
  readonly point: PointSummary
  readonly predictions: Readonly<Record<ModelName, Prediction>>
}

export interface PredictionInputs {
  readonly scenario: Scenario
  /** Chooses the history of writes that the measuring models see. */
  readonly seed: number
  readonly traces?: TraceLibrary
}

/** The summary must hold the predicted metrics. */
export function predictPoint(point: PointSummary, inputs: PredictionInputs): PointPredictions {
  return { point, predictions: predictScenario(inputs, (metric) => meanOf(point.metrics[metric])) }
}

/** What every model says of a scenario, and how far that is from what was simulated (null where nothing was). */
export function predictScenario({ scenario, seed, traces }: PredictionInputs, simulated: (metric: PredictedMetric) => number | null): PointPredictions['predictions'] {
  const entries = modelNames.map((name): [ModelName, Prediction] => {
    const answer = models[name].predict(scenario, seed, traces)
    return [name, { answer, errors: perMetric((metric) => (answer.kind === 'completes' ? relativeError(answer[metric], simulated(metric)) : null)) }]
  })
  return Object.fromEntries(entries) as Record<ModelName, Prediction>
}

function relativeError(predicted: number, simulated: number | null): number | null {
  if (simulated === null) return null
  if (simulated === 0) return predicted === 0 ? 0 : null
  return (predicted - simulated) / simulated
}

export interface MetricErrors {
  /** Points at which the error could be told. */
  readonly points: number
  /** Mean of the errors' absolute values, and the largest of them; null where there is none. */
  readonly meanAbsolute: number | null
  readonly largest: number | null
  /** Points at which a bound does not hold; 0 for a model that is none. */
  readonly broken: number
}

export interface ModelSummary {
  readonly model: ModelName
  readonly metrics: PerMetric<MetricErrors>
  /** Points at which the model says that the migration fails, and those among them at which none completed. */
  readonly fails: number
  readonly failsRightly: number
  /** Why the model does not apply, and at how many points. */
  readonly notApplicable: ReadonlyArray<{ readonly reason: string; readonly points: number }>
}

export function summariseModels(points: readonly PointPredictions[]): readonly ModelSummary[] {
  return modelNames.map((model) => {
    const of = points.map(({ point, predictions }) => ({ point, ...predictions[model] }))
    const failing = of.filter(({ answer }) => answer.kind === 'fails')
    const reasons = new Map<string, number>()
    for (const { answer } of of) if (answer.kind === 'not-applicable') reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1)
    return {
      model,
      metrics: perMetric((metric) => errorsOf(model, of.map(({ errors }) => errors[metric]).filter((error) => error !== null))),
      fails: failing.length,
      failsRightly: failing.filter(({ point }) => point.outcomes.completed === 0).length,
      notApplicable: [...reasons].map(([reason, count]) => ({ reason, points: count })),
    }
  })
}

/** A bound may miss by this share before it counts as broken: means are sums in another order. */
const roundingShare = 1e-9

function errorsOf(model: ModelName, errors: readonly number[]): MetricErrors {
  const sizes = errors.map(Math.abs)
  const { bound } = models[model]
  const isBroken = (error: number): boolean => (bound === 'lower' ? error > roundingShare : bound === 'upper' && error < -roundingShare)
  return {
    points: errors.length,
    meanAbsolute: sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
    largest: sizes.length === 0 ? null : sizes.reduce((most, size) => Math.max(most, size), 0),
    broken: errors.filter(isBroken).length,
  }
}

function meanOf(interval: IntervalResult | undefined): number | null {
  return interval?.ok === true ? interval.mean : null
}

function perMetric<Value>(valueOf: (metric: PredictedMetric) => Value): PerMetric<Value> {
  return Object.fromEntries(predictedMetrics.map((metric) => [metric, valueOf(metric)])) as Record<PredictedMetric, Value>
}
