/**
 * Reverse incremental checkpoints (lab): at an interval the guest is stopped, the pages that it wrote since the last time
 * are copied aside, and copy and state are sent to the source while it runs on. The next one waits for the one before.
 */

import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { pageKinds } from '#shared/wire/frames.ts'
import { pagesHead, stateFrame } from '#shared/wire/frame-writer.ts'
import { nowNs, sleepUntil } from '../clock.ts'
import type { HostedGuest } from '../guest/contract.ts'
import type { AgentConnection } from '../transport/contract.ts'

interface CheckpointerParts {
  readonly guest: HostedGuest
  readonly scenario: Scenario
  /** To the source; null while there is none. */
  readonly connection: () => AgentConnection | null
}

/** Pages of a checkpoint in a frame. */
const framePages = 512

export class Checkpointer {
  readonly #parts: CheckpointerParts
  #ended = false
  #number = 0

  constructor(parts: CheckpointerParts) {
    this.#parts = parts
    void this.#run()
  }

  end(): void {
    this.#ended = true
  }

  async #run(): Promise<void> {
    const { strategy } = this.#parts.scenario
    for (let dueNs = nowNs() + strategy.checkpointInterval; ; dueNs = Math.max(dueNs + strategy.checkpointInterval, nowNs())) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, (dueNs - nowNs()) / 1e6)))
      if (this.#ended) return
      const connection = this.#parts.connection()
      if (connection === null) continue
      try {
        await this.#take(connection)
      } catch {
        // The connection is gone; whatever was on its way is no checkpoint.
      }
    }
  }

  async #take(connection: AgentConnection): Promise<void> {
    const { guest, scenario } = this.#parts
    const { pageBytes } = guest
    const stoppedNs = nowNs()
    await guest.stop()
    const written = new Bitmap(guest.pageCount)
    const pages = guest.takeDirty(written)
    const content = new Uint8Array(pages * pageBytes)
    const numbers = new Uint32Array(pages)
    let index = 0
    for (let page = written.next(0); page >= 0; page = written.next(page + 1)) {
      numbers[index] = page
      content.set(guest.memory.subarray(page * pageBytes, (page + 1) * pageBytes), index * pageBytes)
      index++
    }
    const state = guest.state()
    await sleepUntil(stoppedNs + (content.byteLength * 8e9) / scenario.strategy.checkpointCopyRate)
    if (this.#ended) return guest.start()
    guest.start()
    const stopMs = (nowNs() - stoppedNs) / 1e6

    for (let from = 0; from < pages; from += framePages) {
      const some = numbers.subarray(from, from + framePages)
      const table = { purpose: 'checkpoint', count: some.length, pages: some, kinds: new Uint8Array(some.length).fill(pageKinds.indexOf('plain')), lengths: new Uint32Array(some.length).fill(pageBytes) } as const
      await connection.frame([pagesHead(table), content.subarray(from * pageBytes, (from + some.length) * pageBytes)])
    }
    await connection.frame([stateFrame(state, scenario.guest.deviceState)])
    this.#number++
    await connection.message({ kind: 'checkpoint', number: this.#number, pages, stopMs })
  }
}
