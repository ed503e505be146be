/**
 * The window's workers without threads, for pages that happy-dom holds: each does the work of the file it is started
 * with and answers as soon as the page lets it. Vitest loads this before the tests.
 */

import { simulate } from '#shared/sim/simulate.ts'
import { planAnswer } from '../../src-renderer/workers/plan-answer.ts'
import type { PlanAnswer, PlanRequest } from '../../src-renderer/workers/plan-protocol.ts'
import type { PreviewAnswer, PreviewRequest } from '../../src-renderer/workers/preview-protocol.ts'

type Answer = PlanAnswer | PreviewAnswer

export class WindowWorker extends EventTarget {
  readonly #file: string
  #ended = false

  constructor(file: URL | string) {
    super()
    this.#file = String(file)
  }

  postMessage(request: PlanRequest | PreviewRequest): void {
    queueMicrotask(() => {
      if (!this.#ended) this.dispatchEvent(new MessageEvent('message', { data: this.#answer(request) }))
    })
  }

  terminate(): void {
    this.#ended = true
  }

  #answer(request: PlanRequest | PreviewRequest): Answer {
    if ('text' in request && this.#file.includes('plan-worker')) return planAnswer(request)
    if ('scenario' in request && this.#file.includes('preview-worker')) return { id: request.id, ok: true, stats: simulate(request.scenario, request.seed), film: null }
    throw new Error(`${this.#file} was asked what it does not do`)
  }
}

if (typeof document !== 'undefined') Object.assign(globalThis, { Worker: WindowWorker })
