/**
 * The guest on the destination while its memory is brought: it runs until a thread accesses a page that is missing; the
 * thread then waits until the page is there.
 *
 * Accesses come from one sequence in guest time, and whichever thread runs makes the next one. Without asynchronous page
 * faults a fault stops the virtual processor that the thread runs on; with them the processor takes another thread.
 */

import type { Bitmap } from '../../migration/memory/bitmap.ts'
import type { TrapCosts } from '../../scenario/tracking-mechanisms.ts'
import type { Entry, Kernel } from '../kernel/kernel.ts'
import type { AccessCursor } from '../memory/access-source.ts'
import type { FaultLog } from './fault-log.ts'
import type { SimGuest } from './guest.ts'

export interface DestinationGuestParts {
  readonly kernel: Kernel
  readonly guest: SimGuest
  readonly accesses: AccessCursor
  /** Pages that are not there; the world removes a page before it calls `arrived`. */
  readonly missing: Bitmap
  readonly vcpus: number
  /** Threads that can run; those that wait for a page are taken from them. */
  readonly threads: number
  readonly asyncFaults: boolean
  readonly costs: TrapCosts
  /** Asks the source for a page. */
  readonly request: (page: number) => void
  readonly log: FaultLog
}

interface Pending {
  readonly sinceNs: number
  waiting: number
}

/** Pages that are there are passed over this far ahead, guest time, so that their cost falls about where they are accessed. */
const lookAheadNs = 5e6

export class DestinationGuest {
  readonly #parts: DestinationGuestParts
  readonly #pending = new Map<number, Pending>()
  /** Threads, or processors, that can be blocked, and how many are. */
  readonly #contexts: number
  #blocked = 0
  #planned: Entry | null = null
  #ended = false

  constructor(parts: DestinationGuestParts) {
    this.#parts = parts
    this.#contexts = parts.asyncFaults ? Math.max(parts.vcpus, parts.threads) : parts.vcpus
    this.#plan()
  }

  /** Pages for which a thread waits now. */
  get pendingPages(): Iterable<number> {
    return this.#pending.keys()
  }

  /** The page is there; threads that wait for it go on once it is placed. */
  arrived(page: number): void {
    const pending = this.#pending.get(page)
    if (pending === undefined) return
    this.#pending.delete(page)
    const { kernel, costs, log } = this.#parts
    kernel.schedule(costs.placeNs, () => {
      log.served(page, pending.sinceNs, kernel.now)
      if (this.#ended) return
      this.#advance()
      this.#setBlocked(this.#blocked - pending.waiting)
      this.#plan()
    })
  }

  /** The guest was stopped for a moment and runs again. */
  goOn(): void {
    this.#advance()
    this.#plan()
  }

  /** The guest stops: it is lost, or everything is there. */
  end(): void {
    this.#ended = true
    if (this.#planned !== null) this.#parts.kernel.cancel(this.#planned)
    this.#planned = null
    this.#setBlocked(0)
  }

  #advance(): void {
    this.#parts.guest.advance(this.#parts.kernel.now)
  }

  #setBlocked(blocked: number): void {
    this.#blocked = blocked
    const { vcpus } = this.#parts
    this.#parts.guest.setCapacity(Math.min(vcpus, this.#contexts - blocked) / Math.min(vcpus, this.#contexts))
  }

  /** Plans the next moment at which something may be accessed that is missing. The guest stands at the present. */
  #plan(): void {
    const { kernel, guest, accesses, missing } = this.#parts
    if (this.#planned !== null) kernel.cancel(this.#planned)
    this.#planned = null
    if (this.#ended || this.#blocked >= this.#contexts) return
    const horizonNs = guest.workNs + lookAheadNs
    while (accesses.page >= 0 && accesses.guestNs <= horizonNs && !missing.has(accesses.page)) this.#pass()
    if (accesses.page < 0) return
    const delayNs = guest.clockNsUntil(Math.min(accesses.guestNs, horizonNs))
    if (delayNs === Infinity) return
    this.#planned = kernel.schedule(Math.max(1, delayNs), () => {
      this.#planned = null
      this.#advance()
      while (accesses.page >= 0 && accesses.guestNs <= guest.workNs + 1 && this.#blocked < this.#contexts) {
        if (missing.has(accesses.page)) this.#fault(accesses.page)
        else this.#pass()
      }
      this.#plan()
    })
  }

  /** An access that finds its page there. */
  #pass(): void {
    const { accesses, costs, guest, log } = this.#parts
    if (log.accessed(accesses.page)) guest.lose(costs.minorNs)
    accesses.advance()
  }

  #fault(page: number): void {
    const { kernel, accesses, costs, request, log } = this.#parts
    accesses.advance()
    this.#setBlocked(this.#blocked + 1)
    const pending = this.#pending.get(page)
    if (pending !== undefined) {
      pending.waiting++
      return
    }
    this.#pending.set(page, { sinceNs: kernel.now, waiting: 1 })
    log.faulted()
    kernel.schedule(costs.majorNs, () => request(page))
  }
}
