/**
 * The named pre-copy policies: what each sets in the `strategy` section. Values that a scenario writes itself win.
 *
 * Sources: Xen's xc_linux_save.c of April 2005 and xg_sr_save.c of today, QEMU's migration/options.c, SimGrid's
 * VmLiveMigration.cpp, and the controllers named, each read as public code (verified); the paper of Clark et al. 2005
 * through a transcript (source).
 */

import type { ScenarioInput } from './scenario.ts'
import type { policyNames } from './sections/strategy.ts'

export type PolicyName = keyof typeof policyNames
type StrategyInput = NonNullable<ScenarioInput['strategy']>

export const policyDefaults: Readonly<Record<PolicyName, StrategyInput>> = {
  none: {},
  'clark-2005': {
    minRate: '100 Mbit/s', // recalled: the figures of the paper start at 100 Mbit/s
    maxRate: '500 Mbit/s',
    rateControl: 'follow',
    scan: 'permuted',
    skipDirty: true,
    stop: { rateAboveMax: true, bytesLeft: '256 KiB' },
  },
  // The limiter of the shipped code counts a megabit as 2^20 bits (a slot of 781250 us / rate for 100 KiB), its
  // measurement of the dirtying rate as 10^6 bits.
  'xen-2005': {
    minRate: '100 Mibit/s',
    maxRate: '500 Mibit/s',
    rateControl: 'rise',
    rateIncrement: '50 Mibit/s',
    dirtyRateFactor: 1.048576,
    scan: 'permuted',
    skipDirty: true,
    stop: { sentGrowthAtMaxRate: true, iterations: 29, smallIteration: 50, sentFactor: 3 },
  },
  'xen-classic': {
    scan: 'permuted',
    skipDirty: true,
    stop: { iterations: 29, smallIteration: 50, sentFactor: 3 },
  },
  'xen-current': { stop: { pagesLeft: 50, iterations: 5 } },
  qemu: { stop: { downtime: '300 ms' } },
  simgrid: { stop: { downtime: '30 ms' } },
  dissect: { stop: { iterations: 5, bytesLeft: '262144 B' } },
  'p.haul': { stop: { iterations: 8, pagesLeft: 64, growth: '10 %' } },
  nova: { stop: { downtime: '500 ms', rampSteps: 10, rampDelay: '75 s' } },
  kubevirt: { stop: { downtime: '300 ms', rampSteps: 7, rampFrom: '150 ms', rampDelay: '10 s', stallWindow: '40 s' } },
}
