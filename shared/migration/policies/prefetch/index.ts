/** The prefetchers by the names that scenarios give them. */

import type { Scenario } from '../../../scenario/scenario.ts'
import { neighbours } from './neighbours.ts'
import { nextK } from './next-k.ts'
import { none } from './none.ts'
import { ppm, type PpmOptions } from './ppm.ts'
import type { Prefetcher } from './prefetcher.ts'
import { stride } from './stride.ts'

/** Each prefetcher reads its own of these. */
export interface PrefetchOptions extends PpmOptions {
  /** Pages around the one asked for. */
  readonly window: number
}

export type PrefetcherName = Scenario['strategy']['prefetch']

export const prefetchers: Readonly<Record<PrefetcherName, (options: PrefetchOptions) => Prefetcher>> = {
  none,
  'next-k': nextK,
  neighbours,
  stride,
  ppm,
}
