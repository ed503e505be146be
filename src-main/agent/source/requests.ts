/** Pages that the destination asked for, and those who wait for such a request. */

import type { Step } from '#shared/migration/world.ts'
import { sleep } from '../clock.ts'

export class Requests {
  #pages: number[] = []
  #waiting: Array<() => void> = []
  #count = 0

  /** All requests so far. */
  get count(): number {
    return this.#count
  }

  add(page: number): void {
    this.#pages.push(page)
    this.#count++
    this.wake()
  }

  take(): readonly number[] {
    const pages = this.#pages
    this.#pages = []
    return pages
  }

  /** Those that were not answered are asked again over the next connection. */
  clear(): void {
    this.#pages = []
  }

  *await(limitNs: number | null): Step<void> {
    if (this.#pages.length === 0) yield* this.awaitNext(limitNs)
  }

  *awaitNext(limitNs: number | null): Step<void> {
    const asked = new Promise<void>((resolve) => void this.#waiting.push(resolve))
    yield limitNs === null ? asked : Promise.race([asked, sleep(limitNs)])
  }

  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}
