/** The memory that is free on the destination. Guests that come at the same time share it. */

export class DestinationRoom {
  /** Bytes; null: there is always room. */
  #freeBytes: number | null

  constructor(freeBytes: number | null) {
    this.#freeBytes = freeBytes
  }

  /** Bytes that are free now; null: there is always room. */
  get freeBytes(): number | null {
    return this.#freeBytes
  }

  /** Keeps room for a guest; false if there is not enough. */
  take(bytes: number): boolean {
    if (this.#freeBytes === null) return true
    if (bytes > this.#freeBytes) return false
    this.#freeBytes -= bytes
    return true
  }

  /** A guest for which room was kept does not come. */
  giveBack(bytes: number): void {
    if (this.#freeBytes !== null) this.#freeBytes += bytes
  }
}
