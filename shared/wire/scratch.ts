/** Bytes that came and are not used up yet, in one piece: heads, tables, and whatever is not read to its place at once. */

/** Enough for a connection on which little is said, and as much as is read at a time on others (lab). */
const firstBytes = 4 << 10
const usualBytes = 64 << 10

export class Scratch {
  /** Of `firstBytes`, and of `usualBytes` once more came at a time or was needed. */
  #usual = new Uint8Array(firstBytes)
  /** `#usual`, or a longer one while something longer is gathered. What is in use lies from `#from` to `#to`. */
  #bytes = this.#usual
  #from = 0
  #to = 0

  get length(): number {
    return this.#to - this.#from
  }

  /** Where the next bytes go; never empty after `has` was false or everything was taken. */
  room(): Uint8Array {
    if (this.#from === this.#to) this.clear()
    return this.#bytes.subarray(this.#to)
  }

  /** So many bytes were put at the start of `room()`. */
  added(count: number): void {
    this.#to += count
    if (this.#to === firstBytes && this.#bytes.length === firstBytes) this.#moveTo(this.#makeUsual())
  }

  /**
   * Are so many bytes there? If not, there is room for more of them. It grows with what has really come, to twice that and
   * never beyond `count`: a length that is only announced costs nothing.
   */
  has(count: number): boolean {
    if (this.length >= count) return true
    if (count <= usualBytes) {
      const usual = count > this.#usual.length ? this.#makeUsual() : this.#usual
      if (this.#bytes !== usual || this.#from + count > usual.length) this.#moveTo(usual)
    } else if (this.#to === this.#bytes.length) {
      this.#moveTo(this.length <= this.#bytes.length / 2 ? this.#bytes : new Uint8Array(Math.min(count, 2 * this.#bytes.length)))
    }
    return false
  }

  /** Takes so many of the bytes that are there. Valid until more are added. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#from, this.#from + count)
    this.#from += count
    return taken
  }

  takeNumbers(count: number): DataView {
    const view = new DataView(this.#bytes.buffer, this.#from, count)
    this.#from += count
    return view
  }

  clear(): void {
    this.#bytes = this.#usual
    this.#from = 0
    this.#to = 0
  }

  #makeUsual(): Uint8Array<ArrayBuffer> {
    this.#usual = new Uint8Array(usualBytes)
    return this.#usual
  }

  #moveTo(bytes: Uint8Array<ArrayBuffer>): void {
    const { length } = this
    if (bytes === this.#bytes) bytes.copyWithin(0, this.#from, this.#to)
    else bytes.set(this.#bytes.subarray(this.#from, this.#to))
    this.#bytes = bytes
    this.#from = 0
    this.#to = length
  }
}
