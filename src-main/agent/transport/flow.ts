/** What a connection has to send, in order: at the pace of a link (`LinkFlow`), or as the socket takes it (`DirectFlow`). */

import type { SendOptions } from './contract.ts'

/** The way out of a flow: a socket. */
export interface Outlet {
  /** `done` when the operating system has taken the last byte. */
  write(parts: readonly Uint8Array[], done?: () => void): void
  /** More waits to be taken than is good; `Flow.poke` will follow. */
  readonly isFull: boolean
}

export interface Flow {
  /** Resolves when the last byte has left; rejects when the flow is closed. */
  send(parts: readonly Uint8Array[], options: SendOptions): Promise<void>
  /** Bytes that left so far, with what was charged beside them. */
  readonly sentBytes: number
  /** Nothing waits to be sent or is on its way. */
  readonly isIdle: boolean
  /** Nothing leaves until as many calls of `release`. */
  hold(): void
  release(): void
  /** The outlet is no longer full. */
  poke(): void
  /** Resolves when everything has been handed to the socket, or will never be. */
  drained(): Promise<void>
  close(error: Error): void
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  let bytes = 0
  for (const part of parts) bytes += part.byteLength
  return bytes
}

/** Without a link: each frame goes to the socket as soon as there is room. */
export class DirectFlow implements Flow {
  readonly #outlet: Outlet
  readonly #queue: Array<{ readonly parts: readonly Uint8Array[]; readonly bytes: number; readonly resolve: () => void; readonly reject: (error: Error) => void }> = []
  readonly #unwritten = new Set<(error: Error) => void>()
  readonly #whenDrained: Array<() => void> = []
  #held = 0
  #closed: Error | null = null
  #sentBytes = 0

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#unwritten.size === 0
  }

  send(parts: readonly Uint8Array[], { extraBytes = 0 }: SendOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) return reject(this.#closed)
      this.#queue.push({ parts, bytes: lengthOf(parts) + extraBytes, resolve, reject })
      this.poke()
    })
  }

  hold(): void {
    this.#held++
  }

  release(): void {
    this.#held--
    this.poke()
  }

  poke(): void {
    while (this.#held === 0 && !this.#outlet.isFull) {
      const frame = this.#queue.shift()
      if (frame === undefined) break
      this.#unwritten.add(frame.reject)
      this.#sentBytes += frame.bytes
      this.#outlet.write(frame.parts, () => {
        this.#unwritten.delete(frame.reject)
        frame.resolve()
        if (this.isIdle) for (const resolve of this.#whenDrained.splice(0)) resolve()
      })
    }
  }

  drained(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.#whenDrained.push(resolve))
  }

  close(error: Error): void {
    if (this.#closed !== null) return
    this.#closed = error
    for (const { reject } of this.#queue.splice(0)) reject(error)
    for (const reject of this.#unwritten) reject(error)
    this.#unwritten.clear()
    for (const resolve of this.#whenDrained.splice(0)) resolve()
  }
}
