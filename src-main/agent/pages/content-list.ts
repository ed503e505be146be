/** The contents of a batch in order, as few views: what lies side by side in one buffer becomes one. */

export class ContentList {
  readonly #views: Uint8Array[] = []
  #source: Uint8Array | null = null
  #start = 0
  #end = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** `length` bytes of `source` from `start`. */
  add(source: Uint8Array, start: number, length: number): void {
    if (length === 0) return
    this.#bytes += length
    if (source !== this.#source || start !== this.#end) {
      this.#flush()
      this.#source = source
      this.#start = start
    }
    this.#end = start + length
  }

  /** No more comes. */
  take(): readonly Uint8Array[] {
    this.#flush()
    this.#source = null
    return this.#views
  }

  #flush(): void {
    if (this.#source !== null) this.#views.push(this.#source.subarray(this.#start, this.#end))
  }
}
