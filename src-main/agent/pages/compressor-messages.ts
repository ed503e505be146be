/** What the agent's thread and the threads that compress tell each other. */

import type { CompressionName } from '#shared/scenario/compressors.ts'

export interface CompressorData {
  readonly compression: CompressionName
  /** The whole guest, which may be running. */
  readonly memory: Uint8Array
  readonly pageBytes: number
}

/** Pages to compress: where each lies, a page of the guest's memory or, below zero, `-1 - n` the n-th page of the copies. */
export interface PageSources {
  readonly where: Int32Array
  readonly copies: readonly Uint8Array[]
  readonly pagesPerCopy: number
}

export interface CompressorRequest extends PageSources {
  readonly id: number
}

/** The answer to a request: pages in its order. */
export interface CompressedPages {
  /** Index into `pageKinds`; plain: it did not become smaller, or need not be compressed. */
  readonly kinds: Uint8Array
  /** Bytes of each page, 0 for a plain one. */
  readonly lengths: Uint32Array
  /** All of them in order. */
  readonly bytes: Uint8Array
}

export interface CompressorAnswer extends CompressedPages {
  readonly id: number
  /** Processor time of the thread since it began, microseconds. */
  readonly cpuUs: number
}
