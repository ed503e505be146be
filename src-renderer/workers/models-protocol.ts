/** What the worker of the analytic models is asked and what it answers; one request a worker. */

import type { PointPredictions } from '#shared/models/comparison.ts'
import type { PredictedMetric } from '#shared/models/model.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

export interface ModelsRequest {
  readonly scenario: Scenario
  readonly seed: number
  /** What the run gave; null where it did not complete. */
  readonly simulated: Readonly<Record<PredictedMetric, number>> | null
}

export type ModelsAnswer =
  | { readonly ok: true; readonly predictions: PointPredictions['predictions'] }
  | { readonly ok: false; readonly message: string }

/** What is needed of a worker; a real one, or in tests one that answers when told. */
export interface ModelsWorker {
  postMessage(request: ModelsRequest): void
  terminate(): void
  addEventListener(type: 'message', listener: (event: { readonly data: ModelsAnswer }) => void): void
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void
}
