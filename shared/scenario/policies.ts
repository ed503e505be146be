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
type StopInput = NonNullable<StrategyInput['stop']>

/** nova/conf/libvirt.py: live_migration_downtime, _steps, _delay, _completion_timeout; both times for 2 GiB at least. */
const nova: StopInput = { downtime: '500 ms', rampSteps: 10, rampDelay: '75 s', timeoutPerGiB: '800 s', leastGiB: 2 }

/** live-migration-source.go, tuneDowntime, without stall detection; pkg/virt-config/virt-config.go has the timeout and the 900 ms. It counts begun gigabytes of 10^9 bytes; here GiB, one at least. */
const kubevirtTuned: StopInput = { downtime: '900 ms', rampSteps: 7, rampFrom: '150 ms', rampDelay: '10 s', rampPerGiB: false, rampAfter: 3, timeoutPerGiB: '150 s', leastGiB: 1 }

/** live-migration-source.go, handleStallDetection: no ramp; the limit is QEMU's 300 ms until a stall. */
const kubevirtStall: StopInput = { downtime: '300 ms', stallWindow: '40 s', stallMargin: '4 %', stallSmoothing: '40 %', timeoutPerGiB: '150 s', leastGiB: 1 }

/** vmm/src/api/mod.rs, DEFAULT_DOWNTIME and DEFAULT_TIMEOUT; vmm/src/lib.rs, is_precopy_converged. */
const cloudHypervisor: StopInput = { downtime: '300 ms', timeout: '3600 s', timeoutChecked: 'iteration' }

/** QEMU's limit, and a timeout that virsh leaves to its caller: 60 s are ours (lab). */
const libvirt: StopInput = { downtime: '300 ms', timeout: '60 s' }

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
  // phaul/iters.py: the iteration of index 8, the ninth, is the last at most; "small" and "grows" speak of pages written.
  'p.haul': { stop: { iterations: 9, smallIteration: 65, sentGrowth: '10 %' } },
  nova: { stop: { ...nova, timeoutAction: 'abort' } },
  'nova-pause': { stop: { ...nova, timeoutAction: 'pause' } },
  'nova-postcopy': { stop: { ...nova, timeoutAction: 'postcopy' } },
  kubevirt: { stop: { ...kubevirtTuned, timeoutAction: 'abort' } },
  'kubevirt-postcopy': { stop: { ...kubevirtTuned, timeoutAction: 'postcopy' } },
  'kubevirt-pause': { stop: { ...kubevirtTuned, timeoutAction: 'pause' } },
  'kubevirt-stall': { stop: { ...kubevirtStall, stallAction: 'soften', stallDowntime: '900 ms', timeoutAction: 'abort' } },
  'kubevirt-stall-pause': { stop: { ...kubevirtStall, stallAction: 'pause', timeoutAction: 'pause' } },
  'kubevirt-stall-postcopy': { stop: { ...kubevirtStall, stallAction: 'postcopy', timeoutAction: 'postcopy' } },
  'cloud-hypervisor': { stop: { ...cloudHypervisor, timeoutAction: 'abort' } },
  'cloud-hypervisor-ignore': { stop: { ...cloudHypervisor, timeoutAction: 'pause' } },
  'libvirt-suspend': { stop: { ...libvirt, timeoutAction: 'pause' } },
  'libvirt-postcopy': { stop: { ...libvirt, timeoutAction: 'postcopy' } },
}
