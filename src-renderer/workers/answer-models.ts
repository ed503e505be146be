/** The answer to one request for predictions; a fault is an answer too. */

import { predictScenario } from '#shared/models/comparison.ts'
import type { ModelsAnswer, ModelsRequest } from './models-protocol.ts'

export function answerModels({ scenario, seed, simulated }: ModelsRequest): ModelsAnswer {
  try {
    return { ok: true, predictions: predictScenario({ scenario, seed }, (metric) => simulated?.[metric] ?? null) }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
