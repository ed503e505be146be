/**
 * Reverse incremental checkpoints (lab): while a guest runs on the destination and the source is still needed, it is
 * stopped at an interval, the pages that it dirtied since the last time and its device state are copied to a buffer, and
 * the buffer is sent to the source over the other direction of the link, while the guest runs on. Only what arrived as a
 * whole counts. The next checkpoint begins when its time has come and the one before has arrived.
 */

import { Bitmap } from '../migration/memory/bitmap.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { TrackingCosts } from '../scenario/tracking-mechanisms.ts'
import type { Connection } from './connection.ts'
import type { DestinationGuest } from './guests/destination-guest.ts'
import type { SimGuest } from './guests/guest.ts'
import type { Kernel, Process, ProcessHandle } from './kernel/kernel.ts'
import type { Link } from './network/link.ts'
import { expectedLossNs } from './network/packet-loss.ts'

export interface ReverseCheckpointParts {
  readonly kernel: Kernel
  readonly guest: SimGuest
  readonly destination: DestinationGuest
  /** From the destination to the source. */
  readonly link: Link
  readonly connection: Connection
  readonly scenario: Scenario
  readonly costs: TrackingCosts
  readonly intervalNs: number
  /** Called when a checkpoint was taken and when it has arrived. */
  readonly onEvent: (event: string) => void
}

export class ReverseCheckpoints {
  readonly #parts: ReverseCheckpointParts
  readonly #handle: ProcessHandle<void>
  #completed = 0
  #sentBytes = 0
  #stoppedNs = 0
  #savedWorkNs: number

  /** The guest has just resumed; what the source kept of it is the first checkpoint. */
  constructor(parts: ReverseCheckpointParts) {
    this.#parts = parts
    this.#savedWorkNs = parts.guest.serviceNs
    parts.guest.startTracking()
    this.#handle = parts.kernel.spawn(this.#run())
  }

  /** Work that the guest had done at its last complete checkpoint, nanoseconds. */
  get savedWorkNs(): number {
    return this.#savedWorkNs
  }

  /** Checkpoints that arrived, bytes sent back, and how long the guest was stopped for it. */
  get summary(): { readonly checkpoints: number; readonly checkpointBytes: number; readonly checkpointStopMs: number } {
    return { checkpoints: this.#completed, checkpointBytes: this.#sentBytes, checkpointStopMs: this.#stoppedNs / 1e6 }
  }

  end(): void {
    this.#handle.stop()
  }

  *#run(): Process<void> {
    const { kernel, link, connection, scenario, intervalNs, onEvent } = this.#parts
    for (let dueNs = kernel.now + intervalNs; ; dueNs = Math.max(dueNs + intervalNs, kernel.now)) {
      if (dueNs > kernel.now) yield dueNs - kernel.now
      const { workNs, pages } = yield* this.#take()
      onEvent('checkpoint taken')
      const bytes = pages * (scenario.guest.pageSize + scenario.link.perPage) + scenario.guest.deviceState
      yield* link.carry(bytes, Infinity)
      this.#sentBytes += bytes
      yield expectedLossNs(bytes, scenario.link) + connection.delayNs('back')
      yield* link.ready()
      this.#completed++
      this.#savedWorkNs = workNs
      onEvent('checkpoint complete')
    }
  }

  /** Stops the guest, copies what it dirtied to the buffer, and lets it go on. */
  *#take(): Process<{ readonly workNs: number; readonly pages: number }> {
    const { kernel, guest, destination, scenario, costs } = this.#parts
    const { strategy, tracking } = scenario
    const stoppedNs = kernel.now
    guest.advance(stoppedNs)
    const workNs = guest.serviceNs
    guest.suspend()
    try {
      const pages = guest.clean(new Bitmap(guest.pages))
      const logNs = tracking.readCost + costs.scanPerPageNs * guest.pages + costs.cleanPerPageNs * pages
      const copied = pages * scenario.guest.pageSize + scenario.guest.deviceState
      yield logNs + (copied * 8e9) / strategy.checkpointCopyRate
      return { workNs, pages }
    } finally {
      guest.advance(kernel.now)
      guest.resume()
      destination.goOn()
      this.#stoppedNs += kernel.now - stoppedNs
    }
  }
}
