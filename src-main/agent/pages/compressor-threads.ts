/** The threads that compress pages for one migration. */

import { Worker } from 'node:worker_threads'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { CompressedPages, CompressorAnswer, CompressorData, CompressorRequest, PageSources } from './compressor-messages.ts'

interface Waiting {
  readonly resolve: (answer: CompressorAnswer) => void
  readonly reject: (error: GodwitError) => void
}

interface Thread {
  readonly worker: Worker
  /** Pages that it was given and has not answered. */
  pages: number
  cpuUs: number
}

export class CompressorThreads {
  readonly #threads: readonly Thread[]
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #ended: GodwitError | null = null

  constructor(count: number, data: CompressorData) {
    if (!(data.memory.buffer instanceof SharedArrayBuffer)) throw new GodwitError('agent.fault', 'the guest\'s memory must be shared, or the threads that compress would read a copy of it')
    this.#threads = Array.from({ length: count }, () => ({ worker: this.#start(data), pages: 0, cpuUs: 0 }))
  }

  /** Processor time of all threads up to their last answers. */
  get cpuMs(): number {
    return this.#threads.reduce((sum, { cpuUs }) => sum + cpuUs, 0) / 1e3
  }

  /** Shares the pages among the threads. Answers come in the order of the pages. */
  compress({ where, ...copies }: PageSources): Promise<readonly CompressedPages[]> {
    const { length } = where
    const idlest = [...this.#threads].sort((a, b) => a.pages - b.pages).slice(0, length)
    const shares = idlest.map((thread, i) => {
      const share = where.slice(Math.floor((i * length) / idlest.length), Math.floor(((i + 1) * length) / idlest.length))
      return this.#ask(thread, { where: share, ...copies })
    })
    return Promise.all(shares)
  }

  async close(): Promise<void> {
    this.#end(new GodwitError('agent.closed', 'the migration is over: nothing more is compressed'))
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  async #ask(thread: Thread, sources: PageSources): Promise<CompressedPages> {
    if (this.#ended !== null) throw this.#ended
    const id = ++this.#lastId
    const answer = new Promise<CompressorAnswer>((resolve, reject) => void this.#waiting.set(id, { resolve, reject }))
    thread.pages += sources.where.length
    thread.worker.postMessage({ id, ...sources } satisfies CompressorRequest)
    const { cpuUs, ...pages } = await answer
    thread.pages -= sources.where.length
    thread.cpuUs = Math.max(thread.cpuUs, cpuUs)
    return pages
  }

  #start(workerData: CompressorData): Worker {
    const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './compressor-worker.ts' : './compressor-worker.js', import.meta.url), { workerData })
    worker.on('message', (answer: CompressorAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer)
      this.#waiting.delete(answer.id)
    })
    worker.on('error', (error) => this.#end(new GodwitError('agent.compressor', `a thread that compresses pages failed: ${error instanceof Error ? error.message : String(error)}; run again, or without compression`, { cause: error })))
    worker.on('exit', () => this.#end(new GodwitError('agent.compressor', 'a thread that compresses pages ended before its work did; run again, or without compression')))
    return worker
  }

  #end(error: GodwitError): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
