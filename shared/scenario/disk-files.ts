/** The files of a disk and how many blocks each has. */

import type { Scenario } from './scenario.ts'

/** Blocks of the base disk, then of each differencing layer; a block that is begun counts whole. */
export function diskFiles({ size, baseShare, layers, blockSize }: Scenario['disk']): readonly number[] {
  return [baseShare, ...layers.map(({ share }) => share)].map((share) => Math.ceil((size * share) / blockSize))
}
