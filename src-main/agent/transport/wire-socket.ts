/**
 * A socket whose bytes go straight to where the receiver wants them: the operating system writes into `buffer()`, so page
 * contents land in the guest's memory without a copy. Over TLS, or where sockets cannot do that, bytes are pushed.
 * While there is no receiver nothing is read, and what came before waits.
 */

import { connect, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { TLSSocket } from 'node:tls'

export interface Receiver {
  /** Where the next bytes go. */
  buffer(): Uint8Array
  advance(count: number): void
  push(bytes: Uint8Array): void
}

/** Read ahead while there is no receiver, at most (lab). */
const earlyBytes = 4096

export class WireSocket {
  readonly socket: Socket
  /** What a receiver throws. */
  onFault: (error: unknown) => void = () => undefined
  /** Bytes came, whatever they are. */
  onBytes: () => void = () => undefined
  #receiver: Receiver | null = null
  /** The buffer that the operating system holds, and whose it is. */
  #lent: { readonly buffer: Uint8Array; readonly to: Receiver | null } = { buffer: new Uint8Array(earlyBytes), to: null }
  readonly #early: Uint8Array[] = []
  #isPaused = true

  private constructor(make: (onread: OnReadOpts) => Socket) {
    const onread: OnReadOpts = { buffer: () => this.#lend(), callback: (count) => this.#onCount(count) }
    this.socket = make(onread)
    // Errors are told by the event `close`, which every owner listens to; without a listener they would end the process.
    this.socket.on('error', () => undefined)
  }

  /** Takes over a socket from `createServer({ pauseOnConnect: true })`. */
  static accepted(socket: Socket): WireSocket {
    const handle = handleOf(socket)
    if (handle === null) return WireSocket.pushed(socket)
    detach(socket)
    return new WireSocket((onread) => new Socket({ onread, noDelay: true, handle, pauseOnCreate: true } as SocketConstructorOpts))
  }

  static connecting(host: string, port: number): WireSocket {
    return new WireSocket((onread) => connect({ host, port, onread, noDelay: true }))
  }

  /** TLS, and whatever has no handle of its own. */
  static pushed(socket: Socket | TLSSocket): WireSocket {
    const wire = new WireSocket(() => socket)
    socket.pause()
    socket.on('data', (bytes: Uint8Array) => void wire.#onData(bytes))
    socket.pause()
    return wire
  }

  /** Null: nothing is read until there is one again. */
  set receiver(receiver: Receiver | null) {
    this.#receiver = receiver
    while (this.#receiver !== null && this.#early.length > 0) {
      const bytes = this.#early.shift()
      if (bytes !== undefined) this.#give((to) => to.push(bytes))
    }
    this.#read()
  }

  /** Stops reading, whatever comes. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused
    this.#read()
  }

  /** The next bytes, exactly so many; rejects if they do not come before the socket closes. What follows them waits. */
  readExactly(count: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const bytes = new Uint8Array(count)
      let filled = 0
      const onClose = (): void => reject(this.socket.errored ?? new Error('the peer ended the connection'))
      const onEnd = (): void => reject(new Error('the peer ended the connection'))
      if (this.socket.destroyed) return onClose()
      const push = (some: Uint8Array): void => {
        const part = some.subarray(0, count - filled)
        bytes.set(part, filled)
        filled += part.byteLength
        if (part.byteLength < some.byteLength) this.#early.push(some.slice(part.byteLength))
        if (filled < count) return
        this.socket.off('close', onClose).off('end', onEnd)
        this.receiver = null
        resolve(bytes)
      }
      this.socket.once('close', onClose).once('end', onEnd)
      this.isPaused = false
      this.receiver = { push, buffer: () => bytes.subarray(filled), advance: (some) => push(bytes.subarray(filled, filled + some)) }
    })
  }

  /** Bytes that came and that nobody has received. */
  get hasEarlyBytes(): boolean {
    return this.#early.length > 0
  }

  #read(): void {
    const { socket } = this
    if (socket.destroyed) return
    if (this.#receiver === null || this.#isPaused) socket.pause()
    else socket.resume()
  }

  #lend(): Uint8Array {
    const receiver = this.#receiver
    const buffer = this.#give((to) => to.buffer())
    this.#lent = buffer === null || buffer.byteLength === 0 ? { buffer: new Uint8Array(earlyBytes), to: null } : { buffer, to: receiver }
    return this.#lent.buffer
  }

  #onCount(count: number): boolean {
    const { buffer, to } = this.#lent
    if (to === null || to !== this.#receiver) return this.#onData(buffer.slice(0, count))
    this.onBytes()
    this.#give((receiver) => receiver.advance(count))
    return this.#isReading
  }

  #onData(bytes: Uint8Array): boolean {
    this.onBytes()
    if (this.#receiver === null) this.#early.push(bytes)
    else this.#give((receiver) => receiver.push(bytes))
    return this.#isReading
  }

  get #isReading(): boolean {
    return this.#receiver !== null && !this.#isPaused
  }

  #give<T>(use: (receiver: Receiver) => T): T | null {
    if (this.#receiver === null) return null
    try {
      return use(this.#receiver)
    } catch (error) {
      this.#receiver = null
      this.onFault(error)
      return null
    }
  }
}

interface WithHandle {
  _handle?: object | null
}

/** The operating system's side of a socket, which Node hands on in no documented way. */
function handleOf(socket: Socket): object | null {
  return (socket as WithHandle)._handle ?? null
}

/** Leaves a socket without its handle, so that the server counts it as gone. */
function detach(socket: Socket): void {
  const bare = socket as WithHandle
  bare._handle = null
  socket.destroy()
}
