/**
 * Which pages travel along with a page that the destination asked for. A prefetcher sees the sequence of faults only; it
 * reads no clock and draws no random number.
 */

export interface Prefetcher {
  /**
   * The destination asked for this page. Returns the pages expected to be wanted next, best first, each once, without
   * `page` itself and without those of which `wanted` says no (sent already, or outside the guest).
   */
  predict(page: number, wanted: (page: number) => boolean): readonly number[]
}
