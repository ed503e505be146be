/** The source's account of what the destination holds, kept apart from the strategy's so that one that forgets a page is found out. */

import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { HostedGuest } from '../guest/contract.ts'

export class PageAccount {
  readonly #guest: HostedGuest
  /** Pages whose content at the destination is missing or older than the last clean. */
  readonly stale: Bitmap
  /** Pages that were sent at least once. */
  readonly #sent: Bitmap

  constructor(guest: HostedGuest) {
    this.#guest = guest
    this.stale = Bitmap.full(guest.pageCount)
    this.#sent = new Bitmap(guest.pageCount)
  }

  /** `isCopy`: the guest is at the source, so that what is sent is up to date until it is written again. */
  noteSent(pages: Int32Array, count: number, isCopy: boolean): void {
    for (let i = 0; i < count; i++) {
      const page = pages[i] ?? 0
      this.#sent.add(page)
      if (isCopy) this.stale.remove(page)
    }
  }

  noteWritten(pages: Bitmap): void {
    this.stale.addAll(pages)
  }

  /** Has the destination a page in an old version? */
  isAnyOld(): boolean {
    for (let page = this.stale.next(0); page >= 0; page = this.stale.next(page + 1)) if (this.#sent.has(page)) return true
    return false
  }

  /** Pages of the stopped guest that the destination lacks now that it should have them all. */
  countForgotten(): number {
    const written = new Bitmap(this.#guest.pageCount)
    this.#guest.takeDirty(written)
    this.stale.addAll(written)
    let forgotten = 0
    for (let page = this.stale.next(0); page >= 0; page = this.stale.next(page + 1)) if (!this.#guest.isReleased(page)) forgotten++
    return forgotten
  }

  /** Pages that were never sent because the guest had given them back. */
  countReleased(): number {
    if (this.#guest.releasedPages === 0) return 0
    let count = 0
    for (let page = 0; page < this.#guest.pageCount; page++) if (this.#guest.isReleased(page) && !this.#sent.has(page)) count++
    return count
  }
}
