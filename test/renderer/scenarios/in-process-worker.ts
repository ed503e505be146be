/** A worker without a thread: it simulates when it is told to go on, so that a test decides about the order of things. */

import { simulate } from '#shared/sim/simulate.ts'
import type { PreviewAnswer, PreviewRequest, PreviewWorker } from '../../../src-renderer/workers/preview-protocol.ts'

export class InProcessWorker implements PreviewWorker {
  readonly requests: PreviewRequest[] = []
  terminated = false
  #onMessage: Array<(event: { readonly data: PreviewAnswer }) => void> = []
  #onError: Array<(event: { readonly message: string }) => void> = []

  postMessage(request: PreviewRequest): void {
    this.requests.push(request)
  }

  terminate(): void {
    this.terminated = true
  }

  addEventListener(type: 'message' | 'error', listener: ((event: { readonly data: PreviewAnswer }) => void) & ((event: { readonly message: string }) => void)): void {
    if (type === 'message') this.#onMessage.push(listener)
    else this.#onError.push(listener)
  }

  /** Works on the newest request and answers. */
  answer(): void {
    const request = this.requests.at(-1)
    if (request === undefined) throw new Error('the worker was asked nothing')
    const data: PreviewAnswer = { id: request.id, ok: true, stats: simulate(request.scenario, request.seed), film: null }
    for (const listener of this.#onMessage) listener({ data })
  }

  break(message: string): void {
    for (const listener of this.#onError) listener({ message })
  }
}
