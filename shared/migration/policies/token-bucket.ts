/**
 * A rate limit with a bounded burst, as in Xen's ratewrite (2005, verified: slots of 100 KiB). The bucket may go into
 * debt; the debt says how long the bytes just taken must be stretched.
 */
export class TokenBucket {
  readonly burstBytes: number
  #bitsPerSecond: number | null = null
  /** Bytes that may pass at once; never above `burstBytes`, negative while in debt. */
  #tokens: number
  #updatedNs = 0

  constructor(burstBytes: number) {
    this.burstBytes = burstBytes
    this.#tokens = burstBytes
  }

  setRate(bitsPerSecond: number | null, nowNs: number): void {
    this.#refill(nowNs)
    this.#bitsPerSecond = bitsPerSecond
  }

  /** Takes `bytes` at time `nowNs`; returns after how many nanoseconds the last of them may have left. */
  take(bytes: number, nowNs: number): number {
    this.#refill(nowNs)
    if (this.#bitsPerSecond === null) return 0
    this.#tokens -= bytes
    return this.#tokens >= 0 ? 0 : (-this.#tokens * 8e9) / this.#bitsPerSecond
  }

  #refill(nowNs: number): void {
    const earned = this.#bitsPerSecond === null ? this.burstBytes : ((nowNs - this.#updatedNs) * this.#bitsPerSecond) / 8e9
    this.#tokens = Math.min(this.burstBytes, this.#tokens + earned)
    this.#updatedNs = nowNs
  }
}
