/** A kernel as it looks to somebody for whom time begins later: the same entries, another zero of the clock. */

import { type Entry, Kernel, type Process, type ProcessHandle } from './kernel.ts'

export class LaterKernel extends Kernel {
  readonly #kernel: Kernel
  readonly #originNs: number

  /** Its time 0 is the present moment of `kernel`. Times of entries are those of `kernel`. */
  constructor(kernel: Kernel) {
    super()
    this.#kernel = kernel
    this.#originNs = kernel.now
  }

  override get now(): number {
    return this.#kernel.now - this.#originNs
  }

  override get executed(): number {
    return this.#kernel.executed
  }

  override schedule(delay: number, action: () => void, priority = 0): Entry {
    return this.#kernel.schedule(delay, action, priority)
  }

  override cancel(entry: Entry): void {
    this.#kernel.cancel(entry)
  }

  override spawn<T>(process: Process<T>): ProcessHandle<T> {
    return this.#kernel.spawn(process)
  }

  override run(until?: () => boolean, end = Infinity): void {
    this.#kernel.run(until, end + this.#originNs)
  }
}
