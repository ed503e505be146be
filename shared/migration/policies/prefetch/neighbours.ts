/**
 * The prepull window of three-stage memory copy (Song et al. 2014): the pages nearest to the one asked for, on both sides.
 * That the page above goes first, and that pages not wanted are not replaced by farther ones, is ours [lab].
 */

import type { Prefetcher } from './prefetcher.ts'

/** `window`: pages around the one asked for. */
export function neighbours({ window }: { readonly window: number }): Prefetcher {
  const distances = Array.from({ length: window }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : -(i + 1) / 2))
  return { predict: (page, wanted) => distances.map((distance) => page + distance).filter(wanted) }
}
