/**
 * In which order the source pushes pages while the guest runs on the destination. An order sees which pages are left and
 * which ones the destination asked for; it reads no clock and draws no random number.
 */

import type { Bitmap } from '../../memory/bitmap.ts'

export interface PushOrder {
  /** The destination asked for this page; it is sent by itself, at once. */
  faulted(page: number): void
  /** Writes up to `limit` different pages of `left` to `batch`, next first, and returns how many; 0 only if none is left. */
  next(batch: Int32Array, limit: number): number
}

/** Makes an order over the pages that are left to send. The strategy removes a page from `left` as soon as it is chosen. */
export type MakePushOrder<Options> = (left: Bitmap, options: Options) => PushOrder
