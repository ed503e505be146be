/**
 * Calls back at a moment of the host's clock, usually within a tenth of a millisecond. Timers are exact to a millisecond
 * only; what is left after them is waited for in short naps between turns of the event loop, so that sockets are served
 * meanwhile and the processor is not kept busy.
 */

import { nowNs } from '../clock.ts'

/** Timers may come this much late. */
const timerSlackNs = 1.5e6
const napNs = 100_000
/** Going to sleep and waking up takes longer than this. */
const shortestNapNs = 20_000

export class Waker {
  readonly #onWake: (nowNs: number) => void
  readonly #nap = new Int32Array(new SharedArrayBuffer(4))
  #atNs = Infinity
  #timer: NodeJS.Timeout | null = null
  /** A turn is due: in it the moment is looked at again. */
  #isTurning = false

  constructor(onWake: (nowNs: number) => void) {
    this.#onWake = onWake
  }

  /** Replaces the moment asked for before; Infinity: none. */
  at(ns: number): void {
    this.#atNs = ns
    if (this.#isTurning) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (ns !== Infinity) this.#arm(ns - nowNs())
  }

  #arm(leftNs: number): void {
    const timerMs = Math.floor((leftNs - timerSlackNs) / 1e6)
    if (timerMs >= 1) {
      this.#timer = setTimeout(() => {
        this.#timer = null
        this.#look(nowNs())
      }, timerMs)
      return
    }
    this.#isTurning = true
    setImmediate(() => {
      this.#isTurning = false
      this.#turn()
    })
  }

  #turn(): void {
    const leftNs = this.#atNs - nowNs()
    if (leftNs > shortestNapNs && leftNs < timerSlackNs + 1e6) Atomics.wait(this.#nap, 0, 0, Math.min(leftNs, napNs) / 1e6)
    this.#look(nowNs())
  }

  #look(now: number): void {
    if (this.#atNs === Infinity) return
    if (now < this.#atNs) return this.#arm(this.#atNs - now)
    this.#atNs = Infinity
    this.#onWake(now)
  }
}
