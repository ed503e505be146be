/** The agent's end of the line to the guest's thread: starts it, sends orders, hands out answers, and ends it. */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { GuestState } from '#shared/wire/messages.ts'
import type { Answers, GuestNote, GuestOrder, GuestThreadData } from './guest-messages.ts'
import { controlWord, type SharedGuest } from './shared-guest.ts'

interface Asked {
  readonly resolve: (body: unknown) => void
  readonly reject: (error: GodwitError) => void
}

export class ThreadLink {
  readonly #shared: SharedGuest
  readonly #worker: Worker
  readonly #mail: MessagePort
  readonly #mailClosed: Promise<void>
  readonly #asked = new Map<number, Asked>()
  #lastId = 0
  #ended: GodwitError | null = null
  /** Told of a page that the guest waits for. */
  onFault: (page: number) => void = () => undefined

  /** Resolves once memory holds what it should. */
  static async open(data: Omit<GuestThreadData, 'mail'>, shared: SharedGuest): Promise<{ readonly link: ThreadLink; readonly state: GuestState }> {
    const { port1, port2 } = new MessageChannel()
    const url = new URL(import.meta.url.endsWith('.ts') ? './guest-thread.ts' : './guest-thread.js', import.meta.url)
    const worker = new Worker(url, { workerData: { ...data, mail: port2 } satisfies GuestThreadData, transferList: [port2] })
    const link = new ThreadLink(worker, port1, shared)
    // The thread says that it is ready as if it had been asked.
    const ready = new Promise<unknown>((resolve, reject) => void link.#asked.set(0, { resolve, reject }))
    try {
      return { link, state: (await ready) as GuestState }
    } catch (error) {
      await link.close()
      throw error
    }
  }

  private constructor(worker: Worker, mail: MessagePort, shared: SharedGuest) {
    this.#shared = shared
    this.#worker = worker
    this.#mail = mail
    this.#mailClosed = new Promise((resolve) => void mail.once('close', resolve))
    mail.on('message', (note: GuestNote) => this.#hear(note))
    worker.on('error', (error) => this.#end(failure(error)))
    worker.on('exit', () => this.#end(new GodwitError('agent.guest', 'the thread of the guest ended before its work did; run again')))
  }

  /** Throws if the thread has ended. */
  send(order: GuestOrder): void {
    if (this.#ended !== null) throw this.#ended
    this.#mail.postMessage(order)
    Atomics.add(this.#shared.control, controlWord.mail, 1)
    this.#shared.ring()
  }

  async ask<K extends keyof Answers>(kind: K): Promise<Answers[K]> {
    const id = ++this.#lastId
    const answer = new Promise<unknown>((resolve, reject) => void this.#asked.set(id, { resolve, reject }))
    try {
      this.send({ kind, id })
    } catch (error) {
      this.#asked.delete(id)
      throw error
    }
    return (await answer) as Answers[K]
  }

  async close(): Promise<void> {
    this.#end(new GodwitError('agent.closed', 'the guest was ended'))
    await this.#worker.terminate()
    this.#mail.close()
    await this.#mailClosed
  }

  #hear(note: GuestNote): void {
    if (note.kind === 'fault') {
      this.onFault(note.page)
      return
    }
    const id = note.kind === 'ready' ? 0 : note.id
    this.#asked.get(id)?.resolve(note.kind === 'ready' ? note.state : note.body)
    this.#asked.delete(id)
  }

  #end(error: GodwitError): void {
    this.#ended ??= error
    for (const { reject } of this.#asked.values()) reject(this.#ended)
    this.#asked.clear()
  }
}

function failure(error: unknown): GodwitError {
  return new GodwitError('agent.guest', `the thread of the guest failed: ${error instanceof Error ? error.message : String(error)}; run again`, { cause: error })
}
