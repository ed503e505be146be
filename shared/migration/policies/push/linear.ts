/** Push by address: whatever is asked for, or upwards from the page last asked for. */

import type { Bitmap } from '../../memory/bitmap.ts'
import { PagesLeft } from './pages-left.ts'
import type { PushOrder } from './push-order.ts'

/** From page 0 upwards; faults change nothing. */
export function linear(left: Bitmap): PushOrder {
  let from = 0
  return {
    faulted: () => undefined,
    next(batch, limit) {
      let count = 0
      for (let page = left.next(from); count < limit && page >= 0; page = left.next(from)) {
        batch[count++] = page
        from = page + 1
      }
      return count
    },
  }
}

/**
 * Upwards from the page last asked for and, at the end of memory, again from page 0, as QEMU's migration/ram.c does
 * [verified]. Before the first fault from page 0.
 */
export function forward(left: Bitmap): PushOrder {
  const pages = new PagesLeft(left)
  let from = 0
  const choose = (): number => {
    const above = pages.atOrAbove(from)
    const page = above >= 0 ? above : pages.atOrAbove(0)
    from = page + 1
    return page
  }
  return {
    faulted(page) {
      from = page + 1
    },
    next: (batch, limit) => pages.fill(batch, limit, choose),
  }
}
