/** Packets that are lost: a sender waits for a round trip and a time-out, then sends again, and what follows waits with it. */

import type { Scenario } from '../../scenario/scenario.ts'

/** Bytes of a packet on the wire (recalled): the largest frame of Ethernet. */
export const packetBytes = 1500

/** Time after which what was not acknowledged is sent again, beside the round trip (lab). */
export const retransmissionNs = 1e6

/** Time that losses add to sending these bytes, in the mean, nanoseconds. */
export function expectedLossNs(bytes: number, { latency, loss }: Pick<Scenario['link'], 'latency' | 'loss'>): number {
  if (loss === 0) return 0
  return Math.ceil(bytes / packetBytes) * loss * (2 * latency + retransmissionNs)
}
