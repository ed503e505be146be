/** The k pages that follow by address; of those not wanted none is replaced by a later one. */

import type { Prefetcher } from './prefetcher.ts'

export function nextK({ k }: { readonly k: number }): Prefetcher {
  return { predict: (page, wanted) => Array.from({ length: k }, (_, i) => page + 1 + i).filter(wanted) }
}
