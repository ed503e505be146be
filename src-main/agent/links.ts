/** The link of a scenario as agents imitate it, one object for each direction. */

import type { Scenario } from '#shared/scenario/scenario.ts'
import { streamSeed } from '#shared/sim/kernel/streams.ts'
import type { FrameLimits } from '#shared/wire/frames.ts'
import { ShapedLink } from './transport/shaped-link.ts'

export function imitatedLink({ link }: Scenario, seed: number, direction: 'to the destination' | 'to the source'): ShapedLink {
  const { bandwidth, latency, jitter, loss, background } = link
  return new ShapedLink({ bandwidth, latencyNs: latency, jitterNs: jitter, loss, background, seed: streamSeed(seed, `link ${direction}`) })
}

/** Pages in a frame at most, whatever its bytes. */
const maxBatchPages = 1 << 16

/** What may come in the migration of this guest. */
export function limitsOf({ guest }: Scenario): FrameLimits {
  return { messageBytes: Math.max(guest.deviceState, 0) + (8 << 20), pageCount: guest.memory / guest.pageSize, pageBytes: guest.pageSize, batchPages: maxBatchPages }
}

/** What may come before anybody has said how large the guest is. */
export const firstLimits: FrameLimits = { messageBytes: 8 << 20, pageCount: 0, pageBytes: 0, batchPages: 0 }
