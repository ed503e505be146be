/**
 * Buffers for copies of pages and for coded bytes, which a batch hands to the connection and nobody writes again. A buffer
 * is filled from front to end, over several batches; it goes when the last batch that has a part of it was sent.
 */

/** Buffers are at least so large, so that there are few (lab). */
const bufferBytes = 256 * 1024

/** Copies of whole pages; the threads that compress read them where they lie. */
export class PageCopies {
  readonly pagesPerBuffer: number
  readonly #pageBytes: number
  #buffer: Uint8Array
  #used = 0

  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes
    this.pagesPerBuffer = Math.max(1, Math.floor(bufferBytes / pageBytes))
    this.#buffer = new Uint8Array(0)
  }

  /** A copy of this content; it lies at `page * pageBytes` of `buffer`. */
  copy(content: Uint8Array): { readonly buffer: Uint8Array; readonly page: number } {
    if ((this.#used + 1) * this.#pageBytes > this.#buffer.byteLength) {
      this.#buffer = new Uint8Array(new SharedArrayBuffer(this.pagesPerBuffer * this.#pageBytes))
      this.#used = 0
    }
    const page = this.#used++
    this.#buffer.set(content, page * this.#pageBytes)
    return { buffer: this.#buffer, page }
  }

  /** The copy made last is not needed. */
  drop(): void {
    this.#used--
  }
}

/** Coded bytes of any length up to a page. */
export class CodedBytes {
  readonly #pageBytes: number
  #buffer = new Uint8Array(0)
  #used = 0

  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes
  }

  /** The buffer in use, and from where on it is free, for a page at least. */
  room(): { readonly buffer: Uint8Array; readonly start: number } {
    if (this.#used + this.#pageBytes > this.#buffer.byteLength) {
      this.#buffer = new Uint8Array(Math.max(bufferBytes, this.#pageBytes))
      this.#used = 0
    }
    return { buffer: this.#buffer, start: this.#used }
  }

  /** So many bytes were written where `room` said. */
  advance(bytes: number): void {
    this.#used += bytes
  }
}
