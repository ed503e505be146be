/**
 * The discrete-event kernel. Time is integer nanoseconds. Entries are ordered by (time, priority, serial), so equal
 * times run by priority and then first in, first out; a cancelled entry is marked and passed over when its turn comes.
 *
 * A process is a generator. It yields how many nanoseconds it wants to wait, or a signal to wait for; whoever holds its
 * handle may interrupt it, which throws into it at the place where it waits.
 */

export type Wait = number | Signal
export type Process<T> = Generator<Wait, T, void>

export interface Entry {
  readonly time: number
  readonly priority: number
  readonly serial: number
  readonly action: () => void
  cancelled: boolean
}

/** Something that processes can wait for; firing it resumes all of them at the present time. */
export class Signal {
  readonly #kernel: Kernel
  #waiting: Array<() => void> = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  fire(): void {
    const resumed = this.#waiting
    this.#waiting = []
    for (const resume of resumed) this.#kernel.schedule(0, resume)
  }

  /** Calls `resume` once, at the next firing. */
  wait(resume: () => void): void {
    this.#waiting.push(resume)
  }
}

/** A running process. */
export class ProcessHandle<T> {
  readonly #kernel: Kernel
  readonly #process: Process<T>
  /** Raised at each step, so that a wake-up meant for an earlier wait is ignored. */
  #step = 0
  #result: { readonly value: T } | null = null

  constructor(kernel: Kernel, process: Process<T>) {
    this.#kernel = kernel
    this.#process = process
    kernel.schedule(0, this.#wakeUp())
  }

  /** The return value, once the process has ended. */
  get result(): { readonly value: T } | null {
    return this.#result
  }

  /** Throws `reason` into the process where it waits. Does nothing once it has ended. */
  interrupt(reason: Error): void {
    // What has not begun could not catch it.
    if (this.#step === 0) this.#advance(() => this.#process.next())
    if (this.#result === null) this.#advance(() => this.#process.throw(reason))
  }

  /** Ends the process where it waits; what it holds is given back by its own `finally`. */
  stop(): void {
    if (this.#result !== null) return
    this.#step++
    this.#process.return(undefined as never)
  }

  #wakeUp(): () => void {
    const step = this.#step
    return () => {
      if (step === this.#step) this.#advance(() => this.#process.next())
    }
  }

  #advance(resume: () => IteratorResult<Wait, T>): void {
    this.#step++
    const outcome = resume()
    if (outcome.done === true) this.#result = { value: outcome.value }
    else if (typeof outcome.value === 'number') this.#kernel.schedule(outcome.value, this.#wakeUp())
    else outcome.value.wait(this.#wakeUp())
  }
}

export class Kernel {
  /** Never goes back. */
  #now = 0
  #serial = 0
  #executed = 0
  readonly #heap: Entry[] = []

  get now(): number {
    return this.#now
  }

  /** Entries executed so far. */
  get executed(): number {
    return this.#executed
  }

  /** Runs `action` after `delay` nanoseconds; a fraction is rounded up. Lower priorities run first. */
  schedule(delay: number, action: () => void, priority = 0): Entry {
    if (!(delay >= 0)) throw new RangeError(`a delay must not be negative, and ${delay} ns is`)
    const entry: Entry = { time: this.#now + Math.ceil(delay), priority, serial: this.#serial++, action, cancelled: false }
    this.#push(entry)
    return entry
  }

  cancel(entry: Entry): void {
    entry.cancelled = true
  }

  spawn<T>(process: Process<T>): ProcessHandle<T> {
    return new ProcessHandle(this, process)
  }

  /** Executes entries until none is left, `until` says so, or the clock would pass `end`. */
  run(until: () => boolean = () => false, end = Infinity): void {
    while (!until()) {
      const entry = this.#pop()
      if (entry === undefined) return
      if (entry.cancelled) continue
      if (entry.time > end) {
        this.#push(entry)
        this.#now = end
        return
      }
      this.#now = entry.time
      this.#executed++
      entry.action()
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = heap[parentIndex]
      if (parent === undefined || !precedes(entry, parent)) break
      heap[index] = parent
      index = parentIndex
    }
    heap[index] = entry
  }

  #pop(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      let child = heap[left]
      if (child === undefined) break
      let childIndex = left
      const right = heap[left + 1]
      if (right !== undefined && precedes(right, child)) {
        child = right
        childIndex = left + 1
      }
      if (!precedes(child, last)) break
      heap[index] = child
      index = childIndex
    }
    heap[index] = last
    return first
  }
}

function precedes(a: Entry, b: Entry): boolean {
  if (a.time !== b.time) return a.time < b.time
  if (a.priority !== b.priority) return a.priority < b.priority
  return a.serial < b.serial
}
