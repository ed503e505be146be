/** Counts what becomes of the accesses on the destination: faults, their latencies, and pages that were there in time. */

import { Bitmap } from '../../migration/memory/bitmap.ts'
import type { FaultRecord, MigrationStats } from '../../model/migration-stats.ts'

/** Faults kept one by one; from twice as many on, every second one is dropped. */
const keptFaults = 2000
/** Buckets of the histogram for each factor of ten, from a microsecond on. */
const bucketsPerDecade = 20
const decades = 9

export type FaultSummary = Pick<
  MigrationStats,
  'majorFaults' | 'minorFaults' | 'faultMeanMs' | 'faultP50Ms' | 'faultP95Ms' | 'faultP99Ms' | 'faultMaxMs' | 'predictedPages' | 'usedPredictions'
>

export class FaultLog {
  /** Pages that came after the guest had resumed and were not accessed yet. */
  readonly #fresh: Bitmap
  readonly #predicted: Bitmap
  readonly #buckets = new Uint32Array(bucketsPerDecade * decades)
  #kept: Array<{ readonly atNs: number; readonly page: number; readonly latencyNs: number }> = []
  #keepEvery = 1
  #served = 0
  #sumNs = 0
  #maxNs = 0
  #major = 0
  #minor = 0
  #predictedPages = 0
  #usedPredictions = 0

  constructor(pageCount: number) {
    this.#fresh = new Bitmap(pageCount)
    this.#predicted = new Bitmap(pageCount)
  }

  faulted(): void {
    this.#major++
  }

  /** A page came that nobody had asked for. */
  pushed(page: number, predicted: boolean): void {
    this.#fresh.add(page)
    if (!predicted) return
    this.#predicted.add(page)
    this.#predictedPages++
  }

  /** A page that is there is accessed. True if that is its first access since it came. */
  accessed(page: number): boolean {
    if (!this.#fresh.has(page)) return false
    this.#fresh.remove(page)
    this.#minor++
    if (this.#predicted.has(page)) this.#usedPredictions++
    return true
  }

  served(page: number, sinceNs: number, nowNs: number): void {
    const latencyNs = nowNs - sinceNs
    this.#sumNs += latencyNs
    this.#maxNs = Math.max(this.#maxNs, latencyNs)
    const bucket = bucketOf(latencyNs)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    if (this.#served++ % this.#keepEvery !== 0) return
    this.#kept.push({ atNs: sinceNs, page, latencyNs })
    if (this.#kept.length < 2 * keptFaults) return
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0)
    this.#keepEvery *= 2
  }

  get counts(): { readonly majorFaults: number; readonly minorFaults: number } {
    return { majorFaults: this.#major, minorFaults: this.#minor }
  }

  summary(): FaultSummary {
    return {
      ...this.counts,
      faultMeanMs: this.#served === 0 ? 0 : this.#sumNs / this.#served / 1e6,
      faultP50Ms: this.#percentileMs(0.5),
      faultP95Ms: this.#percentileMs(0.95),
      faultP99Ms: this.#percentileMs(0.99),
      faultMaxMs: this.#maxNs / 1e6,
      predictedPages: this.#predictedPages,
      usedPredictions: this.#usedPredictions,
    }
  }

  /** Undefined if there were no faults. */
  record(): FaultRecord | undefined {
    if (this.#served === 0) return undefined
    const used = [...this.#buckets.keys()].filter((bucket) => (this.#buckets[bucket] ?? 0) > 0)
    const first = used[0] ?? 0
    const shown = Array.from({ length: (used.at(-1) ?? 0) - first + 1 }, (_, i) => first + i)
    return {
      timeMs: this.#kept.map(({ atNs }) => atNs / 1e6),
      page: this.#kept.map(({ page }) => page),
      latencyMs: this.#kept.map(({ latencyNs }) => latencyNs / 1e6),
      histogram: { upperMs: shown.map(upperMs), faults: shown.map((bucket) => this.#buckets[bucket] ?? 0) },
    }
  }

  /** Upper border of the bucket in which this share of the faults is reached; within 12 % of the exact value. */
  #percentileMs(share: number): number {
    let left = share * this.#served
    for (const [bucket, faults] of this.#buckets.entries()) {
      left -= faults
      if (faults > 0 && left <= 0) return Math.min(upperMs(bucket), this.#maxNs / 1e6)
    }
    return 0
  }
}

function bucketOf(latencyNs: number): number {
  const bucket = Math.ceil(Math.log10(Math.max(1, latencyNs / 1000)) * bucketsPerDecade)
  return Math.min(bucket, bucketsPerDecade * decades - 1)
}

const upperMs = (bucket: number): number => 10 ** (bucket / bucketsPerDecade - 3)
