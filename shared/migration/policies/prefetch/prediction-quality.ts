/** How well a prefetcher foretells a recorded sequence of page accesses, apart from any migration. */

import { Bitmap } from '../../memory/bitmap.ts'
import type { Prefetcher } from './prefetcher.ts'

export interface PredictionQuality {
  /** Different pages of the trace. */
  readonly firstAccesses: number
  /** First accesses that did not find their page predicted. */
  readonly faults: number
  readonly predicted: number
  /** Share of the predicted pages that were accessed later, 0 to 1; null if none was predicted. */
  readonly accuracy: number | null
  /** Share of the first accesses that found their page predicted, 0 to 1; null for an empty trace. */
  readonly coverage: number | null
  /** The same, counting only pages that were among the next `horizon` first accesses after their prediction. */
  readonly soonCoverage: number | null
}

/** First accesses within which a prediction came true soon, unless told otherwise [lab]. */
const usualHorizon = 64

/**
 * Plays a trace of page numbers, each from 0 to below `pageCount`, as post-copy without push and without delay would: a
 * page is missing until it was accessed or predicted, and the prefetcher, which must be new, sees the accesses to missing
 * pages. Where every page is accessed in the end, any prefetcher that always finds pages has coverage; that its pages are
 * wanted soon is what tells foresight. Throws a RangeError for a page outside the guest, or one predicted that was not wanted.
 */
export function predictionQuality(trace: Iterable<number>, prefetcher: Prefetcher, pageCount: number, horizon = usualHorizon): PredictionQuality {
  const missing = Bitmap.full(pageCount)
  const unused = new Bitmap(pageCount)
  const wanted = (page: number): boolean => page >= 0 && page < pageCount && missing.has(page)
  let faults = 0
  let predicted = 0
  let used = 0
  let usedSoon = 0
  /** First accesses made when the page was predicted. */
  const predictedAt = new Uint32Array(pageCount)
  for (const page of trace) {
    if (!Number.isInteger(page) || page < 0 || page >= pageCount) throw new RangeError(`page ${page} of the trace lies outside a guest of ${pageCount} pages`)
    if (unused.has(page)) {
      unused.remove(page)
      used++
      if (faults + used - (predictedAt[page] ?? 0) <= horizon) usedSoon++
    }
    if (!missing.has(page)) continue
    missing.remove(page)
    faults++
    for (const foretold of prefetcher.predict(page, wanted)) {
      if (!wanted(foretold)) throw new RangeError(`page ${foretold} was predicted, but not wanted`)
      missing.remove(foretold)
      unused.add(foretold)
      predictedAt[foretold] = faults + used
      predicted++
    }
  }
  const firstAccesses = faults + used
  return {
    firstAccesses,
    faults,
    predicted,
    accuracy: predicted === 0 ? null : used / predicted,
    coverage: firstAccesses === 0 ? null : used / firstAccesses,
    soonCoverage: firstAccesses === 0 ? null : usedSoon / firstAccesses,
  }
}
