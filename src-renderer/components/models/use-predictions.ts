/** What the analytic models say of one run, asked for when it is wanted. */

import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { PointPredictions } from '#shared/models/comparison.ts'
import type { ModelsRequest, ModelsWorker } from '../../workers/models-protocol.ts'

export type Predictions =
  | { readonly state: 'unasked' }
  | { readonly state: 'working' }
  | { readonly state: 'ready'; readonly predictions: PointPredictions['predictions'] }
  | { readonly state: 'error'; readonly problem: string }

export function usePredictions(startWorker: () => ModelsWorker): {
  readonly found: ShallowRef<Predictions>
  readonly ask: (request: ModelsRequest) => void
  readonly forget: () => void
} {
  const found = shallowRef<Predictions>({ state: 'unasked' })
  let worker: ModelsWorker | null = null
  const end = (): void => {
    worker?.terminate()
    worker = null
  }
  onScopeDispose(end)

  function ask(request: ModelsRequest): void {
    end()
    const asked = startWorker()
    worker = asked
    found.value = { state: 'working' }
    const settle = (result: Predictions): void => {
      if (worker !== asked) return
      found.value = result
      end()
    }
    asked.addEventListener('message', ({ data }) => settle(data.ok ? { state: 'ready', predictions: data.predictions } : { state: 'error', problem: data.message }))
    asked.addEventListener('error', ({ message }) => settle({ state: 'error', problem: message }))
    asked.postMessage(request)
  }

  function forget(): void {
    end()
    found.value = { state: 'unasked' }
  }

  return { found, ask, forget }
}
