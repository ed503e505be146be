/**
 * One connection's line in front of a shaped link: frames that wait to be sent, and pieces of them that are on their way.
 * The link decides when each piece is sent; this file keeps the order, the pace that a send asked for, and the arrivals.
 */

import type { SendOptions } from './contract.ts'
import { type Flow, lengthOf, type Outlet } from './flow.ts'

/** What the link gives its flows. */
export interface FlowHost {
  /** Something changed: look at the flows again. */
  changed(): void
  /** From when a send that comes now may be served: now, or when the link fell idle if it did so just now. */
  arrivalNs(): number
  closed(flow: LinkFlow): void
}

interface Send {
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
  /** Bytes that the link is charged for each byte of the frame. */
  readonly charge: number
  readonly rate: number | null
  readonly arrivalNs: number
  /** Further delay of all its pieces. */
  readonly jitterNs: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  doneBytes: number
  /** Where its next byte lies. */
  part: number
  offset: number
  /** Beginning of its time at `rate`; null: not begun. */
  paceFromNs: number | null
}

/** The next piece of a flow. */
export interface Piece {
  /** Earliest moment at which it may begin. */
  readonly fromNs: number
  readonly bytes: number
  /** Bits that the link carries for it. */
  readonly bits: number
}

/** Pieces of a send with a rate take about this long at that rate (lab). */
const paceNs = 2e6
const leastPieceBytes = 1500
/** A send that fell behind its rate by no more than this, because it had to wait its turn, catches up (lab). */
const paceSlackNs = 5e6

export class LinkFlow implements Flow {
  readonly #host: FlowHost
  readonly #outlet: Outlet
  readonly #drawJitterNs: () => number
  readonly #queue: Send[] = []
  /** Served to the end, but the end of their serialisation is yet to come; in order. */
  readonly #leaving: Array<{ readonly atNs: number; readonly send: Send }> = []
  /** On their way; in order. */
  readonly #arriving: Array<{ readonly atNs: number; readonly parts: readonly Uint8Array[] }> = []
  readonly #whenDrained: Array<() => void> = []
  #held = 0
  #closed: Error | null = null
  #sentBytes = 0
  /** No piece begins before this: it was held, its outlet was full, or a packet was lost. */
  #notBeforeNs = 0
  /** Where the pace of the last send ended. */
  #pacedNs = 0
  #lastArrivalNs = 0
  #wasFull = false

  constructor(host: FlowHost, outlet: Outlet, drawJitterNs: () => number) {
    this.#host = host
    this.#outlet = outlet
    this.#drawJitterNs = drawJitterNs
  }

  get sentBytes(): number {
    return Math.round(this.#sentBytes)
  }

  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#leaving.length === 0 && this.#arriving.length === 0
  }

  get isHeld(): boolean {
    return this.#held > 0
  }

  /** Has it something that the link may serve? */
  checkReady(): boolean {
    if (this.#queue.length === 0 || this.#held > 0) return false
    if (!this.#outlet.isFull) return true
    this.#wasFull = true
    return false
  }

  /** Bits per second that it asks for. */
  get demand(): number {
    return this.#queue[0]?.rate ?? Infinity
  }

  send(parts: readonly Uint8Array[], { rate, extraBytes = 0 }: SendOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) return reject(this.#closed)
      const bytes = lengthOf(parts)
      if (bytes === 0) return resolve()
      const charge = (bytes + extraBytes) / bytes
      this.#queue.push({ parts, bytes, charge, rate: rate ?? null, arrivalNs: this.#host.arrivalNs(), jitterNs: this.#drawJitterNs(), resolve, reject, doneBytes: 0, part: 0, offset: 0, paceFromNs: null })
      this.#host.changed()
    })
  }

  hold(): void {
    this.#held++
    this.#host.changed()
  }

  release(): void {
    this.#held--
    this.#resumeFrom(this.#host.arrivalNs())
  }

  poke(): void {
    if (!this.#wasFull) return
    this.#wasFull = false
    this.#resumeFrom(this.#host.arrivalNs())
  }

  drained(): Promise<void> {
    return this.isIdle || this.#closed !== null ? Promise.resolve() : new Promise((resolve) => this.#whenDrained.push(resolve))
  }

  close(error: Error): void {
    if (this.#closed !== null) return
    this.#closed = error
    this.#arriving.length = 0
    for (const { send } of this.#leaving.splice(0)) send.reject(error)
    for (const { reject } of this.#queue.splice(0)) reject(error)
    for (const resolve of this.#whenDrained.splice(0)) resolve()
    this.#host.closed(this)
  }

  /** The next piece of at most so many bytes, on a link of `bandwidth`; only while ready. */
  next(mostBytes: number, bandwidth: number): Piece {
    const send = this.#queue[0]
    if (send === undefined) return { fromNs: Infinity, bytes: 0, bits: 0 }
    const leftBytes = send.bytes - send.doneBytes
    const waitNs = Math.max(send.arrivalNs, this.#notBeforeNs)
    if (send.rate === null) {
      const bytes = Math.min(leftBytes, mostBytes)
      return { fromNs: waitNs, bytes, bits: bytes * send.charge * 8 }
    }
    const paceBytes = Math.max(leastPieceBytes, (send.rate * paceNs) / 8e9 / send.charge)
    const bytes = Math.min(leftBytes, mostBytes, Math.floor(paceBytes))
    const bits = bytes * send.charge * 8
    send.paceFromNs ??= Math.max(this.#pacedNs, waitNs)
    const endNs = send.paceFromNs + ((send.doneBytes + bytes) * send.charge * 8e9) / send.rate
    return { fromNs: Math.max(waitNs, endNs - (bits * 1e9) / bandwidth), bytes, bits }
  }

  /** The link has served the piece that `next` told; its last bit leaves at `endNs` and is on its way for so long. */
  served({ bytes, bits }: Piece, endNs: number, latencyNs: number): void {
    const send = this.#queue[0]
    if (send === undefined) return
    this.#sentBytes += bits / 8
    this.#lastArrivalNs = Math.max(this.#lastArrivalNs, endNs + latencyNs + send.jitterNs)
    this.#arriving.push({ atNs: this.#lastArrivalNs, parts: take(send, bytes) })
    send.doneBytes += bytes
    this.#pacedNs = endNs
    if (send.rate !== null && send.paceFromNs !== null) {
      const idealNs = (send.doneBytes * send.charge * 8e9) / send.rate
      send.paceFromNs = Math.max(send.paceFromNs, endNs - idealNs - paceSlackNs)
      this.#pacedNs = send.paceFromNs + idealNs
    }
    if (send.doneBytes < send.bytes) return
    this.#queue.shift()
    this.#leaving.push({ atNs: Math.max(endNs, send.rate === null ? 0 : this.#pacedNs), send })
  }

  /** What follows waits until a lost packet was sent again. */
  stall(untilNs: number): void {
    this.#notBeforeNs = Math.max(this.#notBeforeNs, untilNs)
  }

  /** Hands on what is due. Returns when the last send that left did so, or -Infinity. */
  settle(nowNs: number): number {
    let leftNs = -Infinity
    if (this.#held === 0) this.#arrive(nowNs)
    for (let first = this.#leaving[0]; first !== undefined && first.atNs <= nowNs; first = this.#leaving[0]) {
      this.#leaving.shift()
      leftNs = first.atNs
      first.send.resolve()
    }
    if (this.isIdle) for (const resolve of this.#whenDrained.splice(0)) resolve()
    return leftNs
  }

  /** When something is due next, beside what the link has to serve. */
  dueNs(): number {
    const arrivalNs = this.#held > 0 ? Infinity : (this.#arriving[0]?.atNs ?? Infinity)
    return Math.min(arrivalNs, this.#leaving[0]?.atNs ?? Infinity)
  }

  #arrive(nowNs: number): void {
    let due = 0
    while (due < this.#arriving.length && (this.#arriving[due]?.atNs ?? Infinity) <= nowNs) due++
    if (due === 0) return
    const pieces = this.#arriving.splice(0, due)
    this.#outlet.write(pieces.length === 1 ? (pieces[0]?.parts ?? []) : pieces.flatMap(({ parts }) => parts))
  }

  #resumeFrom(ns: number): void {
    this.#notBeforeNs = Math.max(this.#notBeforeNs, ns)
    this.#host.changed()
  }
}

/** Views of the next bytes of a send. */
function take(send: Send, bytes: number): Uint8Array[] {
  const taken: Uint8Array[] = []
  let left = bytes
  while (left > 0) {
    const part = send.parts[send.part]
    if (part === undefined) break
    const some = Math.min(left, part.byteLength - send.offset)
    if (some > 0) taken.push(part.subarray(send.offset, send.offset + some))
    left -= some
    send.offset += some
    if (send.offset === part.byteLength) {
      send.part++
      send.offset = 0
    }
  }
  return taken
}
