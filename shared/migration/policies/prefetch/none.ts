/** Nothing travels along. */

import type { Prefetcher } from './prefetcher.ts'

export function none(): Prefetcher {
  return { predict: () => [] }
}
