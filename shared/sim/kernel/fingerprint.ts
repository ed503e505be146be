/**
 * A digest of a sequence of events. Equal sequences give equal digests; a change in any number, or in their order, gives
 * another one with near certainty (64 bits, two lanes of FNV-1a with different offsets).
 */
export class Fingerprint {
  #a = 0x811c9dc5
  #b = 0x9747b28c

  /** Takes in a number: all bits of an integer below 2^53, a fraction to 2^-20. */
  add(value: number): void {
    const whole = Math.floor(value)
    this.#word(whole % 2 ** 32)
    this.#word(Math.floor(whole / 2 ** 32))
    if (whole !== value) this.#word((value - whole) * 2 ** 20)
  }

  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i))
  }

  /** Takes in the first `count` page numbers, in their order. */
  addPages(pages: Int32Array, count: number): void {
    let a = this.#a
    let b = this.#b
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      a = Math.imul(a ^ page, 0x01000193)
      b = Math.imul(b ^ page, 0x85ebca6b) ^ (b >>> 15)
    }
    this.#a = a
    this.#b = b
  }

  toString(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
    return hex(this.#a) + hex(this.#b)
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193)
    this.#b = Math.imul(this.#b ^ word, 0x85ebca6b) ^ (this.#b >>> 15)
  }
}
